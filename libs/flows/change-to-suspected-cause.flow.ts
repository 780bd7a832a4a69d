import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowCommand,
  type FlowContext,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** When a change of a configuration item is suspected to have caused an incident on it. */
interface SuspectedCauses {
  readonly withinHours: number;
  /** The latest changes of the item that are suspected at the most; at most 20. */
  readonly changesMax: number;
}

/** The last five changes of two days. */
const suspectedWithin48Hours: Policy<SuspectedCauses> = {
  name: 'suspected-causes',
  version: 1,
  value: { withinHours: 48, changesMax: 5 },
};

interface ChangedItem {
  /** The latest changes of the item, the oldest first. */
  readonly changes: readonly { readonly change: string; readonly at: string }[];
  /** The latest suspicions, by the number that the incident gave them. */
  readonly suspicions: readonly Suspicion[];
}

interface Suspicion {
  readonly incident: string;
  readonly change: string;
  readonly cause: number;
}

const CHANGES_KEPT_MAX = 20;
const SUSPICIONS_KEPT_MAX = 100;
const HOUR_MS = 3_600_000;
const WINDOW = 'WindowOver';
const SUSPECT = 'RecordIncidentSuspectedCause';
const SUSPICION = { commands: [`incident.${SUSPECT}`] } as const;

/**
 * S-18: an incident on a configuration item that was changed shortly before suspects the change. A
 * person confirms that, which links the two, or dismisses it; the flow judges nothing.
 *
 * An instance for each item that was changed, until the window is over. It ends: a suspicion leads
 * to no change and no incident.
 */
export const changeToSuspectedCause: FlowDefinition<ChangedItem> = defineFlow<ChangedItem>({
  name: 'change-to-suspected-cause',
  version: 1,
  title: 'Changes under suspicion',
  summary: 'Suspects a change where its configuration item has an incident shortly afterwards.',
  events: {
    ChangeItemUpdateRecorded: 'starts',
    UnauthorisedChangeDetected: 'starts',
    IncidentRegistered: 'continues',
    IncidentConfigurationItemChanged: 'continues',
    IncidentSuspectedCauseRecorded: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    ChangeItemUpdateRecorded: { timers: [WINDOW] },
    UnauthorisedChangeDetected: { timers: [WINDOW] },
    IncidentRegistered: SUSPICION,
    IncidentConfigurationItemChanged: SUSPICION,
    TimerElapsed: { ends: true },
    [`undo ${SUSPECT}`]: { commands: ['incident.DismissIncidentSuspectedCause'] },
  },
  correlate: ({ type, data }) => {
    const item =
      type === 'IncidentConfigurationItemChanged' ? data['to'] : data['configurationItem'];
    return typeof item === 'string' ? item : undefined;
  },
  initial: { changes: [], suspicions: [] },
  evolve,
  decide: (state, event, context) => {
    switch (event.type) {
      case 'ChangeItemUpdateRecorded':
      case 'UnauthorisedChangeDetected':
        return watch(event, context);
      case 'IncidentRegistered':
      case 'IncidentConfigurationItemChanged':
        return suspect(state, event, context);
      case 'TimerElapsed':
        return { complete: true };
      default:
        return undefined;
    }
  },
  compensations: {
    [SUSPECT]: ({ ticket, body }, { suspicions }) => dismissal(ticket, body['change'], suspicions),
  },
  policies: { suspects: suspectedWithin48Hours },
});

function evolve(
  state: ChangedItem,
  { type, stream, data, occurredAt }: RecordedEvent,
): ChangedItem {
  switch (type) {
    case 'ChangeItemUpdateRecorded':
      return changed(state, ticketIdOfStream(stream), occurredAt);
    case 'UnauthorisedChangeDetected':
      return changed(state, ticketIdOfStream(stream), String(data['detectedAt']));
    case 'IncidentSuspectedCauseRecorded': {
      const incident = ticketIdOfStream(stream);
      const suspicion = { incident, change: String(data['change']), cause: Number(data['cause']) };
      const suspicions = [...state.suspicions.slice(1 - SUSPICIONS_KEPT_MAX), suspicion];
      return { ...state, suspicions };
    }
    default:
      return state;
  }
}

function changed(state: ChangedItem, change: string, at: string): ChangedItem {
  const others = state.changes.filter((each) => each.change !== change);
  return { ...state, changes: [...others.slice(1 - CHANGES_KEPT_MAX), { change, at }] };
}

function watch({ occurredAt }: RecordedEvent, { policies }: FlowContext): FlowDecision {
  const policy = policies['suspects'] as Policy<SuspectedCauses>;
  const dueMs = Date.parse(occurredAt) + policy.value.withinHours * HOUR_MS;
  return {
    timers: [{ set: WINDOW, dueAt: new Date(dueMs).toISOString() }],
    policies: [policyReference(policy)],
  };
}

function suspect(
  { changes }: ChangedItem,
  event: RecordedEvent,
  { key, policies }: FlowContext,
): FlowDecision | undefined {
  const policy = policies['suspects'] as Policy<SuspectedCauses>;
  const { withinHours, changesMax } = policy.value;
  const happenedMs = Date.parse(event.occurredAt);
  const suspects = changes.filter(({ at }) => {
    const agoMs = happenedMs - Date.parse(at);
    return agoMs >= 0 && agoMs <= withinHours * HOUR_MS;
  });
  if (suspects.length === 0) return undefined;
  const commands = suspects.slice(-changesMax).map(({ change, at }): FlowCommand => ({
    process: 'incident',
    ticket: ticketIdOfStream(event.stream),
    command: SUSPECT,
    body: { change, configurationItem: key, changedAt: at, withinHours },
    tolerates: ['refused.already-suspected', 'refused.too-many'],
  }));
  return { commands, policies: [policyReference(policy)] };
}

function dismissal(
  incident: string,
  change: unknown,
  suspicions: readonly Suspicion[],
): FlowCommand | undefined {
  const found = suspicions.findLast((each) => each.incident === incident && each.change === change);
  if (found === undefined) return undefined;
  return {
    process: 'incident',
    ticket: incident,
    command: 'DismissIncidentSuspectedCause',
    body: { cause: found.cause, reason: 'The flow that suspected it took that back.' },
    tolerates: ['refused.not-suspected'],
  };
}
