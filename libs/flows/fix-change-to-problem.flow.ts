import {
  defineFlow,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { isTicketId } from './ticket-ids';

/** A problem that the change fixes, with the numbers of the links on both sides. */
interface FixedProblem {
  readonly problem: string;
  readonly linkOfProblem: number | null;
  readonly linkOfChange: number | null;
}

interface FixChangeState {
  readonly problems: readonly FixedProblem[];
}

/**
 * A part of S-11 and S-12: a change that fixes a problem is linked on both sides, and the problem
 * hears when the change ends. It ends, as a link that is there already is refused.
 */
export const fixChangeToProblem: FlowDefinition<FixChangeState> = defineFlow<FixChangeState>({
  name: 'fix-change-to-problem',
  version: 1,
  title: 'Problems hear of the changes that fix them',
  summary: 'Links change and problem both ways, and tells the problem when the change has ended.',
  events: {
    ProblemLinked: 'starts',
    ProblemUnlinked: 'starts',
    ChangeLinked: 'starts',
    ChangeUnlinked: 'continues',
    ChangeClosed: 'continues',
    ChangeCancelled: 'continues',
  },
  follows: {
    ProblemLinked: { commands: ['change.LinkChange', 'problem.RecordProblemFixProgress'] },
    ProblemUnlinked: {
      commands: ['change.UnlinkChange', 'problem.RecordProblemFixProgress'],
      ends: true,
    },
    ChangeLinked: { commands: ['problem.LinkProblem'] },
    ChangeUnlinked: { commands: ['problem.UnlinkProblem'], ends: true },
    ChangeClosed: { commands: ['problem.RecordProblemFixProgress'], ends: true },
    ChangeCancelled: { commands: ['problem.RecordProblemFixProgress'], ends: true },
  },
  correlate: (event) => changeOf(event),
  initial: { problems: [] },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, { key }) => decide(state, event, key),
  // Links and what a problem noted stand for themselves: a person takes them away.
  compensations: {},
  policies: {},
});

function changeOf({ type, stream, data }: RecordedEvent): string | undefined {
  switch (type) {
    case 'ProblemLinked':
    case 'ProblemUnlinked':
      return targetOf(data, 'fixed-by', 'change');
    case 'ChangeLinked':
    case 'ChangeUnlinked':
      return targetOf(data, 'fixes', 'problem') && ticketIdOfStream(stream);
    default:
      return ticketIdOfStream(stream);
  }
}

/** The id of what is linked, where it is a link of this kind to a ticket that is known here. */
function targetOf(
  { type, targetKind, target }: RecordedEvent['data'],
  asked: string,
  kind: string,
): string | undefined {
  return type === asked && targetKind === kind && isTicketId(target) ? target : undefined;
}

function evolve(state: FixChangeState, { type, stream, data }: RecordedEvent): FixChangeState {
  const link = Number(data['link']);
  switch (type) {
    case 'ProblemLinked':
      return linked(state, ticketIdOfStream(stream), { linkOfProblem: link });
    case 'ProblemUnlinked':
      return linked(state, ticketIdOfStream(stream), { linkOfProblem: null });
    case 'ChangeLinked':
      return linked(state, String(data['target']), { linkOfChange: link });
    case 'ChangeUnlinked':
      return linked(state, String(data['target']), { linkOfChange: null });
    default:
      return state;
  }
}

function linked(
  state: FixChangeState,
  problem: string,
  links: Partial<Pick<FixedProblem, 'linkOfProblem' | 'linkOfChange'>>,
): FixChangeState {
  const { problems } = state;
  const before = problems.find((other) => other.problem === problem);
  const after = { problem, linkOfProblem: null, linkOfChange: null, ...before, ...links };
  const others = problems.filter((other) => other.problem !== problem);
  const isLinked = after.linkOfProblem !== null || after.linkOfChange !== null;
  if (isLinked) return { problems: [...others, after] };
  return before === undefined ? state : { problems: others };
}

function decide(
  { problems }: FixChangeState,
  { type, stream, data }: RecordedEvent,
  change: string,
): FlowDecision {
  const problem = type.startsWith('Problem') ? ticketIdOfStream(stream) : String(data['target']);
  const known = problems.find((other) => other.problem === problem);
  switch (type) {
    case 'ProblemLinked': {
      const mirrored = known?.linkOfChange ?? null;
      return {
        commands: [...(mirrored === null ? [linkingChange(change, problem)] : []), review(problem)],
      };
    }
    case 'ChangeLinked':
      return (known?.linkOfProblem ?? null) === null
        ? { commands: [linkingProblem(problem, change)] }
        : {};
    case 'ProblemUnlinked': {
      const link = known?.linkOfChange ?? null;
      const unlinking = link === null ? [] : [unlinkingChange(change, link)];
      return { commands: [...unlinking, review(problem)], complete: problems.length === 0 };
    }
    case 'ChangeUnlinked': {
      const link = known?.linkOfProblem ?? null;
      return link === null
        ? { complete: problems.length === 0 }
        : { commands: [unlinkingProblem(problem, link)] };
    }
    // It ended, whichever way: each problem looks for itself at how.
    default:
      return { commands: problems.map((fixed) => review(fixed.problem)), complete: true };
  }
}

function review(problem: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'RecordProblemFixProgress',
    body: {},
    // No fix is under way, or it stands as it stood.
    tolerates: ['refused.state', 'refused.no-change'],
  };
}

function linkingChange(change: string, problem: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'LinkChange',
    body: { type: 'fixes', targetKind: 'problem', target: problem },
    tolerates: ['refused.already-linked'],
  };
}

function linkingProblem(problem: string, change: string): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'LinkProblem',
    body: { type: 'fixed-by', targetKind: 'change', target: change },
    tolerates: ['refused.already-linked'],
  };
}

function unlinkingChange(change: string, link: number): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'UnlinkChange',
    body: { link, reason: 'The link was taken away on the problem.' },
    tolerates: ['refused.not-linked'],
  };
}

function unlinkingProblem(problem: string, link: number): FlowCommand {
  return {
    process: 'problem',
    ticket: problem,
    command: 'UnlinkProblem',
    body: { link, reason: 'The link was taken away on the change.' },
    tolerates: ['refused.not-linked'],
  };
}
