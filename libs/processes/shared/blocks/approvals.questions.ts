import { refuse, type ProcessState, type Refusal } from '@ledgerdesk/kernel';
import {
  approverFor,
  type Answerer,
  type ApprovalPolicies,
  type ApprovalPolicy,
  type ApprovalRound,
} from '../approval-round';
import type { RequestApproval } from '../commands/approvals.commands';
import { isThere } from '../fields';
import type { ApprovalsPart } from './approvals.events';

/** The people whom a round of the policy asks, or why it cannot ask anybody. */
export function approversOf(
  policies: ApprovalPolicies,
  command: Pick<RequestApproval, 'policy' | 'approvers'>,
  state: ProcessState,
): readonly string[] | Refusal {
  const policy = Object.hasOwn(policies.value, command.policy)
    ? policies.value[command.policy]
    : undefined;
  if (policy === undefined) {
    const known = Object.keys(policies.value);
    return refuse(
      'unknown-approval-policy',
      `there is no approval policy ${command.policy}; there are ${known.join(', ')}`,
      { policies: known },
    );
  }
  const named = namedApprovers(policy, state);
  if (named !== undefined && isThere(command.approvers)) {
    return refuse('fixed-approvers', `the policy ${command.policy} says itself who approves`);
  }
  const approvers = named ?? command.approvers ?? [];
  const { approversMin = 1 } = policy;
  if (approvers.length >= approversMin) return approvers;
  return refuse(
    'too-few-approvers',
    `the policy ${command.policy} asks at least ${approversMin}, and there are ${approvers.length}`,
    { approversMin, source: policy.source },
  );
}

function namedApprovers(
  { source }: ApprovalPolicy,
  state: ProcessState,
): readonly string[] | undefined {
  if (source.kind === 'fixed') return source.approvers;
  if (source.kind === 'group') return undefined;
  const value: unknown = Reflect.get(state, source.field);
  return typeof value === 'string' ? [value] : [];
}

/** The round that is answered and for whom, or why none is. */
export function findRound(
  { approvalRounds }: ApprovalsPart,
  id: number | null | undefined,
  answerer: Answerer,
): { readonly round: ApprovalRound; readonly approver: string } | Refusal {
  if (isThere(id)) {
    const round = approvalRounds.find((each) => each.id === id);
    if (round?.status !== 'pending') {
      return refuse('round-not-open', `there is no open round ${id}`, {
        round: id,
        status: round?.status ?? null,
      });
    }
    const approver = approverFor(round, answerer);
    return typeof approver === 'string' ? { round, approver } : approver;
  }
  const open = approvalRounds.filter(({ status }) => status === 'pending');
  const found = open.flatMap((round) => {
    const approver = approverFor(round, answerer);
    return typeof approver === 'string' ? [{ round, approver }] : [];
  });
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only;
  if (only === undefined) {
    return refuse('not-an-approver', `no open round waits for ${answerer.actor}`, {
      open: open.map((round) => round.id),
    });
  }
  return refuse('several-rounds', 'several rounds wait for the actor; name one', {
    rounds: found.map(({ round }) => round.id),
  });
}
