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

/** What becomes of emergency changes that began without approval. */
interface RetroApproval {
  /** The approval policy whose people are asked. */
  readonly approval: string;
  readonly question: string;
  /** Who is told that nobody has approved in time. */
  readonly escalateTo: string;
  /** Who decides whether a change that was turned down is backed out. */
  readonly decider: string;
  /** How long they have until it is escalated. */
  readonly decisionHours: number;
}

/** The policy that ships with the system. */
const retroApprovalV1: Policy<RetroApproval> = {
  name: 'retro-approval',
  version: 1,
  value: {
    approval: 'ecab',
    question: 'Was it right to begin without approval, and is it right to go on?',
    escalateTo: 'head-of-change-management',
    decider: 'change-management',
    decisionHours: 4,
  },
};

const HOUR_MS = 3_600_000;
const REASON_LENGTH_MAX = 2_000;
const APPROVAL = 'RetroApprovalDue';
const DECISION = 'BackOutDecisionDue';

interface RetroState {
  readonly isRejected: boolean;
  readonly isEscalated: boolean;
}

const escalating = 'change.EscalateChange';
const settling = {
  commands: ['change.DeescalateChange'],
  timers: [APPROVAL, DECISION],
  ends: true,
};

/**
 * S-20: an emergency change that began without approval must get it afterwards, by the time that
 * its model gives; a breach is escalated, and a «no» puts the question whether to back it out.
 *
 * It ends with the approval, the answer to that question, or the change. Nothing that it does
 * starts, approves or turns down a change.
 */
export const changeRetroApproval: FlowDefinition<RetroState> = defineFlow<RetroState>({
  name: 'change-retro-approval',
  version: 1,
  title: 'Approve emergency changes afterwards',
  summary: 'Runs the clock of a change that began without approval, and has a «no» decided upon.',
  events: {
    ChangeStarted: 'starts',
    ChangeAuthorised: 'continues',
    ChangeRejected: 'continues',
    ChangeImplemented: 'continues',
    ChangeBackedOut: 'continues',
    ChangeClosed: 'continues',
    ChangeCancelled: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    ChangeStarted: { commands: ['change.RequestChangeApproval'], timers: [APPROVAL] },
    ChangeAuthorised: settling,
    ChangeRejected: { commands: [escalating], timers: [APPROVAL, DECISION] },
    ChangeImplemented: settling,
    ChangeBackedOut: settling,
    ChangeClosed: { ends: true },
    ChangeCancelled: { ends: true },
    TimerElapsed: { commands: [escalating] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { isRejected: false, isEscalated: false },
  evolve: (state, { type }) => {
    switch (type) {
      case 'ChangeRejected':
        return { isRejected: true, isEscalated: true };
      case 'TimerElapsed':
        return state.isEscalated ? state : { ...state, isEscalated: true };
      default:
        return state;
    }
  },
  decide: (state, event, { key, now, policies }) =>
    decide(state, event, { key, now, policy: policies['retroApproval'] as Policy<RetroApproval> }),
  // A question that was asked and an escalation that was made are facts; both end by themselves.
  compensations: {},
  policies: { retroApproval: retroApprovalV1 },
});

interface Surroundings {
  readonly key: string;
  readonly now: string;
  readonly policy: Policy<RetroApproval>;
}

function decide(state: RetroState, event: RecordedEvent, around: Surroundings): FlowDecision {
  const { key, policy } = around;
  switch (event.type) {
    case 'ChangeStarted':
      return event.data['isRetrospective'] === true ? begun(event, around) : {};
    case 'ChangeRejected':
      return turnedDown(event, around);
    case 'ChangeAuthorised':
      return settled(state, key, 'It was approved afterwards.');
    case 'ChangeImplemented':
      // Without a «no» the clock runs on: what was begun still needs its approval.
      return state.isRejected ? settled(state, key, 'It was decided to keep the change.') : {};
    case 'ChangeBackedOut':
      return state.isRejected ? settled(state, key, 'The change was backed out.') : {};
    case 'TimerElapsed':
      return elapsed(event, key, policy);
    default:
      return { complete: true };
  }
}

function begun({ data }: RecordedEvent, { key, policy }: Surroundings): FlowDecision {
  const { approval, question } = policy.value;
  return {
    commands: [
      {
        process: 'change',
        ticket: key,
        command: 'RequestChangeApproval',
        body: { policy: approval, question },
        // Asked when it was handed in, or nobody is on record: then a person names them.
        tolerates: [
          'refused.already-requested',
          'refused.too-few-approvers',
          'refused.separation-of-duties',
          'refused.state',
          'refused.held',
        ],
      },
    ],
    ...(typeof data['approvalDueAt'] === 'string' && {
      timers: [{ set: APPROVAL, dueAt: data['approvalDueAt'] }],
    }),
    policies: [policyReference(policy)],
  };
}

function turnedDown({ data }: RecordedEvent, { key, now, policy }: Surroundings): FlowDecision {
  const { decider, decisionHours } = policy.value;
  const said = typeof data['reason'] === 'string' ? ` ${data['reason']}` : '';
  const question =
    data['state'] === 'implement' ? 'Back it out or keep it?' : 'Keep it or undo it?';
  const dueAt = new Date(Date.parse(now) + decisionHours * HOUR_MS).toISOString();
  return {
    commands: [escalation(key, decider, `Turned down after it began. ${question}${said}`)],
    timers: [{ cancel: APPROVAL }, { set: DECISION, dueAt }],
    policies: [policyReference(policy)],
  };
}

function settled({ isEscalated }: RetroState, change: string, reason: string): FlowDecision {
  const command: FlowCommand = {
    process: 'change',
    ticket: change,
    command: 'DeescalateChange',
    body: { kind: 'hierarchic', reason },
    tolerates: ['refused.not-escalated', 'refused.state'],
  };
  return { ...(isEscalated && { commands: [command] }), complete: true };
}

function elapsed(
  { data }: RecordedEvent,
  change: string,
  policy: Policy<RetroApproval>,
): FlowDecision {
  const reason =
    data['name'] === APPROVAL
      ? 'It began without approval, and nobody has approved it in time.'
      : 'It was turned down after it began, and nobody has decided whether to back it out.';
  return {
    commands: [escalation(change, policy.value.escalateTo, reason)],
    policies: [policyReference(policy)],
  };
}

function escalation(change: string, to: string, reason: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'EscalateChange',
    body: { kind: 'hierarchic', to, reason: reason.slice(0, REASON_LENGTH_MAX) },
    tolerates: ['refused.no-change', 'refused.state'],
  };
}
