import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowContext,
  type FlowDecision,
  type FlowDefinition,
  type FlowTimerAction,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { addWorkingDays } from '@ledgerdesk/processes';

/** How often a caller who is asked something is reminded, before the incident is resolved. */
interface CallerReminders {
  /** Between two reminders, and from the last one to the resolution. */
  readonly everyDays: number;
  /** Working days are Monday to Friday in UTC. */
  readonly days: 'working' | 'calendar';
  readonly reminders: number;
}

/** Three strikes: as many reminders, a working day apart. */
const threeReminders: Policy<CallerReminders> = {
  name: 'caller-reminders',
  version: 1,
  value: { everyDays: 1, days: 'working', reminders: 3 },
};

interface WaitState {
  /** Who is waited for; null where nobody is, or it is not known who. */
  readonly caller: string | null;
  readonly question: string | null;
  /** Times that the wait lasted too long. */
  readonly elapsed: number;
}

const AWAITING_CALLER = 'awaiting-caller';
const DAY_MS = 86_400_000;
const TIMER = 'ReplyDue';
const REMIND = 'AddIncidentNote';
const RESOLVE = 'ResolveIncident';
const RESUME = 'ResumeIncident';
const ENDS = { ends: true } as const;
const COMMENT_LENGTH_MAX = 2_000;

type End =
  | 'IncidentResumed'
  | 'IncidentResolved'
  | 'IncidentCancelled'
  | 'IncidentMarkedDuplicate'
  | 'IncidentMergedInto'
  | 'IncidentClosed';

const ofEnds = <const T>(value: T): Record<End, T> => ({
  IncidentResumed: value,
  IncidentResolved: value,
  IncidentCancelled: value,
  IncidentMarkedDuplicate: value,
  IncidentMergedInto: value,
  IncidentClosed: value,
});

/**
 * S-7: a caller who is asked something is reminded some times; without a reply the incident is
 * resolved, with one it goes on. A reply is a public note by the caller, or in the caller's name.
 *
 * It ends: its own notes are the flow's, so they are no reply, and its timers are numbered.
 */
