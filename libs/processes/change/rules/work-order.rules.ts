import { refuse, type NewEvent } from '@ledgerdesk/kernel';
import { isThere, utc } from '../../shared/fields';
import { nextEntry } from '../../shared/ticket-log';
import {
  AcceptChangeWorkOrder,
  AddChangeWorkOrder,
  AssignChangeWorkOrder,
  CancelChangeWorkOrder,
  CompleteChangeWorkOrder,
  FailChangeWorkOrder,
  MakeChangeWorkOrderReady,
  StartChangeWorkOrder,
} from '../commands/work-order.commands';
import { changeCommand, emit, type ChangeCommands } from './change-command';

const WORK_ORDERS_MAX = 500;

/** The work of a change before it begins. */
const planning: ChangeCommands = {
  AddChangeWorkOrder: changeCommand<AddChangeWorkOrder>({
    type: AddChangeWorkOrder,
    summary: 'Add a piece of work, perhaps after others.',
    route: 'add-work-order',
    permission: 'change:plan-work',
    emits: ['ChangeWorkOrderAdded'],
    example: { title: 'Drain the queue', assignee: 'li.w', after: [] },
    decide: (command, { workOrders }) =>
      workOrders.length >= WORK_ORDERS_MAX
        ? refuse('too-many', `a change has at most ${WORK_ORDERS_MAX} work orders`)
        : [
            emit('ChangeWorkOrderAdded', {
              workOrder: nextEntry(workOrders),
              title: command.title,
              instructions: command.instructions ?? null,
              assignee: command.assignee ?? null,
              plannedStart: isThere(command.plannedStart) ? utc(command.plannedStart) : null,
              plannedEnd: isThere(command.plannedEnd) ? utc(command.plannedEnd) : null,
              after: command.after ?? [],
            }),
          ],
  }),
  AssignChangeWorkOrder: changeCommand<AssignChangeWorkOrder>({
    type: AssignChangeWorkOrder,
    summary: 'Have somebody else do the work.',
    route: 'assign-work-order',
    permission: 'change:plan-work',
    emits: ['ChangeWorkOrderAssigned'],
    example: { workOrder: 1, assignee: 'omar.s' },
    decide: ({ workOrder, assignee }, { workOrders }) => {
      const previousAssignee = workOrders.find(({ id }) => id === workOrder)?.assignee ?? null;
      return previousAssignee === assignee
        ? refuse('no-change', `${assignee} has it already`)
        : [emit('ChangeWorkOrderAssigned', { workOrder, assignee, previousAssignee })];
    },
  }),
  AcceptChangeWorkOrder: changeCommand<AcceptChangeWorkOrder>({
    type: AcceptChangeWorkOrder,
    summary: 'Take the work on; without an assignee, the actor becomes it.',
    route: 'accept-work-order',
    permission: 'change:implement',
    emits: ['ChangeWorkOrderAccepted'],
    example: { workOrder: 1 },
    decide: ({ workOrder }, { workOrders }, { actor }) => {
      const assignee = workOrders.find(({ id }) => id === workOrder)?.assignee ?? actor;
      return [emit('ChangeWorkOrderAccepted', { workOrder, assignee })];
    },
  }),
  MakeChangeWorkOrderReady: changeCommand<MakeChangeWorkOrderReady>({
    type: MakeChangeWorkOrderReady,
    summary: 'Say that all that the work needs is there.',
    route: 'ready-work-order',
    permission: 'change:implement',
    emits: ['ChangeWorkOrderReadied'],
    example: { workOrder: 1 },
    decide: ({ workOrder }) => [emit('ChangeWorkOrderReadied', { workOrder })],
  }),
};

/** The work of a change while it happens. */
const doing: ChangeCommands = {
  StartChangeWorkOrder: changeCommand<StartChangeWorkOrder>({
    type: StartChangeWorkOrder,
    summary: 'Begin the work, once what comes before it is over.',
    route: 'start-work-order',
    permission: 'change:implement',
    emits: ['ChangeWorkOrderStarted'],
    example: { workOrder: 1 },
    decide: ({ workOrder }) => [emit('ChangeWorkOrderStarted', { workOrder })],
  }),
  CompleteChangeWorkOrder: changeCommand<CompleteChangeWorkOrder>({
    type: CompleteChangeWorkOrder,
    summary: 'End the work with what was to be achieved.',
    route: 'complete-work-order',
    permission: 'change:implement',
    emits: ['ChangeWorkOrderClosed'],
    example: { workOrder: 1, report: 'The queue is empty.' },
    decide: ({ workOrder, report }) => closed(workOrder, 'completed', report ?? null),
  }),
  FailChangeWorkOrder: changeCommand<FailChangeWorkOrder>({
    type: FailChangeWorkOrder,
    summary: 'End the work without what was to be achieved.',
    route: 'fail-work-order',
    permission: 'change:implement',
    emits: ['ChangeWorkOrderClosed'],
    example: { workOrder: 1, reason: 'The queue does not drain.' },
    decide: ({ workOrder, reason }) => closed(workOrder, 'failed', reason),
  }),
  CancelChangeWorkOrder: changeCommand<CancelChangeWorkOrder>({
    type: CancelChangeWorkOrder,
    summary: 'Say that the work is not needed any more.',
    route: 'cancel-work-order',
    permission: 'change:plan-work',
    emits: ['ChangeWorkOrderCancelled'],
    example: { workOrder: 1, reason: 'Done with another one.' },
    decide: ({ workOrder, reason }) => [emit('ChangeWorkOrderCancelled', { workOrder, reason })],
  }),
};

/** The pieces of work of a change. */
export const workOrderCommands: ChangeCommands = { ...planning, ...doing };

function closed(
  workOrder: number,
  outcome: 'completed' | 'failed',
  report: string | null,
): readonly NewEvent[] {
  return [emit('ChangeWorkOrderClosed', { workOrder, outcome, report })];
}
