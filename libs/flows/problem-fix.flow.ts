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

/** What a problem's fix does by itself. */
export interface ProblemFixRules {
  /** Of the change that is drafted. */
  readonly changeType: 'normal';
  /** Whether the problem goes back to its analysis once every change of its fix is cancelled. */
  readonly abandonsWhenCancelled: boolean;
}

/** The rules that ship with the system. */
export const problemFixRules: Policy<ProblemFixRules> = {
  name: 'problem-fix',
  version: 1,
  value: { changeType: 'normal', abandonsWhenCancelled: true },
};

interface ProblemFixState {
  /** Changes that were drafted for this fix and have not ended yet. */
  readonly drafted: readonly string[];
}

/** A change of the fix, as `FixProgressRecorded` tells of it. */
interface Standing {
  readonly change: string;
  readonly number: string | null;
  readonly standing: string;
}

const DRAFT = 'draft change';
const TITLE_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 2_000;

/**
 * S-11: a fix that needs a change gets its draft, linked with the problem; once every change of the
 * fix is cancelled, the problem goes back to its analysis. It ends with the fix: another one is
 * begun by a person.
 */
export const problemFix: FlowDefinition<ProblemFixState> = defineFlow<ProblemFixState>({
  name: 'problem-fix',
  version: 1,
  title: 'A fix gets its changes',
  summary: 'Drafts and links the change of a fix; goes back to the analysis if all are cancelled.',
  events: {
    FixStarted: 'starts',
    FixProgressRecorded: 'continues',
    FixAbandoned: 'continues',
    ProblemResolved: 'continues',
    ProblemRiskAccepted: 'continues',
    FlowCommandAccepted: 'continues',
  },
  follows: {
    FixStarted: { commands: ['change.DraftChange', 'problem.RecordProblemFixProgress'] },
    [`FlowCommandAccepted ${DRAFT}`]: { commands: ['problem.LinkProblem'] },
    FixProgressRecorded: { commands: ['problem.AbandonProblemFix'] },
    FixAbandoned: { commands: ['change.AddChangeNote'], ends: true },
    ProblemResolved: { ends: true },
    ProblemRiskAccepted: { ends: true },
    [`undo ${DRAFT}`]: { commands: ['change.CancelChange'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { drafted: [] },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, { key, policies }) => {
    const rules = policies['problemFix'] as Policy<ProblemFixRules>;
    switch (event.type) {
      case 'FixStarted':
        return begin(event, key, rules);
      case 'FlowCommandAccepted':
        return event.data['step'] === DRAFT
          ? { commands: [linking(key, String(event.data['ticket']))] }
          : {};
      case 'FixProgressRecorded':
        return abandonIfCancelled(event, key, rules);
      case 'FixAbandoned':
        return { commands: state.drafted.map((change) => telling(change, event)), complete: true };
      default:
        return { complete: true };
    }
  },
  compensations: {
    [DRAFT]: ({ ticket }) => ({
      process: 'change',
      ticket,
      command: 'CancelChange',
      body: { reason: 'not-needed', comment: 'It was drafted for a fix that was taken back.' },
      // It ended already, or has come too far: that is for a person to decide.
      tolerates: ['refused.state'],
    }),
  },
  policies: { problemFix: problemFixRules },
});

function evolve(state: ProblemFixState, { type, data }: RecordedEvent): ProblemFixState {
  if (type === 'FlowCommandAccepted') {
    return data['step'] === DRAFT ? { drafted: [...state.drafted, String(data['ticket'])] } : state;
  }
  if (type !== 'FixProgressRecorded') return state;
  const ended = standingsOf(data).filter(({ standing }) => standing !== 'pending');
  const drafted = state.drafted.filter((id) => !ended.some(({ change }) => change === id));
  return drafted.length === state.drafted.length ? state : { drafted };
}

function standingsOf(data: RecordedEvent['data']): readonly Standing[] {
  return data['changes'] as readonly Standing[];
}

function begin(
  { data, actor }: RecordedEvent,
  problem: string,
  rules: Policy<ProblemFixRules>,
): FlowDecision | undefined {
  if (data['changeNeed'] === 'linked') return { commands: [reviewing(problem)] };
  if (data['changeNeed'] !== 'to-be-drafted') return undefined;
  const { number, title, notes, service, configurationItem } = data;
  const item = configurationItem as string | null;
  return {
    commands: [
      {
        process: 'change',
        command: 'DraftChange',
        body: {
          title: `Fix of ${String(number)}: ${String(title)}`.slice(0, TITLE_LENGTH_MAX),
          requester: actor,
          type: rules.value.changeType,
          service: service ?? null,
          configurationItems: item === null ? null : [item],
          description: notes,
          justification: `Takes away the root cause of the problem ${String(number)}.`,
        },
        step: DRAFT,
      },
    ],
    policies: [policyReference(rules)],
  };
}

function abandonIfCancelled(
  { data }: RecordedEvent,
  problem: string,
  rules: Policy<ProblemFixRules>,
): FlowDecision {
  const standings = standingsOf(data);
  const isOff = standings.length > 0 && standings.every((each) => each.standing === 'cancelled');
  if (!isOff) return {};
  const policies = [policyReference(rules)];
  if (!rules.value.abandonsWhenCancelled) {
    return { notes: ['All its changes are cancelled; a person decides how to go on.'], policies };
  }
  const numbers = standings.map(({ number, change }) => number ?? change).join(', ');
  return {
    commands: [
      {
        process: 'problem',
        ticket: problem,
        command: 'AbandonProblemFix',
        body: {
          reason: `All changes of the fix were cancelled: ${numbers}`.slice(0, REASON_LENGTH_MAX),
        },
        // A person was faster, or began another fix.
        tolerates: ['refused.state'],
      },
    ],
    policies,
  };
}

function reviewing(problem: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'RecordProblemFixProgress',
    body: {},
    tolerates: ['refused.state', 'refused.no-change'],
  };
}

function linking(problem: string, change: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'LinkProblem',
    body: { type: 'fixed-by', targetKind: 'change', target: change },
    tolerates: ['refused.already-linked'],
  };
}

/** A change that may have come far is not cancelled behind the back of those who work on it. */
function telling(change: string, { data }: RecordedEvent): FlowCommand {
  const reason = String(data['reason']);
  return {
    process: 'change',
    ticket: change,
    command: 'AddChangeNote',
    body: {
      text: `The fix that it was drafted for was abandoned: ${reason} Cancel it if nobody needs it.`,
      visibility: 'internal',
    },
    tolerates: ['refused.state'],
  };
}
