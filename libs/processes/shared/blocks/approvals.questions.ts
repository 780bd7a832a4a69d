import { refuse, type PolicySet, type ProcessState, type Refusal } from '@ledgerdesk/kernel';
import {
  approverFor,
  awaitedApprovers,
  type Answerer,
  type ApprovalPolicy,
  type ApprovalRound,
} from '../approval-round';
import { APPROVERS_MAX, type RequestApproval } from '../commands/approvals.commands';
import { isThere } from '../fields';
import type { ApprovalsPart } from './approvals.events';
import type { ApprovalOptions, ApprovalParties } from './approvals.options';

/** The people whom a round of the policy asks, or why it cannot ask anybody. */
export function approversOf(
  options: ApprovalOptions<never>,
  set: PolicySet,
  command: Pick<RequestApproval, 'policy' | 'approvers'>,
  state: ProcessState,
): readonly string[] | Refusal {
  const policies = options.policies(set);
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
  const approvers = named ?? command.approvers ?? membersFor(options, set, policy, state);
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

/** Those of the group who have no hand in the ticket; nobody where its members are not known. */
function membersFor(
  { members, parties }: ApprovalOptions<never>,
  set: PolicySet,
  { source }: ApprovalPolicy,
  state: ProcessState,
): readonly string[] {
  const known = source.kind === 'group' ? (members?.(set, source.group) ?? []) : [];
  const { requester, implementer } = (parties as (state: ProcessState) => ApprovalParties)(state);
  const involved = [...requester, ...implementer];
  return known.filter((person) => !involved.includes(person)).slice(0, APPROVERS_MAX);
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
    return noRoundFor(answerer, open);
  }
  return refuse('several-rounds', 'several rounds wait for the actor; name one', {
    rounds: found.map(({ round }) => round.id),
  });
}

function noRoundFor({ actor, onBehalfOf }: Answerer, open: readonly ApprovalRound[]): Refusal {
  const waiting = open
    .map((round) => `round ${round.id} for ${awaitedApprovers(round).join(', ') || 'nobody'}`)
    .join('; ');
  const who = onBehalfOf === null ? actor : `${actor} on behalf of ${onBehalfOf}`;
  return refuse('not-an-approver', `no open round waits for ${who}; ${waiting || 'none is open'}`, {
    open: open.map((round) => round.id),
  });
}
