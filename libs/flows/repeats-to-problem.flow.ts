import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowCommand,
  type FlowContext,
  type FlowCounting,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { withIncident, type CountedIncident } from './counted-incidents';
import { patternOf } from './incident-pattern';
import { problemsOfPeople } from './repeats-to-problem.comparison';
import { countedInWeek, findPattern, type RepeatsToProblem, type Weeks } from './repeat-rules';

/** Six incidents of a kind in a month, or five in a week that is thrice as bad as the others. */
const repeatsOf6InAMonth: Policy<RepeatsToProblem> = {
  name: 'repeats-to-problem',
  version: 1,
  value: {
    repeats: { atLeast: 6, withinDays: 30 },
    trend: { atLeast: 5, factor: 3, weeks: 8, baselineAtLeast: 4 },
    quietDays: 30,
    linkedMax: 200,
    problem: { impact: 2, urgency: 3, organisation: 'service-desk' },
  },
};

interface PatternState {
  /** `linking`: there is a problem, to which further incidents belong. */
  readonly stage: 'counting' | 'linking' | 'quiet';
  readonly problem: string | null;
}

/** Of one pattern, since its last problem was over. */
interface PatternCount {
  readonly incidents: readonly CountedIncident[];
  readonly weeks: Weeks;
}

const DAY_MS = 86_400_000;
const QUIET = 'QuietOver';
const REGISTER = 'register problem';
const LINK = 'link incident';

type IncidentEvent =
  | 'IncidentRegistered'
  | 'IncidentConfigurationItemChanged'
  | 'IncidentClassified'
  | 'IncidentReclassified';

const ofIncidents = <const T>(value: T): Record<IncidentEvent, T> => ({
  IncidentRegistered: value,
  IncidentConfigurationItemChanged: value,
  IncidentClassified: value,
  IncidentReclassified: value,
});

const nothing: PatternCount = { incidents: [], weeks: {} };

const counting: FlowCounting<PatternCount> = {
  version: 1,
  initial: nothing,
  fold: (count, { type, stream, occurredAt }) => {
    switch (type) {
      case 'ProblemPatternReleased':
      case 'TimerElapsed':
        return nothing;
      case 'ProblemPatternTaken':
      case 'FlowCommandAccepted':
        return count;
      default: {
        const incidents = withIncident(count.incidents, ticketIdOfStream(stream), occurredAt);
        if (incidents === count.incidents) return count;
        return { incidents, weeks: countedInWeek(count.weeks, occurredAt) };
      }
    }
  },
};

/**
 * S-10: incidents that repeat, or become more, lead to a problem, one for each pattern at a time: a
 * configuration item, or a category with subcategory and symptom. Further ones are linked to the
 * problem until it ends. A problem that is marked a duplicate hands its pattern to the original. A
 * problem of a major incident is registered by `major-incident-response`.
 *
 * For each pattern at most 100 incidents and a number for each of the last weeks are counted, and
 * anew once its problem has ended. An instance begins where they make a problem. It ends: what it
 * sends changes problems alone, of which it hears nothing but who has the pattern.
 */
export const repeatsToProblem: FlowDefinition<PatternState> = defineFlow<PatternState>({
  name: 'repeats-to-problem',
  version: 2,
  title: 'Repeated incidents',
  summary: 'Registers a problem where incidents of one pattern repeat or become more.',
  events: {
    ...ofIncidents('starts'),
    ProblemPatternTaken: 'starts',
    ProblemPatternReleased: 'continues',
    FlowCommandAccepted: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    ...ofIncidents({ commands: ['problem.RegisterProblem', 'problem.LinkProblem'] }),
    [`FlowCommandAccepted ${REGISTER}`]: { commands: ['problem.LinkProblem'] },
    ProblemPatternTaken: { timers: [QUIET] },
    ProblemPatternReleased: { timers: [QUIET], ends: true },
    TimerElapsed: { ends: true },
    [`undo ${REGISTER}`]: { commands: ['problem.CancelProblem'] },
  },
  correlate: patternOf,
  counting,
  initial: { stage: 'counting', problem: null },
  evolve,
  decide,
  compensations: {
    [REGISTER]: ({ ticket }) => ({
      process: 'problem',
      ticket,
      command: 'CancelProblem',
      body: { reason: 'The flow that registered it took it back.' },
      // It is analysed by now, or over: people decide.
      tolerates: ['refused.state'],
    }),
  },
  policies: { repeats: repeatsOf6InAMonth },
  comparison: problemsOfPeople,
});

