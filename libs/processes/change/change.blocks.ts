import type { Transition } from '@ledgerdesk/kernel';
import { joinBlocks } from '../shared/block';
import { approvalsBlock } from '../shared/blocks/approvals.block';
import { assignmentBlock } from '../shared/blocks/assignment.block';
import { customFieldsBlock } from '../shared/blocks/custom-fields.block';
import { editingBlock } from '../shared/blocks/editing.block';
import { membersOf } from '../policies/teams';
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
import { changePolicies } from './policies/change-policies';
import { concludedRound } from './rules/authorisation';
import { partiesAtWork } from './rules/progress.guards';
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
    implementer: partiesAtWork(state),
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
  members: membersOf,
  concluded: concludedRound,
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

const customFields = customFieldsBlock(kind);

const joined = joinBlocks(tickets, approvals, editing, assignment, customFields);

const namingImplementers = ['AssignChange', 'TakeChange', 'HandOverChange'];

/** What every ticket has, approvals, edits and assignment, with the questions of a change added. */
export const changeBlocks = {
  ...joined,
  transitions: {
    ...joined.transitions,
    ...Object.fromEntries(
      Object.keys({ ...assignment.transitions, ...customFields.transitions }).map((command) => [
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
