import type { DecisionContext, NewEvent } from '@ledgerdesk/kernel';
import { areApproved, type ApprovalRound } from '../../shared/approval-round';
import { voidApprovals } from '../../shared/blocks/approvals.block';
import type { ChangeState } from '../change.state';
import { stepOf } from '../policies/change-models';
import { emit } from './change-command';

/** What an authorisation is about. */
export function authorisedPlan({
  plannedStart,
  plannedEnd,
  configurationItems,
}: ChangeState): Pick<ChangeState, 'plannedStart' | 'plannedEnd' | 'configurationItems'> {
  return { plannedStart, plannedEnd, configurationItems };
}

/** What a decided round means for the change. */
export function concludedRound(
  round: ApprovalRound,
  rounds: readonly ApprovalRound[],
  state: ChangeState,
  { now }: DecisionContext<ChangeState>,
): readonly NewEvent[] {
  const { model } = state;
  if (model === null || state.state === null) return [];
  const isAfterwards = state.state === 'implement' || state.state === 'review';
  if (round.status === 'rejected') {
    const next = stepOf(model, 'RejectChange', state.state);
    if (!round.isMandatory || next === undefined) return [];
    const reason = round.answers.at(-1)?.comment ?? null;
    const stage = isAfterwards ? 'retrospective' : 'authorisation';
    return [
      emit('ChangeRejected', { stage, reason, state: next }),
      ...voidApprovals('Change', { approvalRounds: rounds }, 'the change was turned down'),
    ];
  }
  const next = stepOf(model, 'ApproveChange', state.state);
  const isEnough = next !== undefined && areApproved(rounds, model.requiredApprovals);
  if (!isEnough || state.isAuthorised) return [];
  return [
    emit('ChangeAuthorised', {
      basis: isAfterwards ? 'retrospective' : 'approvals',
      approvals: model.requiredApprovals,
      isLate: state.approvalDueAt !== null && now > state.approvalDueAt,
      state: next,
      ...authorisedPlan(state),
    }),
  ];
}
