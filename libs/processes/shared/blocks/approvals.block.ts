import type { NewEvent, ProcessState, Transition } from '@ledgerdesk/kernel';
import { isLive, type ApprovalRound } from '../approval-round';
import type { Block, TicketKind } from '../block';
import { emitterOf, nameEvents, nameFolds, type NamedEvents } from '../folding';
import { approvalEvents, approvalFolds, type ApprovalsPart } from './approvals.events';
import { approvalGuards } from './approvals.guards';
import type { ApprovalOptions } from './approvals.options';
import { approvalCommands } from './approvals.rules';

/**
 * Approvals as data: policies say who decides and how many of them; each round is a question of its
 * own, whose outcome follows from its own answers alone; substitutes answer under both names;
 * requester, implementer and approver differ.
 */
export function approvalsBlock<Title extends string, State extends ProcessState & ApprovalsPart>(
  kind: TicketKind<Title>,
  options: ApprovalOptions<State>,
): Block<NamedEvents<Title, typeof approvalEvents>, ApprovalsPart> {
  const { title } = kind;
  const { request, answer, reject = answer, tend } = options;
  const withGuards = (transition: Transition, ...own: readonly string[]): Transition => ({
    ...transition,
    guards: [...(transition.guards ?? []), ...own],
  });
  return {
    events: nameEvents(title, approvalEvents),
    initial: { approvalRounds: [] },
    folds: nameFolds(title, approvalFolds),
    factFolds: {},
    transitions: {
      [`Request${title}Approval`]: withGuards(request, 'isRoundOfPolicy', 'areApproversApart'),
      [`Approve${title}`]: withGuards(answer, 'isApproverNow', 'isAnswererApart'),
      [`Reject${title}`]: withGuards(reject, 'isApproverNow', 'isAnswererApart'),
      [`Withdraw${title}Approval`]: withGuards(tend, 'isRoundPending'),
      [`Delegate${title}Approval`]: withGuards(tend, 'isOwnRound', 'isDelegateApart'),
    },
    guards: approvalGuards(options),
    commands: approvalCommands(kind, options),
  };
}

const emit = (title: string): ReturnType<typeof emitterOf<typeof approvalEvents>> =>
  emitterOf<typeof approvalEvents>(title);

/** Makes void what was asked or approved; nothing where no round counts. */
export function voidApprovals(
  title: string,
  { approvalRounds }: ApprovalsPart,
  reason: string,
  changed: readonly string[] = [],
): readonly NewEvent[] {
  const rounds = approvalRounds.filter(isLive).map(({ policy }) => policy);
  return rounds.length === 0 ? [] : [emit(title)('ApprovalsVoided', { rounds, reason, changed })];
}

/** Has open questions wait while the ticket is held; nothing where none is open. */
export function suspendApprovals(title: string, state: ApprovalsPart): readonly NewEvent[] {
  const rounds = policiesOf(state, 'pending');
  return rounds.length === 0 ? [] : [emit(title)('ApprovalsSuspended', { rounds })];
}

/** Opens suspended questions again; nothing where none is. */
export function reinstateApprovals(title: string, state: ApprovalsPart): readonly NewEvent[] {
  const rounds = policiesOf(state, 'suspended');
  return rounds.length === 0 ? [] : [emit(title)('ApprovalsReinstated', { rounds })];
}

function policiesOf(
  { approvalRounds }: ApprovalsPart,
  status: ApprovalRound['status'],
): readonly string[] {
  return approvalRounds.filter((round) => round.status === status).map(({ policy }) => policy);
}
