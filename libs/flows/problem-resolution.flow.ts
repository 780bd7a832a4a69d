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
  areSettled,
  batchAfter,
  beginBatches,
  noBatches,
  settleTicket,
  type TicketBatches,
} from './ticket-batches';
import { isTicketId } from './ticket-ids';

/** How a problem is resolved once its fix is done. */
export interface ProblemResolutionRules {
  /** Hours that the coordinator has to object, after the last change closed. 0: none. */
  readonly objectionHours: number;
}

/** The rules that ship with the system. */
export const problemResolutionRules: Policy<ProblemResolutionRules> = {
  name: 'problem-resolution',
  version: 1,
  value: { objectionHours: 0 },
};

type Rules = Policy<ProblemResolutionRules>;

interface ResolutionState {
  readonly isBegun: boolean;
  readonly isResolved: boolean;
  /** What is said to the incidents of the problem, now that it is over. */
  readonly message: string;
  readonly incidents: TicketBatches;
}

interface Standing {
  readonly change: string;
  readonly number: string | null;
  readonly standing: string;
}

const HOUR_MS = 3_600_000;
const TIMER = 'ObjectionOver';
const RESOLVE = 'resolve incident';
const RESUME = 'resume incident';
const COMMENT_LENGTH_MAX = 2_000;
const TEXT_LENGTH_MAX = 32_000;

/** The incident waits for something else by now, went on, is over, or is none of this system. */
const noLongerAwaiting = ['refused.waits-otherwise', 'refused.state', 'missing.ticket'];

/**
 * S-12: once every change of the fix is closed with success, the coordinator is told and the
 * problem is resolved, and with it the incidents on hold for it. Where it ends otherwise, they go
 * on. It ends with the problem: a resolved incident does not resolve a problem.
 */
export const problemResolution: FlowDefinition<ResolutionState> = defineFlow<ResolutionState>({
  name: 'problem-resolution',
  version: 1,
  title: 'Resolution flows from changes to problem to incidents',
  summary: 'Resolves a problem whose changes succeeded, and the incidents that wait for it.',
  events: {
    FixProgressRecorded: 'starts',
    FixAbandoned: 'continues',
    ProblemResolved: 'starts',
    ProblemRiskAccepted: 'starts',
    ProblemCancelled: 'starts',
    ProblemMarkedDuplicate: 'starts',
    ProblemLinked: 'continues',
    ProblemReopened: 'continues',
    ProblemClosed: 'continues',
    TimerElapsed: 'continues',
    FlowCommandAccepted: 'continues',
    FlowCommandRefused: 'continues',
  },
  follows: {
    FixProgressRecorded: {
      commands: ['problem.AddProblemNote', 'problem.ResolveProblem'],
      timers: [TIMER],
    },
    FixAbandoned: { ends: true },
    ProblemResolved: {
      commands: ['problem.CommunicateProblemFix', 'incident.ResolveIncident'],
      timers: [TIMER],
    },
    ProblemRiskAccepted: { commands: ['incident.ResumeIncident'], ends: true },
    ProblemCancelled: { commands: ['incident.ResumeIncident'], ends: true },
    ProblemMarkedDuplicate: { commands: ['incident.ResumeIncident'], ends: true },
    ProblemLinked: { commands: ['incident.ResolveIncident'] },
    ProblemReopened: { ends: true },
    ProblemClosed: { ends: true },
    TimerElapsed: { commands: ['problem.ResolveProblem'] },
    [`FlowCommandAccepted ${RESOLVE}`]: { commands: ['incident.ResolveIncident'] },
    [`FlowCommandRefused ${RESOLVE}`]: {
      commands: ['incident.ResumeIncident', 'incident.ResolveIncident'],
    },
    [`FlowCommandAccepted ${RESUME}`]: { commands: ['incident.ResumeIncident'], ends: true },
    [`FlowCommandRefused ${RESUME}`]: { commands: ['incident.ResumeIncident'], ends: true },
    [`undo ${RESOLVE}`]: { commands: ['incident.ReopenIncident'] },
  },
  correlate: ({ type, stream, data }) =>
    type === 'ProblemLinked' && data['targetKind'] !== 'incident'
      ? undefined
      : ticketIdOfStream(stream),
  initial: { isBegun: false, isResolved: false, message: '', incidents: noBatches },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, { key, policies }) =>
    decide(state, event, { problem: key, rules: policies['problemResolution'] as Rules }),
  compensations: {
    [RESOLVE]: ({ ticket }) => ({
      process: 'incident',
      ticket,
      command: 'ReopenIncident',
      body: { reason: 'The problem that it was resolved with is not solved.' },
      tolerates: ['refused.state'],
    }),
  },
  policies: { problemResolution: problemResolutionRules },
});

