import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import {
  batchAfter,
  beginBatches,
  noBatches,
  settleTicket,
  type TicketBatches,
} from './ticket-batches';
import { isTicketId } from './ticket-ids';

/** What becomes of the known error of a problem by itself. */
export interface KnownErrorRules {
  /** Whether a known error is published as soon as there is a workaround; else a person does so. */
  readonly isPublished: boolean;
  /** Who may read what the open incidents are told: `public` is the caller too. */
  readonly noteVisibility: 'internal' | 'public';
  /** Whether it is retired once the problem is closed because its fix was applied. */
  readonly isRetiredWhenFixed: boolean;
}

/** The rules that ship with the system. */
export const knownErrorRules: Policy<KnownErrorRules> = {
  name: 'known-errors',
  version: 1,
  value: { isPublished: true, noteVisibility: 'public', isRetiredWhenFixed: true },
};

type Rules = Policy<KnownErrorRules>;

interface KnownErrorFlowState {
  /** The known error in force, by its id and number. */
  readonly knownError: string | null;
  readonly number: string | null;
  readonly workaround: string | null;
  /** Workarounds that came while there was no known error: the first one has it drafted. */
  readonly undrafted: number;
  /** Until when the workaround holds; null: until the fix. */
  readonly validUntil: string | null;
  /** What the incidents were told last, and until when that holds. */
  readonly told: string | null;
  readonly toldUntil: string | null;
  readonly incidents: TicketBatches;
}

const DRAFT = 'draft known error';
const TELL = 'tell incident';
const TEXT_LENGTH_MAX = 32_000;

/**
 * S-13: a workaround makes a known error, which is published and told to the open incidents of the
 * problem; told again when there is a better workaround, or another known error takes its place. It
 * ends, as what incidents are told has no workaround follow.
 */
export const workaroundToKnownError: FlowDefinition<KnownErrorFlowState> =
  defineFlow<KnownErrorFlowState>({
    name: 'workaround-to-known-error',
    version: 2,
    title: 'A workaround becomes known',
    summary: 'Publishes the known error of a problem, and tells its open incidents.',
    events: {
      WorkaroundRecorded: 'starts',
      WorkaroundCommunicated: 'starts',
      FixCommunicated: 'starts',
      KnownErrorDrafted: 'starts',
      KnownErrorSuperseded: 'continues',
      KnownErrorRetired: 'continues',
      ProblemLinked: 'continues',
      ProblemClosed: 'continues',
      ProblemCancelled: 'continues',
      ProblemMarkedDuplicate: 'continues',
      FlowCommandAccepted: 'continues',
      FlowCommandRefused: 'continues',
    },
    follows: {
      WorkaroundRecorded: {
        commands: [
          'known-error.DraftKnownError',
          'known-error.EditKnownError',
          'known-error.PublishKnownError',
          'problem.CommunicateProblemWorkaround',
        ],
      },
      [`FlowCommandAccepted ${DRAFT}`]: {
        commands: [
          'known-error.EditKnownError',
          'known-error.PublishKnownError',
          'problem.CommunicateProblemWorkaround',
        ],
      },
      KnownErrorSuperseded: { commands: ['problem.CommunicateProblemWorkaround'] },
      WorkaroundCommunicated: { commands: ['incident.AddIncidentNote'] },
      FixCommunicated: { commands: ['incident.AddIncidentNote'] },
      ProblemLinked: { commands: ['incident.AddIncidentNote'] },
      [`FlowCommandAccepted ${TELL}`]: { commands: ['incident.AddIncidentNote'] },
      [`FlowCommandRefused ${TELL}`]: { commands: ['incident.AddIncidentNote'] },
      ProblemClosed: { commands: ['known-error.RetireKnownError'], ends: true },
      ProblemCancelled: { ends: true },
      ProblemMarkedDuplicate: { ends: true },
      [`undo ${DRAFT}`]: { commands: ['known-error.RetireKnownError'] },
    },
    correlate: (event) => problemOf(event),
    initial: {
      knownError: null,
      number: null,
      workaround: null,
      validUntil: null,
      undrafted: 0,
      told: null,
      toldUntil: null,
      incidents: noBatches,
    },
    evolve: (state, event) => evolve(state, event),
    decide: (state, event, { key, policies }) =>
      decide(state, event, { problem: key, rules: policies['knownErrors'] as Rules }),
    compensations: {
      [DRAFT]: ({ ticket }) => retiring(ticket, 'not-an-error', 'Its workaround was taken back.'),
    },
    policies: { knownErrors: knownErrorRules },
  });

