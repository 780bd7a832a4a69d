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

/** When failed changes are a problem. */
interface FailedChanges {
  /** So many failures about the same item or service; at most {@link KEPT_FAILURES_MAX}. */
  readonly failures: number;
  readonly windowDays: number;
  /** Of the problem that is registered. */
  readonly problem: {
    readonly impact: number;
    readonly urgency: number;
    readonly organisation: string;
  };
}

/** The rule that ships with the system. */
const failedChanges: Policy<FailedChanges> = {
  name: 'failed-changes',
  version: 1,
  value: {
    failures: 2,
    windowDays: 90,
    problem: { impact: 2, urgency: 2, organisation: 'change-management' },
  },
};

/** As many failures as an instance keeps. */
export const KEPT_FAILURES_MAX = 50;

interface FailedChange {
  readonly change: string;
  readonly number: string;
  readonly at: string;
}

interface FailuresState {
  /** The last ones, the oldest first. */
  readonly failures: readonly FailedChange[];
  /** Id of the problem that they led to, while it is not over. */
  readonly problem: string | null;
}

const REGISTER = 'register problem';
const FORGOTTEN = 'FailuresForgotten';
const PREFIX = 'changes:';
const SUBJECT_LENGTH_MAX = 150;
const DAY_MS = 86_400_000;

/**
 * S-21, problems: changes that fail again and again about one configuration item, or one service,
 * lead to a problem; further ones are linked with it until it ends. It ends, as a problem fails no
 * change; what it counted is forgotten when nothing fails for a while.
 */
export const failedChangesToProblem: FlowDefinition<FailuresState> = defineFlow<FailuresState>({
  name: 'failed-changes-to-problem',
  version: 1,
  title: 'Repeated failures are a problem',
  summary: 'Registers a problem where changes of the same item or service fail repeatedly.',
  events: {
    ChangeClosed: 'starts',
    ProblemPatternReleased: 'continues',
    TimerElapsed: 'continues',
    FlowCommandAccepted: 'continues',
  },
  follows: {
    ChangeClosed: {
      commands: ['problem.RegisterProblem', 'problem.LinkProblem'],
      timers: [FORGOTTEN],
    },
    [`FlowCommandAccepted ${REGISTER}`]: { commands: ['problem.LinkProblem'] },
    ProblemPatternReleased: { ends: true },
    TimerElapsed: { ends: true },
    [`undo ${REGISTER}`]: { commands: ['problem.CancelProblem'] },
  },
  correlate: (event) => patternOf(event),
  initial: { failures: [], problem: null },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, context) => {
    switch (event.type) {
      case 'ChangeClosed':
        return onFailure(state, event, context);
      case 'FlowCommandAccepted':
        return state.problem !== null && event.data['step'] === REGISTER
          ? { commands: state.failures.map(({ change }) => linking(state.problem, change)) }
          : {};
      // One that took the pattern over from ours goes on with it.
      case 'ProblemPatternReleased':
        return ticketIdOfStream(event.stream) === state.problem ? { complete: true } : {};
      default:
        return state.problem === null ? { complete: true } : {};
    }
  },
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
  policies: { failedChanges },
});

function patternOf({ type, data }: RecordedEvent): string | undefined {
  if (type === 'ProblemPatternReleased') {
    const pattern = String(data['pattern']);
    return pattern.startsWith(PREFIX) ? pattern : undefined;
  }
  if (data['outcome'] !== 'unsuccessful' && data['outcome'] !== 'backed-out') return undefined;
  const { item, service } = subjectOf(data);
  if (item !== null) return `${PREFIX}item:${item.slice(0, SUBJECT_LENGTH_MAX)}`;
  return service === null ? undefined : `${PREFIX}service:${service.slice(0, SUBJECT_LENGTH_MAX)}`;
}

/** A change of one item is about that; one of many is about its service. */
function subjectOf(data: RecordedEvent['data']): {
  readonly item: string | null;
  readonly service: string | null;
} {
  const items = data['configurationItems'] as readonly string[];
  const service = data['service'] as string | null;
  const [first = null] = items;
  return { item: items.length === 1 || service === null ? first : null, service };
}

function evolve(state: FailuresState, event: RecordedEvent): FailuresState {
  const { type, stream, data, occurredAt: at } = event;
  switch (type) {
    case 'ChangeClosed': {
      const failure = { change: ticketIdOfStream(stream), number: String(data['number']), at };
      return { ...state, failures: [...state.failures, failure].slice(-KEPT_FAILURES_MAX) };
    }
    case 'FlowCommandAccepted':
      return data['step'] === REGISTER ? { ...state, problem: String(data['ticket']) } : state;
    default:
      return state;
  }
}

function onFailure(
  { failures, problem }: FailuresState,
  event: RecordedEvent,
  { key, policies, issued }: FlowContext,
): FlowDecision {
  const policy = policies['failedChanges'] as Policy<FailedChanges>;
  const { failures: atLeast, windowDays } = policy.value;
  const windowMs = windowDays * DAY_MS;
  const nowMs = Date.parse(event.occurredAt);
  const shared = {
    timers: [{ set: FORGOTTEN, dueAt: new Date(nowMs + windowMs).toISOString() }],
    policies: [policyReference(policy)],
  };
  if (problem !== null) {
    return { ...shared, commands: [linking(problem, ticketIdOfStream(event.stream))] };
  }
  const recent = failures.filter(({ at }) => Date.parse(at) > nowMs - windowMs);
  const isAsked = issued.some(({ step }) => step === REGISTER);
  if (isAsked || recent.length < atLeast) return shared;
  return { ...shared, commands: [registering(recent, event, key, policy)] };
}

function registering(
  recent: readonly FailedChange[],
  { data }: RecordedEvent,
  pattern: string,
  { value }: Policy<FailedChanges>,
): FlowCommand {
  const { item, service } = subjectOf(data);
  const numbers = recent.map(({ number }) => number).join(', ');
  const finding = `${recent.length} changes failed within ${value.windowDays} days`;
  return {
    process: 'problem',
    command: 'RegisterProblem',
    body: {
      ...value.problem,
      origin: 'proactive',
      title: `Changes of ${item ?? service ?? ''} fail`.slice(0, 200),
      statement: `${finding}: ${numbers}.`,
      trend: `${finding}.`,
      pattern,
      service,
      configurationItem: item,
    },
    step: REGISTER,
  };
}

function linking(problem: string | null, change: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem ?? '',
    command: 'LinkProblem',
    body: { type: 'relates-to', targetKind: 'change', target: change },
    tolerates: ['refused.already-linked', 'refused.too-many'],
  };
}
