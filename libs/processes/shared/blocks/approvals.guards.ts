import { refuse, type Guard, type ProcessState, type Refusal } from '@ledgerdesk/kernel';
import { approverFor, isLive, type ApprovalRound } from '../approval-round';
import { defineGuard } from '../command-definition';
import type {
  Approve,
  DelegateApproval,
  RequestApproval,
  WithdrawApproval,
} from '../commands/approvals.commands';
import { isThere } from '../fields';
import type { ApprovalOptions, ApprovalParties } from './approvals.options';
import type { ApprovalsPart } from './approvals.events';
import { approversOf, findRound } from './approvals.questions';

type State = ApprovalsPart & ProcessState;

/** The questions that the commands of the approvals block ask. */
export function approvalGuards(
  options: ApprovalOptions<never>,
): Readonly<Record<string, Guard<State>>> {
  const partiesOf = options.parties as unknown as PartiesOf;
  return {
    ...requestGuards(options, partiesOf),
    ...answerGuards(partiesOf),
    ...delegationGuards(partiesOf),
  };
}

type PartiesOf = (state: State) => ApprovalParties;

function requestGuards(
  options: ApprovalOptions<never>,
  partiesOf: PartiesOf,
): Readonly<Record<string, Guard<State>>> {
  return {
    isRoundOfPolicy: defineGuard<State, RequestApproval>({
      unless: 'the policy is known, names or is given enough approvers, and is not asked already',
      check: (state, command, { policies }) => {
        const live = state.approvalRounds.find(
          (round) => round.policy === command.policy && isLive(round),
        );
        if (live !== undefined) {
          return refuse(
            'already-requested',
            `round ${live.id} of ${command.policy} is ${live.status}; withdraw it first`,
            { round: live.id },
          );
        }
        const approvers = approversOf(options, policies, command, state);
        return 'refused' in approvers ? approvers : true;
      },
    }),
    areApproversApart: defineGuard<State, RequestApproval>({
      unless: 'no approver is the requester or an implementer',
      check: (state, command, { policies }) => {
        const approvers = approversOf(options, policies, command, state);
        if ('refused' in approvers) return approvers;
        return checkApart(partiesOf(state), approvers);
      },
    }),
  };
}

function answerGuards(partiesOf: PartiesOf): Readonly<Record<string, Guard<State>>> {
  return {
    isApproverNow: defineGuard<State, Approve>({
      unless: 'the round waits for the actor, or for somebody whose substitute the actor is',
      check: (state, { round }, context) => {
        const found = findRound(state, round, context);
        return 'refused' in found ? found : true;
      },
    }),
    isAnswererApart: defineGuard<State, Approve>({
      unless: 'neither the approver nor a substitute is the requester or an implementer',
      check: (state, { round }, context) => {
        const found = findRound(state, round, context);
        if ('refused' in found) return found;
        return checkApart(partiesOf(state), [found.approver, context.actor]);
      },
    }),
    isRoundPending: defineGuard<State, WithdrawApproval>({
      unless: 'the round is there and not decided',
      check: ({ approvalRounds }, { round: id }) => {
        const round = approvalRounds.find((each) => each.id === id);
        return round?.status === 'pending' || round?.status === 'suspended'
          ? true
          : notPending(id, round);
      },
    }),
  };
}

function delegationGuards(partiesOf: PartiesOf): Readonly<Record<string, Guard<State>>> {
  return {
    isOwnRound: defineGuard<State, DelegateApproval>({
      unless: 'the round is open and asks the actor',
      check: ({ approvalRounds }, { round: id }, { actor, now }) => {
        const round = approvalRounds.find((each) => each.id === id);
        if (round?.status !== 'pending') return notPending(id, round);
        if (round.rule !== 'sequence' || !round.approvers.includes(actor)) {
          const approver = approverFor(round, { actor, onBehalfOf: null, now });
          if (typeof approver !== 'string') return approver;
          if (approver !== actor) return refuse('not-an-approver', notOwn(id, approver));
        }
        return true;
      },
    }),
    isDelegateApart: defineGuard<State, DelegateApproval>({
      unless: 'the substitute is neither the actor, the requester nor an implementer',
      check: (state, { delegate, until }, { actor, now }) => {
        if (delegate === actor) {
          return refuse('self-reference', 'name somebody else as the substitute');
        }
        if (isThere(until) && Date.parse(until) <= Date.parse(now)) {
          return refuse('past-time', `until lies in the past: ${until}`, { now });
        }
        return checkApart(partiesOf(state), [delegate]);
      },
    }),
  };
}

/** Refused where somebody would approve what they asked for or carry out. */
function checkApart(
  { requester, implementer }: ApprovalParties,
  approvers: readonly string[],
): true | Refusal {
  for (const [role, people] of Object.entries({ requester, implementer })) {
    const both = approvers.find((approver) => people.includes(approver));
    if (both !== undefined) {
      return refuse(
        'separation-of-duties',
        `${both} is the ${role}, so somebody else has to approve`,
        { person: both, role },
      );
    }
  }
  return true;
}

function notPending(id: number, round: ApprovalRound | undefined): Refusal {
  return refuse('round-not-open', `there is no open round ${id}`, {
    round: id,
    status: round?.status ?? null,
  });
}

function notOwn(id: number, approver: string): string {
  return `round ${id} asks ${approver}; a substitute names no further one`;
}