function problemOf({ type, stream, data }: RecordedEvent): string | undefined {
  if (type.startsWith('KnownError')) return String(data['problem']);
  return type === 'ProblemLinked' && data['targetKind'] !== 'incident'
    ? undefined
    : ticketIdOfStream(stream);
}

function evolve(state: KnownErrorFlowState, event: RecordedEvent): KnownErrorFlowState {
  const { type, stream, data } = event;
  switch (type) {
    case 'WorkaroundRecorded': {
      const undrafted = state.knownError === null ? state.undrafted + 1 : 0;
      const validUntil = textOrNull(data['validUntil']);
      return { ...state, workaround: String(data['steps']), validUntil, undrafted };
    }
    case 'KnownErrorDrafted':
      return {
        ...state,
        knownError: ticketIdOfStream(stream),
        number: String(data['number']),
      };
    case 'KnownErrorSuperseded':
      return {
        ...state,
        knownError: String(data['successor']),
        number: String(data['successorNumber']),
      };
    case 'KnownErrorRetired':
      return state.knownError === ticketIdOfStream(stream)
        ? { ...state, knownError: null, number: null, undrafted: 0 }
        : state;
    case 'WorkaroundCommunicated':
    case 'FixCommunicated': {
      const told = tellingOf(type, String(data['text']), state.number);
      const incidents = data['incidents'] as readonly string[];
      const toldUntil = type === 'FixCommunicated' ? null : state.validUntil;
      return { ...state, told, toldUntil, incidents: beginBatches(state.incidents, incidents) };
    }
    case 'FlowCommandAccepted':
    case 'FlowCommandRefused':
      return afterCommand(state, event);
    default:
      return state;
  }
}

function afterCommand(state: KnownErrorFlowState, { data }: RecordedEvent): KnownErrorFlowState {
  return data['step'] === TELL
    ? { ...state, incidents: settleTicket(state.incidents, data['ticket']) }
    : state;
}

function tellingOf(type: string, text: string, knownError: string | null): string {
  const where = knownError === null ? '' : ` (known error ${knownError})`;
  const told = type === 'FixCommunicated' ? 'The cause is taken away' : 'There is a workaround';
  return `${told}${where}: ${text}`.slice(0, TEXT_LENGTH_MAX);
}

interface Asked {
  readonly problem: string;
  readonly rules: Rules;
}

function decide(
  state: KnownErrorFlowState,
  event: RecordedEvent,
  { problem, rules }: Asked,
): FlowDecision | undefined {
  const { type, data } = event;
  switch (type) {
    case 'WorkaroundRecorded':
      return onWorkaround(state, problem, rules);
    case 'KnownErrorSuperseded':
      return state.workaround === null ? {} : { commands: [communicating(problem)] };
    case 'WorkaroundCommunicated':
    case 'FixCommunicated':
      return tellAll(state.incidents.batch, state, rules);
    case 'ProblemLinked':
      return onLinked(state, event, rules);
    case 'FlowCommandAccepted':
      return data['step'] === DRAFT
        ? onDrafted(state, String(data['ticket']), { problem, rules })
        : tellNext(state, event, rules);
    case 'FlowCommandRefused':
      return { ...tellNext(state, event, rules), notes: [`Not told: ${String(data['code'])}`] };
    case 'ProblemClosed':
      return onClosed(state, event, rules);
    case 'ProblemCancelled':
    case 'ProblemMarkedDuplicate':
      return { complete: true };
    default:
      return {};
  }
}