function evolve(state: ResolutionState, event: RecordedEvent): ResolutionState {
  const { type, data } = event;
  switch (type) {
    case 'FixProgressRecorded':
      return state.isBegun || sayOf(standingsOf(data)) === undefined
        ? state
        : { ...state, isBegun: true };
    case 'ProblemResolved':
    case 'ProblemRiskAccepted':
    case 'ProblemCancelled':
    case 'ProblemMarkedDuplicate': {
      const isResolved = type === 'ProblemResolved';
      const awaiting = incidentsOf(event);
      if (!isResolved && !state.isBegun && awaiting.length === 0) return state;
      const incidents = beginBatches(state.incidents, awaiting);
      return {
        isBegun: true,
        isResolved,
        message: messageOf(event).slice(0, TEXT_LENGTH_MAX),
        incidents,
      };
    }
    case 'FlowCommandAccepted':
    case 'FlowCommandRefused':
      return data['step'] === stepOf(state)
        ? { ...state, incidents: settleTicket(state.incidents, data['ticket']) }
        : state;
    default:
      return state;
  }
}

function standingsOf(data: RecordedEvent['data']): readonly Standing[] {
  return data['changes'] as readonly Standing[];
}

function incidentsOf({ type, data }: RecordedEvent): readonly string[] {
  if (type !== 'ProblemMarkedDuplicate') return data['incidents'] as readonly string[];
  return (data['related'] as readonly { targetKind: string; target: string }[])
    .filter(({ targetKind }) => targetKind === 'incident')
    .map(({ target }) => target);
}

function messageOf({ type, data }: RecordedEvent): string {
  switch (type) {
    case 'ProblemResolved': {
      const notes = typeof data['notes'] === 'string' ? `: ${data['notes']}` : '';
      return `Resolved with the problem ${String(data['number'])}${notes}`;
    }
    case 'ProblemRiskAccepted':
      return `The problem stays, its risk is accepted: ${String(data['reason'])}`;
    case 'ProblemMarkedDuplicate':
      return `The problem is a duplicate of ${String(data['originalNumber'])}; wait for that one.`;
    default:
      return `The problem was cancelled: ${String(data['reason'])}`;
  }
}

/** What the coordinator is told; undefined while changes are still to come to their end. */
function sayOf(standings: readonly Standing[]): string | undefined {
  const isPending = standings.some(({ standing }) => standing === 'pending');
  const isOff = standings.every(({ standing }) => standing === 'cancelled');
  if (isPending || isOff) return undefined;
  const names = standings.map(
    ({ number, change, standing }) => `${number ?? change} (${standing})`,
  );
  return areSuccessful(standings)
    ? `Every change of the fix is closed with success: ${names.join(', ')}.`
    : `The changes of the fix have ended, and not all with success: ${names.join(', ')}. ` +
        'Link another change, unlink what is not needed, or abandon the fix.';
}

function areSuccessful(standings: readonly Standing[]): boolean {
  return standings.length > 0 && standings.every(({ standing }) => standing === 'successful');
}

interface Asked {
  readonly problem: string;
  readonly rules: Rules;
}

function decide(
  state: ResolutionState,
  event: RecordedEvent,
  { problem, rules }: Asked,
): FlowDecision | undefined {
  const { type, data } = event;
  switch (type) {
    case 'FixProgressRecorded':
      return onProgress(event, problem, rules);
    case 'TimerElapsed':
      return { commands: [resolving(problem)] };
    case 'ProblemResolved':
      return { commands: tellingOfResolution(state, problem), timers: [{ cancel: TIMER }] };
    case 'ProblemLinked':
      return state.isResolved && isTicketId(data['target'])
        ? { commands: [resolvingIncident(data['target'], problem, state)] }
        : undefined;
    case 'FlowCommandAccepted':
    case 'FlowCommandRefused':
      return afterIncident(state, event, problem);
    case 'ProblemRiskAccepted':
    case 'ProblemCancelled':
    case 'ProblemMarkedDuplicate':
      return resumption(state, problem);
    default:
      return { complete: true };
  }
}

