import { refuse, type Guard, type Refusal } from '@ledgerdesk/kernel';
import { isThere } from '../../shared/fields';
import type { ChangeState, ChangeWorkOrder } from '../change.state';
import type { WorkOrderState } from '../change.vocabulary';
import type { AddChangeWorkOrder } from '../commands/work-order.commands';
import { changeGuard, type ChangeGuards } from './change-command';

interface OrderCommand {
  readonly workOrder: number;
}

/** Questions about the pieces of work of a change. */
export const workOrderGuards: ChangeGuards = {
  arePredecessorsKnown: changeGuard<AddChangeWorkOrder>({
    unless: 'the work orders that it comes after are there',
    check: ({ workOrders }, { after }) => {
      const unknown = (after ?? []).filter((id) => !workOrders.some((order) => order.id === id));
      return (
        unknown.length === 0 ||
        refuse('no-such-work-order', `there is no work order ${unknown.join(', ')}`, { unknown })
      );
    },
  }),
  isSoundWorkTime: changeGuard<AddChangeWorkOrder>({
    unless: 'the work, where its times are planned, does not end before it begins',
    check: (_, { plannedStart, plannedEnd }) =>
      !isThere(plannedStart) ||
      !isThere(plannedEnd) ||
      Date.parse(plannedEnd) >= Date.parse(plannedStart) ||
      refuse('window', 'the work must not end before it begins', { plannedStart, plannedEnd }),
  }),
  isExecutorApart: changeGuard<{ assignee?: string | null }>({
    unless: 'who does the work neither asked for the change nor approves it',
    check: (state, { assignee }) => !isThere(assignee) || checkExecutor(state, assignee),
  }),
  isAccepterApart: changeGuard<OrderCommand>({
    unless: 'the actor, where nobody was to do the work yet, neither asked for it nor approves it',
    check: (state, { workOrder }, { actor }) => {
      const order = state.workOrders.find(({ id }) => id === workOrder);
      return order?.assignee !== null || checkExecutor(state, actor);
    },
  }),
  isWorkOrderOpen: inState('created', 'accepted', 'ready', 'in-progress'),
  isWorkOrderCreated: inState('created'),
  isWorkOrderAccepted: inState('accepted'),
  isWorkOrderReady: inState('ready'),
  isWorkOrderInProgress: inState('in-progress'),
  arePredecessorsOver: changeGuard<OrderCommand>({
    unless: 'the work orders that it comes after are over',
    check: ({ workOrders }, { workOrder }) => {
      const { after = [] } = workOrders.find(({ id }) => id === workOrder) ?? {};
      const open = workOrders.filter((order) => after.includes(order.id) && !isOver(order));
      return (
        open.length === 0 ||
        refuse('predecessors-open', `not over yet: ${open.map(({ title }) => title).join(', ')}`, {
          workOrders: open.map(({ id }) => id),
        })
      );
    },
  }),
  areWorkOrdersReady: changeGuard({
    unless: 'every work order was accepted, and those that come first are ready',
    stateOnly: true,
    check: ({ workOrders }) => {
      const unready = workOrders.filter(
        ({ state, after }) => state === 'created' || (state === 'accepted' && after.length === 0),
      );
      return (
        unready.length === 0 ||
        refuse(
          'work-orders-unready',
          `not ready: ${unready.map(({ title }) => title).join(', ')}`,
          {
            workOrders: unready.map(({ id }) => id),
          },
        )
      );
    },
  }),
  areWorkOrdersClosed: changeGuard({
    unless: 'every work order is closed or cancelled',
    stateOnly: true,
    check: ({ workOrders }) => {
      const open = workOrders.filter((order) => !isOver(order));
      return (
        open.length === 0 ||
        refuse('work-orders-open', `still open: ${open.map(({ title }) => title).join(', ')}`, {
          workOrders: open.map(({ id }) => id),
        })
      );
    },
  }),
};

/** Refused for the requester, and for who is asked for approval or gave it: others carry it out. */
export function checkExecutor(state: ChangeState, person: string): true | Refusal {
  if (person === state.requester) {
    return refuse(
      'separation-of-duties',
      `${person} is the requester of the change; somebody else has to carry it out`,
      { person },
    );
  }
  const round = state.approvalRounds.find(
    ({ status, approvers, answers }) =>
      (status === 'pending' && approvers.includes(person)) ||
      (status === 'approved' && answers.some(({ answeredBy }) => answeredBy === person)),
  );
  return (
    round === undefined ||
    refuse(
      'separation-of-duties',
      `${person} approves the change in round ${round.id}; somebody else has to carry it out`,
      {
        person,
        round: round.id,
      },
    )
  );
}

function isOver({ state }: ChangeWorkOrder): boolean {
  return state === 'closed' || state === 'cancelled';
}

function inState(...states: readonly WorkOrderState[]): Guard<ChangeState> {
  return changeGuard<OrderCommand>({
    unless: `the work order is ${states.join(', ')}`,
    check: ({ workOrders }, { workOrder }) => {
      const order = workOrders.find(({ id }) => id === workOrder);
      if (order === undefined) {
        return refuse('no-such-work-order', `there is no work order ${workOrder}`, {
          workOrders: workOrders.map(({ id }) => id),
        });
      }
      return (
        states.includes(order.state) ||
        refuse('work-order-state', `work order ${workOrder} is ${order.state}`, {
          workOrder,
          state: order.state,
          allowedIn: states,
        })
      );
    },
  });
}