function onLinked(
  { told, toldUntil }: KnownErrorFlowState,
  { data, occurredAt }: RecordedEvent,
  rules: Rules,
): FlowDecision | undefined {
  if (told === null || !isTicketId(data['target'])) return undefined;
  if (toldUntil !== null && occurredAt >= toldUntil) {
    return { notes: [`Not told: the workaround was valid until ${toldUntil}.`] };
  }
  return { commands: [telling(data['target'], told, rules)] };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function onWorkaround(
  { knownError, workaround, undrafted }: KnownErrorFlowState,
  problem: string,
  rules: Rules,
): FlowDecision {
  if (knownError !== null) {
    return {
      commands: [
        editing(knownError, workaround),
        ...publication(knownError, rules),
        communicating(problem),
      ],
      policies: [policyReference(rules)],
    };
  }
  if (undrafted > 1) return { notes: ['The known error is being drafted; it gets this one too.'] };
  const drafting: FlowCommand = {
    process: 'known-error',
    command: 'DraftKnownError',
    // What it says is taken from the problem.
    body: { problem },
    step: DRAFT,
  };
  return { commands: [drafting] };
}

function onDrafted(
  { workaround, undrafted }: KnownErrorFlowState,
  knownError: string,
  { problem, rules }: Asked,
): FlowDecision {
  return {
    commands: [
      ...(undrafted > 1 ? [editing(knownError, workaround)] : []),
      ...publication(knownError, rules),
      communicating(problem),
    ],
    policies: [policyReference(rules)],
  };
}

function onClosed(
  { knownError }: KnownErrorFlowState,
  { data }: RecordedEvent,
  rules: Rules,
): FlowDecision {
  // A problem that is not solved for good keeps its known error.
  if (data['code'] !== 'fix-applied') return {};
  const isRetired = rules.value.isRetiredWhenFixed && knownError !== null;
  const comment = 'The problem is fixed and did not come back.';
  return {
    commands: isRetired ? [retiring(knownError, 'fixed', comment)] : [],
    policies: [policyReference(rules)],
    complete: true,
  };
}

function editing(ticket: string, workaround: string | null): FlowCommand {
  return {
    process: 'known-error',
    ticket,
    command: 'EditKnownError',
    body: { workaround },
    // A person entered it already, or ended the known error a moment ago.
    tolerates: ['refused.no-change', 'refused.state'],
  };
}

function publication(ticket: string, { value }: Rules): readonly FlowCommand[] {
  if (!value.isPublished) return [];
  const body = { comment: 'A workaround is known.' };
  return [
    {
      process: 'known-error',
      ticket,
      command: 'PublishKnownError',
      body,
      tolerates: ['refused.state', 'refused.workaround-expired'],
    },
  ];
}

function communicating(problem: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'CommunicateProblemWorkaround',
    body: { text: null },
    tolerates: ['refused.state', 'refused.workaround-expired'],
  };
}

function retiring(ticket: string, reason: string, comment: string): FlowCommand {
  return {
    process: 'known-error',
    ticket,
    command: 'RetireKnownError',
    body: { reason, comment },
    tolerates: ['refused.state'],
  };
}

function tellNext(state: KnownErrorFlowState, { data }: RecordedEvent, rules: Rules): FlowDecision {
  const next = data['step'] === TELL ? batchAfter(state.incidents, data['ticket']) : [];
  return tellAll(next, state, rules);
}

function tellAll(
  incidents: readonly string[],
  { told }: KnownErrorFlowState,
  rules: Rules,
): FlowDecision {
  if (told === null || incidents.length === 0) return {};
  return {
    commands: incidents.map((incident) => telling(incident, told, rules)),
    policies: [policyReference(rules)],
  };
}

function telling(incident: string, text: string, { value }: Rules): FlowCommand {
  return {
    process: 'incident',
    ticket: incident,
    command: 'AddIncidentNote',
    body: { text, visibility: value.noteVisibility },
    step: TELL,
    // One that is over, or unknown here, is not told; the others are.
    branchesOnRefusal: true,
  };
}
