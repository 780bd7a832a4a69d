import type { ProcessDefinition, ReadDocument } from '@ledgerdesk/kernel';
import { amountOf, textOf, type DocumentReader, type Positioned } from '../document-reader';
import { byPriorityOf } from '../ticket-counters/ticket-counters.query';
import { ticketFiguresName } from '../ticket-figures/ticket-figures.projection';
import { ticketWorkloadName } from './ticket-workload.aggregate';

export interface Workload {
  /** Null for tickets that nobody has. */
  readonly assignee: string | null;
  /** Open and waiting together. */
  readonly unfinished: number;
  readonly open: number;
  readonly waiting: number;
  /** Unfinished tickets by priority; `none` for those without one. */
  readonly unfinishedByPriority: Readonly<Record<string, number>>;
}

export interface WorkloadPage extends Positioned {
  readonly items: readonly Workload[];
  readonly nextCursor: string | null;
}

/**
 * Assignees by the number of their unfinished tickets, most first. `limit`: 1 to 1,000, default 50.
 */
export async function ticketWorkload(
  reader: DocumentReader,
  process: Pick<ProcessDefinition, 'name'>,
  query: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<WorkloadPage> {
  const figures = ticketFiguresName(process);
  const position = await reader.checkpoint(figures);
  const page = await reader.find(figures, ticketWorkloadName(process), {
    ...query,
    sort: { field: 'unfinished', direction: 'descending' },
  });
  return {
    items: page.items.map(({ document }) => workloadOf(document)),
    nextCursor: page.nextCursor,
    position: position.toString(),
  };
}

function workloadOf(document: ReadDocument): Workload {
  return {
    assignee: textOf(document, 'assignee'),
    unfinished: amountOf(document, 'unfinished'),
    open: amountOf(document, 'open'),
    waiting: amountOf(document, 'waiting'),
    unfinishedByPriority: byPriorityOf(document),
  };
}
