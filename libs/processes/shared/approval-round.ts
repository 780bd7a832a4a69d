import { refuse, type Policy, type Refusal } from '@ledgerdesk/kernel';
import type { Stamp } from './ticket-log';

/** How many of those who are asked must agree. */
export const approvalRules = ['one', 'all', 'percentage', 'sequence'] as const;

/**
 * - `one`: the first answer decides.
 * - `all`: everybody must agree, in any order; one «no» decides.
 * - `percentage`: of those who are asked, rounded to the nearest whole number.
 * - `sequence`: everybody must agree, one after the other; one «no» decides.
 */
type ApprovalRule = (typeof approvalRules)[number];

/** Who is asked: named people, the members of a group, or the person in a field of the ticket. */
type ApproverSource =
  | { readonly kind: 'fixed'; readonly approvers: readonly string[] }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'field'; readonly field: string };

/** One way to ask for approval, as data. */
export interface ApprovalPolicy {
  readonly source: ApproverSource;
  readonly rule: ApprovalRule;
  /** For `percentage`: 1 to 100; absent, the first answer decides, 100 or more asks for all. */
  readonly percentage?: number;
  /** An optional round informs; only a mandatory one lets through or stops. */
  readonly isMandatory: boolean;
  /** The fewest people that a round may ask. Default 1. */
  readonly approversMin?: number;
}

/** Approval policies by name, all of one version. */
export type ApprovalPolicies = Policy<Readonly<Record<string, ApprovalPolicy>>>;

export type RoundStatus = 'pending' | 'suspended' | 'approved' | 'rejected' | 'withdrawn' | 'void';

/** One answer; `answeredBy` differs from `approver` where a substitute stood in. */
export interface ApprovalAnswer {
  readonly approver: string;
  readonly answeredBy: string;
  readonly isApproval: boolean;
  readonly comment: string | null;
  readonly meaning: string | null;
  readonly at: string;
}

/** That somebody may answer in place of an approver. */
interface ApprovalDelegation {
  readonly approver: string;
  readonly delegate: string;
  readonly until: string | null;
}

/** A question put to several people. Its outcome follows from its own answers alone. */
export interface ApprovalRound {
  readonly id: number;
  readonly policy: string;
  readonly rule: ApprovalRule;
  /** How many approvals are needed. */
  readonly needed: number;
  readonly isMandatory: boolean;
  readonly approvers: readonly string[];
  readonly question: string;
  readonly status: RoundStatus;
  readonly requested: Stamp;
  readonly answers: readonly ApprovalAnswer[];
  readonly delegations: readonly ApprovalDelegation[];
  readonly ended: (Stamp & { readonly reason: string | null }) | null;
}

/** How many approvals a rule asks for among `count` people. */
export function approvalsNeeded(
  { rule, percentage }: Pick<ApprovalPolicy, 'rule' | 'percentage'>,
  count: number,
): number {
  if (rule === 'one') return 1;
  if (rule === 'all' || rule === 'sequence') return count;
  if (percentage === undefined) return 1;
  return Math.min(count, Math.max(1, Math.round((percentage * count) / 100)));
}

/** What the answers of a round come to. Later answers change nothing of what is decided. */
export function outcomeOf({
  rule,
  needed,
  approvers,
  answers,
}: Pick<ApprovalRound, 'rule' | 'needed' | 'approvers' | 'answers'>):
  'pending' | 'approved' | 'rejected' {
  const approvals = answers.filter(({ isApproval }) => isApproval).length;
  const rejections = answers.length - approvals;
  if (approvals >= needed) return 'approved';
  if (rule === 'one') return rejections > 0 ? 'rejected' : 'pending';
  return approvers.length - rejections < needed ? 'rejected' : 'pending';
}

/** Those whose answer the round waits for now: with `sequence` one, else all who are left. */
export function awaitedApprovers(round: ApprovalRound): readonly string[] {
  if (round.status !== 'pending') return [];
  const left = round.approvers.filter(
    (approver) => !round.answers.some((answer) => answer.approver === approver),
  );
  return round.rule === 'sequence' ? left.slice(0, 1) : left;
}

/** The rounds that still count: asked, suspended or agreed to. */
export function isLive({ status }: Pick<ApprovalRound, 'status'>): boolean {
  return status === 'pending' || status === 'suspended' || status === 'approved';
}

/** The latest round of a policy that was neither withdrawn nor made void. */
export function latestRoundOf(
  rounds: readonly ApprovalRound[],
  policy: string,
): ApprovalRound | undefined {
  return rounds.findLast(
    (round) => round.policy === policy && round.status !== 'withdrawn' && round.status !== 'void',
  );
}

/** Whether the latest round of each policy is approved, and no mandatory one is still open. */
export function areApproved(
  rounds: readonly ApprovalRound[],
  policies: readonly string[],
): boolean {
  return (
    policies.every((policy) => latestRoundOf(rounds, policy)?.status === 'approved') &&
    !rounds.some(
      ({ status, isMandatory }) => isMandatory && (status === 'pending' || status === 'suspended'),
    )
  );
}

/** Who answers, and whose answer it is. */
export interface Answerer {
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly now: string;
}

/** The approver for whom the actor may answer at that instant, or why there is none. */
export function approverFor(round: ApprovalRound, answerer: Answerer): string | Refusal {
  const { actor, onBehalfOf, now } = answerer;
  const awaited = awaitedApprovers(round);
  const principals = awaited.filter((approver) => {
    if (onBehalfOf !== null && approver !== onBehalfOf) return false;
    return (approver === actor && onBehalfOf === null) || isDelegate(round, approver, actor, now);
  });
  // The actor's own answer comes first, then that of the first principal.
  const found = principals.find((approver) => approver === actor) ?? principals[0];
  if (found !== undefined) return found;
  const who = onBehalfOf === null ? actor : `${actor} on behalf of ${onBehalfOf}`;
  return refuse(
    'not-an-approver',
    `round ${round.id} does not wait for ${who}; it waits for ${awaited.join(', ') || 'nobody'}`,
    { round: round.id, awaited },
  );
}

function isDelegate(
  { delegations }: ApprovalRound,
  approver: string,
  actor: string,
  now: string,
): boolean {
  // The last word of an approver counts.
  const last = delegations.findLast((delegation) => delegation.approver === approver);
  return last?.delegate === actor && (last.until === null || now <= last.until);
}
