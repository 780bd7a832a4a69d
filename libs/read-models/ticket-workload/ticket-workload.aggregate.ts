import type { Aggregate, Contribution, ProcessDefinition, ReadDocument } from '@ledgerdesk/kernel';
import { unfinishedWithPriority, valueId } from '../ticket-counters/ticket-counters.aggregates';
import type { TicketView } from '../ticket-facts';

/** The collection of the workload of a process: sums by assignee. */
export function ticketWorkloadName({ name }: Pick<ProcessDefinition, 'name'>): string {
  return `${name}-workload`;
}

/** Who has how many tickets in hand: by assignee, those that are open and those that wait. */
export function workloadAggregate(
  process: Pick<ProcessDefinition, 'name'>,
  viewOf: (document: ReadDocument) => TicketView,
): Aggregate {
  return {
    collection: {
      name: ticketWorkloadName(process),
      fields: { assignee: 'text', unfinished: 'number', open: 'number', waiting: 'number' },
    },
    contributions: (document) => inHand(viewOf(document)),
  };
}

function inHand({ assignee, category, priority }: TicketView): readonly Contribution[] {
  if (category === null || category === 'done') return [];
  return [
    {
      id: valueId(assignee),
      labels: { assignee },
      amounts: { unfinished: 1, [category]: 1, [unfinishedWithPriority(priority)]: 1 },
    },
  ];
}
