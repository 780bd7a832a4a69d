import type { ProcessDefinition, ReadDocument, StateCategory } from '@ledgerdesk/kernel';
import {
  amountOf,
  findAll,
  readAsOf,
  textOf,
  type DocumentReader,
  type Positioned,
} from '../document-reader';
import { ticketFiguresName } from '../ticket-figures/ticket-figures.projection';
import { ALL, counterNames, unfinishedWithPriority } from './ticket-counters.aggregates';

export interface CategoryCounts {
  readonly tickets: number;
  readonly open: number;
  readonly waiting: number;
  readonly done: number;
}

export interface StateCount {
  readonly state: string | null;
  readonly stateCategory: StateCategory | null;
  readonly tickets: number;
}

export interface GroupCount extends CategoryCounts {
  /** Null for tickets without a group. */
  readonly assignmentGroup: string | null;
  /** Tickets that are not over, by priority; `none` for those without one. */
  readonly unfinishedByPriority: Readonly<Record<string, number>>;
}

export interface PriorityCount extends CategoryCounts {
  readonly priority: number | null;
}

export interface TicketCounters extends Positioned, CategoryCounts {
  readonly byState: readonly StateCount[];
  /** Most unfinished tickets first. */
  readonly byGroup: readonly GroupCount[];
  readonly byPriority: readonly PriorityCount[];
}

export interface TicketStatistics extends Positioned {
  readonly total: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly byPriority: Readonly<Record<string, number>>;
  /** Reopenings, however many of them a ticket has had. */
  readonly reopenings: number;
  /** Tickets that were reopened at least once. */
  readonly reopened: number;
  /** Tickets that were reassigned at least once. */
  readonly reassigned: number;
}

/**
 * All counters of a process, as of one position. Cost: a document for each state, group, priority.
 */
export function ticketCounters(
  reader: DocumentReader,
  process: Pick<ProcessDefinition, 'name'>,
): Promise<TicketCounters> {
  const figures = ticketFiguresName(process);
  const names = counterNames(process);
  const all = (collection: string): Promise<readonly ReadDocument[]> =>
    findAll(reader, figures, collection);
  return readAsOf(reader, figures, async () => ({
    ...categoryCounts(await reader.get(figures, names.totals, ALL)),
    byState: (await all(names.byState)).map(stateCount),
    byGroup: (await all(names.byGroup)).map(groupCount).sort(byUnfinished),
    byPriority: (await all(names.byPriority)).map(priorityCount).sort(byPriority),
  }));
}

/** The figures of a process in short. Cost: as {@link ticketCounters} without the groups. */
export function ticketStatistics(
  reader: DocumentReader,
  process: Pick<ProcessDefinition, 'name'>,
): Promise<TicketStatistics> {
  const figures = ticketFiguresName(process);
  const names = counterNames(process);
  return readAsOf(reader, figures, async () => {
    const totals = await reader.get(figures, names.totals, ALL);
    const states = await findAll(reader, figures, names.byState);
    const priorities = await findAll(reader, figures, names.byPriority);
    return {
      total: amountOf(totals, 'tickets'),
      byState: tickets(states, 'state'),
      byPriority: tickets(priorities, 'priority'),
      reopenings: amountOf(totals, 'reopenings'),
      reopened: amountOf(totals, 'reopened'),
      reassigned: amountOf(totals, 'reassigned'),
    };
  });
}

function tickets(
  documents: readonly ReadDocument[],
  label: string,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    documents.map((document) => {
      const value = document[label];
      const name = typeof value === 'string' || typeof value === 'number' ? String(value) : 'none';
      return [name, amountOf(document, 'tickets')];
    }),
  );
}

function categoryCounts(document: ReadDocument | undefined): CategoryCounts {
  return {
    tickets: amountOf(document, 'tickets'),
    open: amountOf(document, 'open'),
    waiting: amountOf(document, 'waiting'),
    done: amountOf(document, 'done'),
  };
}

function stateCount(document: ReadDocument): StateCount {
  return {
    state: textOf(document, 'state'),
    stateCategory: textOf(document, 'stateCategory') as StateCategory | null,
    tickets: amountOf(document, 'tickets'),
  };
}

function groupCount(document: ReadDocument): GroupCount {
  return {
    assignmentGroup: textOf(document, 'assignmentGroup'),
    ...categoryCounts(document),
    unfinishedByPriority: byPriorityOf(document),
  };
}

/** The sums of {@link unfinishedWithPriority}, by priority. */
export function byPriorityOf(document: ReadDocument): Readonly<Record<string, number>> {
  const start = unfinishedWithPriority(null).slice(0, -'none'.length);
  const found: Record<string, number> = {};
  for (const name of Object.keys(document)) {
    if (!name.startsWith(start)) continue;
    found[name.slice(start.length).replace(/^=/, '')] = amountOf(document, name);
  }
  return found;
}

function priorityCount(document: ReadDocument): PriorityCount {
  const priority = document['priority'];
  return {
    priority: typeof priority === 'number' ? priority : null,
    ...categoryCounts(document),
  };
}

function byUnfinished(a: GroupCount, b: GroupCount): number {
  return b.open + b.waiting - (a.open + a.waiting) || b.tickets - a.tickets;
}

function byPriority(a: PriorityCount, b: PriorityCount): number {
  return (a.priority ?? Infinity) - (b.priority ?? Infinity);
}
