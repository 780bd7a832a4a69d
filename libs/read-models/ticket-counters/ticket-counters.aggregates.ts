import type { Aggregate, Contribution, ProcessDefinition, ReadDocument } from '@ledgerdesk/kernel';
import type { TicketView } from '../ticket-facts';

/** Id of the document for tickets that have no group, priority or state. */
const NONE = 'none';
/** Id of the one document of the totals. */
export const ALL = 'all';

export interface CounterNames {
  readonly totals: string;
  readonly byState: string;
  readonly byGroup: string;
  readonly byPriority: string;
}

/** The collections of the counters of a process. */
export function counterNames({ name }: Pick<ProcessDefinition, 'name'>): CounterNames {
  return {
    totals: `${name}-counters-totals`,
    byState: `${name}-counters-by-state`,
    byGroup: `${name}-counters-by-group`,
    byPriority: `${name}-counters-by-priority`,
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
export function counterAggregates(
  process: Pick<ProcessDefinition, 'name'>,
  viewOf: (document: ReadDocument) => TicketView,
): readonly Aggregate[] {
  const names = counterNames(process);
  const sum = (
    collection: Aggregate['collection'],
    contribution: (ticket: TicketView) => Contribution,
  ): Aggregate => ({
    collection,
    contributions: (document) => [contribution(viewOf(document))],
  });
  return [
    sum({ name: names.totals, fields: {} }, totals),
    sum({ name: names.byState, fields: { state: 'text' } }, byState),
    sum({ name: names.byGroup, fields: { assignmentGroup: 'text' } }, byGroup),
    sum({ name: names.byPriority, fields: { priority: 'number' } }, byPriority),
  ];
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
