import type { ProcessState } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import type { AssignmentPart } from '../shared/blocks/assignment.block';
import type { CustomFieldsPart } from '../shared/blocks/custom-fields.block';
import type { PriorityPart } from '../shared/blocks/priority.block';

type Bodies<State extends ProcessState> = ProcessModel<State>['bodies'];

/** The one of two texts that the value is not. */
export function otherText(value: string | null, one: string, two: string): string {
  return value === one ? two : one;
}

/** Bodies that satisfy the guards of the block of assignment. */
export function assignmentBodies<State extends ProcessState & AssignmentPart>(
  title: string,
): Bodies<State> {
  return {
    [`Assign${title}`]: ({ assignmentGroup }) => ({
      group: otherText(assignmentGroup, 'network', 'mail'),
    }),
    // Who acts is not known here: the one who has it already is refused.
    [`Take${title}`]: ({ assignmentGroup, assignee }) =>
      assignee === null ? { group: assignmentGroup ?? 'mail' } : undefined,
    [`HandOver${title}`]: ({ assignee }) =>
      assignee === null ? undefined : { assignee: otherText(assignee, 'li.w', 'omar.s') },
    [`Return${title}`]: ({ assignee }) => (assignee === null ? undefined : {}),
  };
}

/** Bodies that satisfy the guards of the block of priority. */
export function priorityBodies<State extends ProcessState & PriorityPart>(
  title: string,
): Bodies<State> {
  return {
    [`Prioritise${title}`]: ({ impact }) => ({
      impact: impact === 1 ? 2 : 1,
      urgency: 2,
      note: 'It spreads.',
    }),
    [`Override${title}Priority`]: ({ priority }) => ({
      priority: priority === 1 ? 2 : 1,
      reason: 'r',
    }),
  };
}

/** Bodies that satisfy the guards of the block of custom fields: all processes have this one. */
export function customFieldBodies<State extends ProcessState & CustomFieldsPart>(
  title: string,
): Bodies<State> {
  return {
    [`Set${title}CustomField`]: ({ customFields }) => ({
      field: 'costCentre',
      value: customFields['costCentre'] === 'CC-1' ? 'CC-2' : 'CC-1',
    }),
    [`Clear${title}CustomField`]: ({ customFields }) =>
      customFields['costCentre'] === undefined ? undefined : { field: 'costCentre' },
  };
}
