import type { ProcessDefinition, ReadDocument, StateCategory } from '@ledgerdesk/kernel';
import { amountOf, type DocumentReader, type Positioned } from '../document-reader';
import { counterNames, valueId } from '../ticket-counters/ticket-counters.aggregates';
import { ticketFiguresName } from '../ticket-figures/ticket-figures.projection';
import { ticketListName } from '../ticket-list/ticket-list.projection';
import { listTickets } from '../ticket-list/ticket-list.query';

const CARDS_DEFAULT = 20;

export interface BoardColumn {
  readonly state: string;
  readonly title: string;
  readonly stateCategory: StateCategory;
  /** All tickets in the state, whatever the number of cards. */
  readonly tickets: number;
  /** The first ones, the gravest priority first. */
  readonly cards: readonly ReadDocument[];
}

export interface Board extends Positioned {
  /** A column for each state, in the order of the lifecycle. */
  readonly columns: readonly BoardColumn[];
}

/**
 * The board of a process. `cards`: how many each column shows, 1 to 1,000, default 20. Counts come
 * from the counters and cards from the list, which may be a batch apart; `position` is the lower of
 * the two. Cost: an index look-up and a page for each state, however many tickets there are.
 */
export async function ticketBoard(
  reader: DocumentReader,
  process: Pick<ProcessDefinition, 'name' | 'lifecycle'>,
  { cards = CARDS_DEFAULT }: { readonly cards?: number } = {},
): Promise<Board> {
  const figures = ticketFiguresName(process);
  const counters = counterNames(process);
  const reached = [
    await reader.checkpoint(figures),
    await reader.checkpoint(ticketListName(process)),
  ];
  const columns: BoardColumn[] = [];
  for (const [state, { title, category }] of Object.entries(process.lifecycle.states)) {
    const count = await reader.get(figures, counters.byState, valueId(state));
    const page = await listTickets(reader, process, {
      filter: { state },
      sort: { field: 'priority', direction: 'ascending' },
      limit: cards,
    });
    const tickets = amountOf(count, 'tickets');
    columns.push({ state, title, stateCategory: category, tickets, cards: page.items });
  }
  const position = reached.reduce((least, one) => (one < least ? one : least));
  return { columns, position: position.toString() };
}