export const incidentAwaitingCaller: FlowDefinition<WaitState> = defineFlow<WaitState>({
  name: 'incident-awaiting-caller',
  version: 1,
  title: 'Waiting for the caller',
  summary: 'Reminds a caller who is asked something, and resolves the incident without a reply.',
  events: {
    IncidentHeld: 'starts',
    IncidentCallerChanged: 'continues',
    IncidentNoteAdded: 'continues',
    ...ofEnds('continues'),
    FlowCommandRefused: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    IncidentHeld: { timers: [TIMER], ends: true },
    IncidentNoteAdded: { commands: [`incident.${RESUME}`], timers: [TIMER] },
    ...ofEnds(ENDS),
    TimerElapsed: { commands: [`incident.${REMIND}`, `incident.${RESOLVE}`], timers: [TIMER] },
    [`FlowCommandRefused ${RESOLVE}`]: { commands: [`incident.${RESUME}`], ends: true },
    [`undo ${RESOLVE}`]: { commands: ['incident.ReopenIncident'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { caller: null, question: null, elapsed: 0 },
  evolve,
  decide,
  compensations: {
    [RESOLVE]: ({ ticket }) => ({
      process: 'incident',
      ticket,
      command: 'ReopenIncident',
      body: { reason: 'The resolution without a reply was taken back.' },
      tolerates: ['refused.state'],
    }),
  },
  policies: { reminders: threeReminders },
});

function evolve(state: WaitState, { type, data }: RecordedEvent): WaitState {
  switch (type) {
    case 'IncidentHeld':
      return data['reason'] === AWAITING_CALLER
        ? { caller: textOf(data['awaited']), question: textOf(data['comment']), elapsed: 0 }
        : state;
    case 'IncidentCallerChanged':
      return { ...state, caller: textOf(data['to']) };
    case 'TimerElapsed':
      return { ...state, elapsed: state.elapsed + 1 };
    default:
      return state;
  }
}

function decide(
  state: WaitState,
  event: RecordedEvent,
  context: FlowContext,
): FlowDecision | undefined {
  const policy = context.policies['reminders'] as Policy<CallerReminders>;
  switch (event.type) {
    case 'IncidentHeld':
      return onHold(event, context, policy);
    case 'IncidentCallerChanged':
      return undefined;
    case 'IncidentNoteAdded':
      return isReply(state, event) ? goOn(state, context) : undefined;
    case 'TimerElapsed':
      return state.elapsed <= policy.value.reminders
        ? remind(state, context, policy)
        : resolve(state, context, policy);
    case 'FlowCommandRefused':
      return onRefusal(event, context);
    default:
      return { complete: true };
  }
}

function onHold(
  { data }: RecordedEvent,
  { now }: FlowContext,
  policy: Policy<CallerReminders>,
): FlowDecision | undefined {
  if (data['reason'] === AWAITING_CALLER) {
    return { timers: [nextTimer(now, policy)], policies: [policyReference(policy)] };
  }
  return data['previousReason'] === AWAITING_CALLER ? { complete: true } : undefined;
}

function isReply({ caller }: WaitState, { data, actor, onBehalfOf }: RecordedEvent): boolean {
  const isFromCaller = caller !== null && (actor === caller || onBehalfOf === caller);
  return isFromCaller && data['visibility'] === 'public';
}

function goOn({ caller }: WaitState, { key }: FlowContext): FlowDecision {
  return {
    commands: [
      {
        process: 'incident',
        ticket: key,
        command: RESUME,
        body: { cause: 'caller-reply', awaited: caller },
        tolerates: ['refused.state', 'refused.waits-otherwise'],
      },
    ],
    timers: [{ cancel: TIMER }],
  };
}

function remind(
  { elapsed, question }: WaitState,
  { key, now }: FlowContext,
  policy: Policy<CallerReminders>,
): FlowDecision {
  const asked = question === null ? 'We still need your answer.' : `We asked: ${question}`;
  const text = `Reminder ${elapsed} of ${policy.value.reminders}. ${asked}`;
  return {
    commands: [
      {
        process: 'incident',
        ticket: key,
        command: REMIND,
        body: { text, visibility: 'public' },
        // It goes on or is over by now; or it has all the notes that it can have.
        tolerates: ['refused.state', 'refused.too-many'],
      },
    ],
    timers: [nextTimer(now, policy)],
    policies: [policyReference(policy)],
  };
}

function resolve(
  { elapsed }: WaitState,
  { key }: FlowContext,
  policy: Policy<CallerReminders>,
): FlowDecision {
  const notes = `The caller did not answer within ${elapsed} terms; it may be reopened.`;
  return {
    commands: [
      {
        process: 'incident',
        ticket: key,
        command: RESOLVE,
        body: { code: 'no-response', notes },
        branchesOnRefusal: true,
      },
    ],
    policies: [policyReference(policy)],
  };
}

/** It cannot be resolved without a person, who finds it in work again. */
function onRefusal({ data }: RecordedEvent, { key }: FlowContext): FlowDecision | undefined {
  const code = String(data['code']);
  if (!code.startsWith('refused.')) return undefined;
  if (code === 'refused.state') return { complete: true };
  const comment = `The caller did not answer, and it cannot be resolved: ${String(data['message'])}`;
  return {
    commands: [
      {
        process: 'incident',
        ticket: key,
        command: RESUME,
        body: { cause: 'follow-up-timer', comment: comment.slice(0, COMMENT_LENGTH_MAX) },
        tolerates: ['refused.state'],
      },
    ],
    complete: true,
  };
}

function nextTimer(now: string, { value }: Policy<CallerReminders>): FlowTimerAction {
  const { everyDays, days } = value;
  const dueAt =
    days === 'working'
      ? addWorkingDays(now, everyDays)
      : new Date(Date.parse(now) + everyDays * DAY_MS).toISOString();
  return { set: TIMER, dueAt };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
