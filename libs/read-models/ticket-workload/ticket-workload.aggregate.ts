import {
  ticketStreamPrefix,
  type Contribution,
  type ProcessDefinition,
  type ProcessState,
  type Projection,
} from '@ledgerdesk/kernel';
import {
  factsFold,
  unfinishedWithPriority,
  valueId,
} from '../ticket-counters/ticket-counters.projection';
import { ticketIdOf, type FactsKeeper, type TicketView } from '../ticket-facts';

const VERSION = 1;

/** Name of the workload of a process, and of its collection of sums by assignee. */
export function ticketWorkloadName({ name }: Pick<ProcessDefinition, 'name'>): string {
  return `${name}-workload`;
}

/** Who has how many tickets in hand: by assignee, those that are open and those that wait. */
export function ticketWorkloadProjection<State extends ProcessState>(
  keeper: FactsKeeper<State>,
): Projection {
  const { process } = keeper;
  const memory = keeper.openMemory();
  const name = ticketWorkloadName(process);
  return {
    name,
    version: VERSION,
    streamPrefixes: [ticketStreamPrefix(process.name)],
    documents: { name: `${name}-tickets`, fields: {} },
    keyOf: (event) => ticketIdOf(process, event.stream),
    fold: factsFold(keeper, memory),
    aggregates: [
      {
        collection: {
          name,
          fields: { assignee: 'text', unfinished: 'number', open: 'number', waiting: 'number' },
        },
        contributions: (document) => inHand(memory.view(document)),
      },
    ],
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