function onProgress(
  { data, occurredAt }: RecordedEvent,
  problem: string,
  rules: Rules,
): FlowDecision | undefined {
  const standings = standingsOf(data);
  const text = sayOf(standings);
  if (text === undefined) return undefined;
  const coordinator = data['coordinator'] as string | null;
  const telling: FlowCommand = {
    process: 'problem',
    ticket: problem,
    command: 'AddProblemNote',
    body: {
      text: coordinator === null ? text : `For the coordinator, ${coordinator}: ${text}`,
      visibility: 'internal',
    },
    tolerates: ['refused.state'],
  };
  if (!areSuccessful(standings)) return { commands: [telling] };
  const policies = [policyReference(rules)];
  const { objectionHours } = rules.value;
  if (objectionHours === 0) return { commands: [telling, resolving(problem)], policies };
  const dueAt = new Date(Date.parse(occurredAt) + objectionHours * HOUR_MS).toISOString();
  return { commands: [telling], timers: [{ set: TIMER, dueAt }], policies };
}

function resolving(problem: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'ResolveProblem',
    body: { notes: null },
    // Resolved or abandoned by a person, or a change was linked that has not ended.
    tolerates: ['refused.state', 'refused.changes-not-successful', 'refused.no-fix-change'],
  };
}

function tellingOfResolution(state: ResolutionState, problem: string): readonly FlowCommand[] {
  const { batch } = state.incidents;
  if (batch.length === 0) return [];
  const telling: FlowCommand = {
    process: 'problem',
    ticket: problem,
    command: 'CommunicateProblemFix',
    body: { text: null },
    tolerates: ['refused.state', 'refused.no-fix'],
  };
  return [telling, ...batch.map((incident) => resolvingIncident(incident, problem, state))];
}

/** Resolves it if it is on hold for this problem: the incident itself knows. */
function resolvingIncident(
  incident: string,
  awaited: string,
  { message: notes }: ResolutionState,
): FlowCommand {
  return {
    process: 'incident',
    ticket: incident,
    command: 'ResolveIncident',
    body: { code: 'resolved-by-problem', notes, awaited },
    step: RESOLVE,
    branchesOnRefusal: true,
  };
}

function resuming(incident: string, awaited: string, message: string): FlowCommand {
  return {
    process: 'incident',
    ticket: incident,
    command: 'ResumeIncident',
    body: {
      cause: 'linked-record-finished',
      awaited,
      comment: message.slice(0, COMMENT_LENGTH_MAX),
    },
    step: RESUME,
    branchesOnRefusal: true,
  };
}

function resumption(state: ResolutionState, problem: string): FlowDecision | undefined {
  const { batch } = state.incidents;
  if (!state.isBegun) return undefined;
  return {
    commands: batch.map((incident) => resuming(incident, problem, state.message)),
    complete: batch.length === 0,
  };
}

/** What every incident is sent. One that refuses to be resolved is resumed, no part of it. */
function stepOf({ isResolved }: ResolutionState): string {
  return isResolved ? RESOLVE : RESUME;
}

function afterIncident(
  state: ResolutionState,
  { type, data }: RecordedEvent,
  problem: string,
): FlowDecision | undefined {
  const { step, ticket, code } = data;
  if (step !== RESOLVE && step !== RESUME) return {};
  const settled = step === stepOf(state) ? batchAfter(state.incidents, ticket) : [];
  const next = settled.map((incident) =>
    state.isResolved
      ? resolvingIncident(incident, problem, state)
      : resuming(incident, problem, state.message),
  );
  const isRefused = type === 'FlowCommandRefused' && !noLongerAwaiting.includes(String(code));
  if (!isRefused) {
    return { commands: next, complete: !state.isResolved && areSettled(state.incidents) };
  }
  if (step === RESUME) return undefined;
  // It cannot be resolved without a person: at least it waits no longer.
  const reason = `${state.message} It was not resolved with it: ${String(data['message'])}`;
  return { commands: [resuming(String(ticket), problem, reason), ...next] };
}
