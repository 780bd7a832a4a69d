import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** How long a resolved incident stays open to be reopened before it is closed. */
export interface AutoClose {
  /** Days of 24 hours from the resolution: nothing that happens later prolongs it. */
  readonly days: number;
}

/** The period that ships with the system: as long as the incident may be reopened. */
export const autoCloseAfter7Days: Policy<AutoClose> = {
  name: 'incident-auto-close',
  version: 1,
  value: { days: 7 },
};

const DAY_MS = 86_400_000;
const TIMER = 'AutoCloseDue';

/** Stages at which an incident is no major one: not decided yet, or decided with no. */
const notMajor = ['proposed', 'rejected', 'demoted', 'cancelled'];

interface AutoCloseState {
  readonly resolvedAt: string | null;
  readonly isMajor: boolean;
}

/**
 * S-8: a resolved incident is closed after a while, counted from its resolution. Never a major one.
 */
export const incidentAutoClose: FlowDefinition<AutoCloseState> = defineFlow<AutoCloseState>({
  name: 'incident-auto-close',
  version: 1,
  title: 'Close resolved incidents',
  summary: 'Closes an incident some days after its resolution, unless it was reopened or is major.',
  events: {
    IncidentResolved: 'starts',
    IncidentMajorStatusRecorded: 'starts',
    IncidentReopened: 'continues',
    IncidentClosed: 'continues',
    IncidentCancelled: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    IncidentResolved: { timers: [TIMER] },
    IncidentMajorStatusRecorded: { timers: [TIMER], ends: true },
    IncidentReopened: { timers: [TIMER], ends: true },
    IncidentClosed: { ends: true },
    IncidentCancelled: { ends: true },
    TimerElapsed: { commands: ['incident.CloseIncident'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { resolvedAt: null, isMajor: false },
  evolve: (state, { type, occurredAt, data }) => {
    switch (type) {
      case 'IncidentResolved':
        return { ...state, resolvedAt: occurredAt };
      case 'IncidentReopened':
        return { ...state, resolvedAt: null };
      case 'IncidentMajorStatusRecorded': {
        const isMajor = !notMajor.includes(String(data['status']));
        return isMajor === state.isMajor ? state : { ...state, isMajor };
      }
      default:
        return state;
    }
  },
  decide: (state, event, { key, policies }) => {
    switch (event.type) {
      case 'IncidentResolved':
        return state.isMajor
          ? { notes: ['It is a major incident: a person closes it, once it is reviewed.'] }
          : closeLater(event.occurredAt, policies['autoClose'] as Policy<AutoClose>);
      case 'IncidentReopened':
        return { timers: [{ cancel: TIMER }], complete: !state.isMajor };
      case 'IncidentMajorStatusRecorded':
        return onMajorStatus(state, event, policies['autoClose'] as Policy<AutoClose>);
      case 'TimerElapsed':
        return state.isMajor || state.resolvedAt === null ? {} : closeNow(key);
      default:
        return { complete: true };
    }
  },
  // What is closed stays closed: a follow-up is a new incident.
  compensations: {},
  policies: { autoClose: autoCloseAfter7Days },
});

function closeLater(resolvedAt: string, policy: Policy<AutoClose>): FlowDecision {
  const dueAt = new Date(Date.parse(resolvedAt) + policy.value.days * DAY_MS).toISOString();
  return { timers: [{ set: TIMER, dueAt }], policies: [policyReference(policy)] };
}

function onMajorStatus(
  { isMajor, resolvedAt }: AutoCloseState,
  { data }: RecordedEvent,
  policy: Policy<AutoClose>,
): FlowDecision {
  if (isMajor) return { timers: [{ cancel: TIMER }] };
  if (resolvedAt !== null) return closeLater(resolvedAt, policy);
  return data['status'] === 'proposed' ? {} : { complete: true };
}

function closeNow(incident: string): FlowDecision {
  return {
    commands: [
      {
        process: 'incident',
        ticket: incident,
        command: 'CloseIncident',
        body: { cause: 'timer', comment: null },
        // Reopened or closed a moment ago: its own event says so, and ends or restarts this.
        tolerates: ['refused.state'],
      },
    ],
  };
}
