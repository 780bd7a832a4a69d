import {
  ticketStreamPrefix,
  type Aggregate,
  type Contribution,
  type ProcessDefinition,
  type ProcessState,
  type Projection,
} from '@ledgerdesk/kernel';
import { ticketIdOf, type FactsKeeper, type FactsMemory, type TicketView } from '../ticket-facts';

const VERSION = 1;

/** Id of the document for tickets that have no group, priority or state. */
const NONE = 'none';
/** Id of the one document of the totals. */
export const ALL = 'all';

export interface CounterNames {
  readonly projection: string;
  readonly totals: string;
  readonly byState: string;
  readonly byGroup: string;
  readonly byPriority: string;
}

/** Where the counters of a process are kept. */
export function counterNames({ name }: Pick<ProcessDefinition, 'name'>): CounterNames {
  const projection = `${name}-counters`;
  return {
    projection,
    totals: `${projection}-totals`,
    byState: `${projection}-by-state`,
    byGroup: `${projection}-by-group`,
    byPriority: `${projection}-by-priority`,
  };
}

/** Id of the document of a value: apart from {@link NONE}, whatever the value says. */
export function valueId(value: string | number | null): string {
  return value === null ? NONE : `=${value}`;
}

/** Name of the sum of open and waiting tickets that have the priority. */
export function unfinishedWithPriority(priority: number | null): string {
  return `unfinished:${valueId(priority)}`;
}

/**
 * How many tickets of a process there are: in all, by state, by assignment group and by priority,
 * with the open ones of each group by priority; how many were reopened and reassigned, and how
 * often.
 */
export function ticketCountersProjection<State extends ProcessState>(
  keeper: FactsKeeper<State>,
): Projection {
  const { process } = keeper;
  const memory = keeper.openMemory();
  const names = counterNames(process);
  const sum = (
    collection: Aggregate['collection'],
    contribution: (ticket: TicketView) => Contribution,
  ): Aggregate => ({
    collection,
    contributions: (document) => [contribution(memory.view(document))],
  });
  return {
    name: names.projection,
    version: VERSION,
    streamPrefixes: [ticketStreamPrefix(process.name)],
    documents: { name: `${names.projection}-tickets`, fields: {} },
    keyOf: (event) => ticketIdOf(process, event.stream),
    fold: factsFold(keeper, memory),
    aggregates: [
      sum({ name: names.totals, fields: {} }, totals),
      sum({ name: names.byState, fields: { state: 'text' } }, byState),
      sum({ name: names.byGroup, fields: { assignmentGroup: 'text' } }, byGroup),
      sum({ name: names.byPriority, fields: { priority: 'number' } }, byPriority),
    ],
  };
}

/** A fold that keeps nothing but the facts: enough where only sums are asked for. */
export function factsFold<State extends ProcessState>(
  keeper: FactsKeeper<State>,
  memory: FactsMemory<State>,
): Projection['fold'] {
  return (document, event) => {
    const id = ticketIdOf(keeper.process, event.stream);
    const before = memory.of(id, document);
    const facts = keeper.evolve(before, event);
    if (facts === before && document !== undefined) return document;
    return memory.keep(id, facts, (kept) => ({ facts: kept }));
  };
}

function totals({ reopenCount, reassignmentCount, category }: TicketView): Contribution {
  return {
    id: ALL,
    labels: {},
    amounts: {
      tickets: 1,
      ...inCategory(category),
      reopenings: reopenCount,
      reopened: reopenCount > 0 ? 1 : 0,
      reassignments: reassignmentCount,
      reassigned: reassignmentCount > 0 ? 1 : 0,
    },
  };
}

function byState({ state, category }: TicketView): Contribution {
  return {
    id: valueId(state),
    labels: { state, stateCategory: category },
    amounts: { tickets: 1 },
  };
}

function byGroup({ assignmentGroup, category, priority }: TicketView): Contribution {
  const isOver = category === 'done';
  return {
    id: valueId(assignmentGroup),
    labels: { assignmentGroup },
    amounts: {
      tickets: 1,
      ...inCategory(category),
      ...(!isOver && { [unfinishedWithPriority(priority)]: 1 }),
    },
  };
}

function byPriority({ priority, category }: TicketView): Contribution {
  return {
    id: valueId(priority),
    labels: { priority },
    amounts: { tickets: 1, ...inCategory(category) },
  };
}

function inCategory(category: TicketView['category']): Readonly<Record<string, number>> {
  return category === null ? {} : { [category]: 1 };
}