function evolve(state: PatternState, { type, stream, data }: RecordedEvent): PatternState {
  switch (type) {
    case 'ProblemPatternTaken':
      return { stage: 'linking', problem: ticketIdOfStream(stream) };
    case 'ProblemPatternReleased':
      return data['cause'] === 'cancelled' && ticketIdOfStream(stream) === state.problem
        ? { stage: 'quiet', problem: null }
        : state;
    case 'FlowCommandAccepted':
      return data['step'] === REGISTER && state.problem === null
        ? { stage: 'linking', problem: String(data['ticket']) }
        : state;
    default:
      return state;
  }
}

function decide(
  state: PatternState,
  event: RecordedEvent,
  context: FlowContext,
): FlowDecision | undefined {
  const policy = context.policies['repeats'] as Policy<RepeatsToProblem>;
  switch (event.type) {
    case 'ProblemPatternTaken':
      return { timers: [{ cancel: QUIET }] };
    case 'ProblemPatternReleased':
      return onRelease(state, event, context, policy);
    case 'FlowCommandAccepted':
      return event.data['step'] === REGISTER ? linkLate(state, context) : undefined;
    case 'TimerElapsed':
      return { complete: true };
    default:
      return onIncident(state, event, context, policy);
  }
}

function onRelease(
  state: PatternState,
  { stream, data }: RecordedEvent,
  { now }: FlowContext,
  policy: Policy<RepeatsToProblem>,
): FlowDecision | undefined {
  if (state.stage === 'quiet' && data['cause'] === 'cancelled') {
    const dueAt = new Date(Date.parse(now) + policy.value.quietDays * DAY_MS).toISOString();
    return { timers: [{ set: QUIET, dueAt }], policies: [policyReference(policy)] };
  }
  // The duplicate lets go what its original has taken by then.
  const isOurs = ticketIdOfStream(stream) === state.problem && data['cause'] !== 'cancelled';
  return isOurs ? { complete: true } : undefined;
}

function onIncident(
  state: PatternState,
  event: RecordedEvent,
  context: FlowContext,
  policy: Policy<RepeatsToProblem>,
): FlowDecision | undefined {
  const incident = ticketIdOfStream(event.stream);
  if (state.problem !== null) {
    const linked = context.issued.filter(({ step }) => step === LINK);
    if (linked.length >= policy.value.linkedMax || isNamed(incident, context)) return undefined;
    return { commands: [link(state.problem, incident)], policies: [policyReference(policy)] };
  }
  if (state.stage === 'quiet' || context.issued.some(({ step }) => step === REGISTER)) {
    return undefined;
  }
  const found = findPattern(policy.value, context.count as PatternCount, event.occurredAt);
  if (found === undefined) return undefined;
  return {
    commands: [
      {
        process: 'problem',
        command: 'RegisterProblem',
        body: {
          ...policy.value.problem,
          ...subjectOf(event),
          origin: found.origin,
          title: `Repeated incidents: ${context.key}`.slice(0, TITLE_LENGTH_MAX),
          statement: `${found.finding} of the pattern ${context.key}.`,
          trend: found.origin === 'proactive' ? found.finding : null,
          incidents: found.incidents,
          pattern: context.key,
        },
        step: REGISTER,
      },
    ],
    policies: [policyReference(policy)],
  };
}

const TITLE_LENGTH_MAX = 200;

/** The incidents that came while the problem was being registered. */
function linkLate({ problem }: PatternState, context: FlowContext): FlowDecision | undefined {
  const { incidents } = context.count as PatternCount;
  const order = context.issued.find(({ step }) => step === REGISTER)?.body['incidents'];
  // Those before the last one that it names lie outside of the window.
  const last = incidents.findLastIndex(
    ({ incident }) => Array.isArray(order) && order.includes(incident),
  );
  const late = incidents.slice(last + 1).filter(({ incident }) => !isNamed(incident, context));
  if (problem === null || late.length === 0) return undefined;
  return { commands: late.map(({ incident }) => link(problem, incident)) };
}

function isNamed(incident: string, { issued }: FlowContext): boolean {
  return issued.some(({ body }) => {
    const named = body['incidents'];
    return body['target'] === incident || (Array.isArray(named) && named.includes(incident));
  });
}

function link(problem: string, incident: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'LinkProblem',
    body: { type: 'investigates', targetKind: 'incident', target: incident },
    step: LINK,
    tolerates: ['refused.already-linked', 'refused.too-many'],
  };
}

function subjectOf({ type, data }: RecordedEvent): Readonly<Record<string, unknown>> {
  const { category, subcategory, service, configurationItem, to } = data;
  switch (type) {
    case 'IncidentRegistered':
      return { configurationItem, service };
    case 'IncidentConfigurationItemChanged':
      return { configurationItem: to };
    default:
      return { category, subcategory };
  }
}
