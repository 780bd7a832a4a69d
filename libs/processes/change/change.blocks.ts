import type { DecisionContext, NewEvent, Transition } from '@ledgerdesk/kernel';
import { areApproved, type ApprovalRound } from '../shared/approval-round';
import { joinBlocks } from '../shared/block';
import { approvalsBlock, voidApprovals } from '../shared/blocks/approvals.block';
import { assignmentBlock } from '../shared/blocks/assignment.block';
import { editingBlock } from '../shared/blocks/editing.block';
import { ticketBlocks } from '../shared/ticket-blocks';
import {
  allChangeStates,
  approvalStates,
  cancellableStates,
  editTargets,
  openChangeStates,
  plannedStates,
} from './change.lifecycle';
import type { ChangeState } from './change.state';
import { EditChange } from './commands/planning.commands';
import { stepOf } from './policies/change-models';
import { changePolicies } from './policies/change-policies';
import { emit } from './rules/change-command';
import { implementersOf } from './rules/progress.guards';
import { authorisationRevoked } from './rules/revocation';

const kind = {
  title: 'Change',
  name: 'change',
  activeStates: openChangeStates,
  allStates: allChangeStates,
} as const;

const tickets = ticketBlocks<'Change', ChangeState>(kind, {
  facts: {
    requester: { max: 200, required: true },
    changeManager: { max: 200 },
    majorIncident: { max: 200 },
    securityIncident: { max: 200 },
    reviewNotes: { max: 32_000, required: true },
  },
  apply: (field, to) => ({ [field]: to }),
  applyToFacts: (field, to) => (field === 'reviewNotes' ? {} : { [field]: to }),
});

const approvals = approvalsBlock<'Change', ChangeState>(kind, {
  policies: (policies) => changePolicies(policies).changeApprovals,
  parties: (state) => ({
    requester: [state.requester],
    implementer: implementersOf(state),
  }),
  request: { from: approvalStates, guards: ['isNotHeld'] },
  answer: {
    from: approvalStates,
    targets: { authorise: ['authorise', 'scheduled', 'review'] },
    guards: ['isNotHeld', 'mayAuthorise'],
  },
  reject: {
    from: approvalStates,
    targets: { authorise: ['authorise', 'new', 'review'] },
    guards: ['isNotHeld'],
  },
  tend: { from: approvalStates, guards: ['isNotHeld'] },
  emits: ['ChangeAuthorised', 'ChangeRejected', 'ChangeApprovalsVoided'],
  concluded,
});

const editing = editingBlock<ChangeState>(kind, {
  type: EditChange,
  example: { backOutPlan: 'Point the alias back to the old relay.' },
  from: plannedStates,
  targets: editTargets,
  guards: ['isNotHeld', 'isWithinTemplate', 'isEditable'],
  emits: ['ChangeApprovalsVoided', 'ChangeAuthorisationRevoked'],
  facts: {
    title: { required: true },
    description: { prose: { excerpt: 'excerpt' }, required: true },
    justification: { prose: true },
    implementationPlan: { prose: true },
    testPlan: { prose: true },
    backOutPlan: { prose: true },
    service: {},
    changeManager: {},
    configurationItems: { kind: 'text[]' },
    affectedItems: { kind: 'text[]', prose: true },
  },
  afterwards: authorisationRevoked,
});

const assignment = assignmentBlock(kind, cancellableStates);

const joined = joinBlocks(tickets, approvals, editing, assignment);

const namingImplementers = ['AssignChange', 'TakeChange', 'HandOverChange'];

/** What every ticket has, approvals, edits and assignment, with the questions of a change added. */
export const changeBlocks = {
  ...joined,
  transitions: {
    ...joined.transitions,
    ...Object.fromEntries(
      Object.keys(assignment.transitions).map((command) => [
        command,
        withGuards(joined.transitions[command], [
          'isNotHeld',
          ...(namingImplementers.includes(command) ? ['isImplementerApart'] : []),
        ]),
      ]),
    ),
  } as Readonly<Record<string, Transition>>,
};

/** Puts questions before those that a transition asks. */
function withGuards(transition: Transition | undefined, guards: readonly string[]): Transition {
  return { from: [], ...transition, guards: [...guards, ...(transition?.guards ?? [])] };
}

/** What a decided round means for the change. */
function concluded(
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
    }),
  ];
}
