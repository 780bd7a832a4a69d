import {
  defineFlow,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

interface FamilyState {
  /** Ids of the incidents handled under the parent. */
  readonly children: readonly string[];
  /** Those that were resolved with it, since its last resolution. */
  readonly resolvedWithParent: readonly string[];
  /** The command by which the caller disputed the resolution of the parent. */
  readonly disputedBy: string | null;
}

/** Whatever a child is in these states, nobody has to resolve it any more. */
const over = ['resolved', 'closed', 'cancelled'];

const RESOLVE = 'resolve child';
const REOPEN = 'reopen child';

/**
 * S-9: the resolution of a parent flows down to the children that it does not exclude, and so does
 * its reopening by an agent; a caller's dispute of the parent does not, nor does its closure.
 */
export const parentToChildren: FlowDefinition<FamilyState> = defineFlow<FamilyState>({
  name: 'parent-to-children',
  version: 1,
  title: 'Children follow their parent',
  summary: 'Resolves the children of a resolved incident, and reopens them when it is reopened.',
  events: {
    IncidentParentSet: 'starts',
    IncidentChildRemoved: 'continues',
    IncidentResolved: 'continues',
    IncidentResolutionDisputed: 'continues',
    IncidentReopened: 'continues',
    IncidentClosed: 'continues',
    IncidentCancelled: 'continues',
    FlowCommandAccepted: 'continues',
    FlowCommandRefused: 'continues',
  },
  follows: {
    IncidentResolved: { commands: ['incident.ResolveIncident'] },
    IncidentReopened: { commands: ['incident.ReopenIncident'] },
    IncidentClosed: { ends: true },
    IncidentCancelled: { ends: true },
    [`undo ${RESOLVE}`]: { commands: ['incident.ReopenIncident'] },
  },
  // Families of imported incidents are known; what was told of their past is not acted upon.
  imports: 'seen',
  correlate: ({ type, stream, data }) =>
    type === 'IncidentParentSet' ? String(data['parent']) : ticketIdOfStream(stream),
  initial: { children: [], resolvedWithParent: [], disputedBy: null },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, { key }) => {
    const isPast = event.origin.kind === 'import';
    switch (event.type) {
      case 'IncidentResolved':
        return isPast ? {} : resolveChildren(state, event, key);
      case 'IncidentReopened':
        return isPast || state.disputedBy === event.commandId
          ? { notes: ['The caller reopened it: its children stay as they are.'] }
          : reopenChildren(state, event, key);
      case 'IncidentClosed':
      case 'IncidentCancelled':
        return { complete: true };
      case 'FlowCommandRefused':
        return onRefusal(event);
      default:
        return {};
    }
  },
  compensations: {
    [RESOLVE]: ({ ticket }) => reopening(ticket, 'The resolution with its parent was taken back.'),
  },
  policies: {},
});

function evolve(state: FamilyState, { type, stream, commandId, data }: RecordedEvent): FamilyState {
  switch (type) {
    case 'IncidentParentSet': {
      const child = ticketIdOfStream(stream);
      return state.children.includes(child)
        ? state
        : { ...state, children: [...state.children, child] };
    }
    case 'IncidentChildRemoved':
      return {
        ...state,
        children: state.children.filter((child) => child !== data['child']),
        resolvedWithParent: state.resolvedWithParent.filter((child) => child !== data['child']),
      };
    case 'IncidentResolved':
      return { ...state, resolvedWithParent: [] };
    case 'IncidentResolutionDisputed':
      return { ...state, disputedBy: commandId };
    case 'FlowCommandAccepted':
      return data['step'] === RESOLVE
        ? { ...state, resolvedWithParent: [...state.resolvedWithParent, String(data['ticket'])] }
        : state;
    default:
      return state;
  }
}

function resolveChildren(
  { children }: FamilyState,
  event: RecordedEvent,
  key: string,
): FlowDecision {
  const { code, notes, excludedChildren } = event.data;
  const excluded = excludedChildren as readonly string[];
  const commands = children
    .filter((child) => !excluded.includes(child))
    .map((child): FlowCommand => {
      return {
        process: 'incident',
        ticket: child,
        command: 'ResolveIncident',
        body: {
          code: code ?? 'other',
          notes: notes ?? `Resolved with its parent ${key}.`,
        },
        step: RESOLVE,
        branchesOnRefusal: true,
      };
    });
  return { commands };
}

function reopenChildren(
  { resolvedWithParent }: FamilyState,
  { data }: RecordedEvent,
  key: string,
): FlowDecision {
  const said = data['reason'] as string | null;
  const reason = `Its parent ${key} was reopened: ${said ?? 'no reason given'}`;
  return { commands: resolvedWithParent.map((child) => reopening(child, reason)) };
}

function reopening(child: string, reason: string): FlowCommand {
  return {
    process: 'incident',
    ticket: child,
    command: 'ReopenIncident',
    body: { reason: reason.slice(0, REASON_LENGTH_MAX) },
    step: REOPEN,
    // It was reopened or closed on its own.
    tolerates: ['refused.state'],
  };
}

const REASON_LENGTH_MAX = 2_000;

/** A child that is over already needs nothing; any other one needs a person. */
function onRefusal({ data }: RecordedEvent): FlowDecision | undefined {
  const isOver = data['step'] === RESOLVE && over.includes(String(data['state']));
  return isOver && data['code'] === 'refused.state' ? {} : undefined;
}
