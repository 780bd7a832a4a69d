import {
  defineFlow,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { isTicketId } from './ticket-ids';

interface AwaitingState {
  /** Id of the problem that the incident waits for, or was resolved with. */
  readonly problem: string | null;
  readonly isResolvedWithIt: boolean;
  /** It waits for something else, so that this is over. */
  readonly isOff: boolean;
}

const REASON_LENGTH_MAX = 2_000;

/**
 * A part of S-12: an incident on hold for a problem is linked with it; if it is reopened after it
 * was resolved with the problem, the problem is analysed again. It ends, as neither makes the
 * incident wait again.
 */
export const incidentAwaitingProblem: FlowDefinition<AwaitingState> = defineFlow<AwaitingState>({
  name: 'incident-awaiting-problem',
  version: 1,
  title: 'An incident waits for its problem',
  summary: 'Links the incident with the problem; has that analysed again if it is reopened.',
  events: {
    IncidentHeld: 'starts',
    IncidentResumed: 'continues',
    IncidentResolved: 'continues',
    IncidentReopened: 'continues',
    IncidentClosed: 'continues',
    IncidentCancelled: 'continues',
  },
  follows: {
    IncidentHeld: { commands: ['problem.LinkProblem', 'incident.LinkIncident'], ends: true },
    IncidentResumed: { ends: true },
    IncidentResolved: { ends: true },
    IncidentReopened: { commands: ['problem.ReanalyseProblem'], ends: true },
    IncidentClosed: { ends: true },
    IncidentCancelled: { ends: true },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { problem: null, isResolvedWithIt: false, isOff: false },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, { key }) => decide(state, event, key),
  // Links stand for themselves, and what is analysed again is ended by a person.
  compensations: {},
  policies: {},
});

function evolve(state: AwaitingState, { type, data }: RecordedEvent): AwaitingState {
  if (type === 'IncidentResolved') {
    return { ...state, isResolvedWithIt: data['code'] === 'resolved-by-problem' };
  }
  if (type !== 'IncidentHeld') return state;
  const { awaited } = data;
  if (data['reason'] === 'awaiting-problem' && isTicketId(awaited)) {
    return state.problem === awaited ? state : { ...state, problem: awaited };
  }
  return state.problem === null ? state : { ...state, isOff: true };
}

function decide(
  state: AwaitingState,
  { type, data }: RecordedEvent,
  incident: string,
): FlowDecision | undefined {
  const { problem, isResolvedWithIt, isOff } = state;
  if (problem === null) return undefined;
  switch (type) {
    case 'IncidentHeld':
      return isOff ? { complete: true } : { commands: linking(incident, problem) };
    case 'IncidentResolved':
      return isResolvedWithIt ? {} : { complete: true };
    case 'IncidentReopened':
      return isResolvedWithIt
        ? { commands: [reanalysing(problem, data['reason'])], complete: true }
        : { complete: true };
    default:
      return { complete: true };
  }
}

function linking(incident: string, problem: string): readonly FlowCommand[] {
  return [
    {
      process: 'problem',
      ticket: problem,
      command: 'LinkProblem',
      body: { type: 'investigates', targetKind: 'incident', target: incident },
      tolerates: ['refused.already-linked'],
    },
    {
      process: 'incident',
      ticket: incident,
      command: 'LinkIncident',
      body: { type: 'investigated-by', targetKind: 'problem', target: problem },
      tolerates: ['refused.already-linked'],
    },
  ];
}

function reanalysing(problem: string, said: unknown): FlowCommand {
  const why = typeof said === 'string' ? said : 'no reason given';
  return {
    process: 'problem',
    ticket: problem,
    command: 'ReanalyseProblem',
    body: {
      reason: `An incident that was resolved with it was reopened: ${why}`.slice(
        0,
        REASON_LENGTH_MAX,
      ),
    },
    // Another incident was reopened before; or it is no problem of its own any more.
    tolerates: ['refused.state', 'refused.is-duplicate', 'refused.never-analysed'],
  };
}
