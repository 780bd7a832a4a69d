import {
  stateCategory,
  type Aggregate,
  type Contribution,
  type ProcessDefinition,
  type ReadDocument,
} from '@ledgerdesk/kernel';
import { dayOf, minutesBetween } from './business-day';

/** What can happen to a ticket on a day; each is also the name of its sum. */
export const KPI_COUNTS = ['opened', 'resolved', 'reopened', 'closed', 'cancelled'] as const;
export type KpiCount = (typeof KPI_COUNTS)[number];

export interface KpiNames {
  /** By day: counts, and how long the tickets took that were resolved for good on it. */
  readonly days: string;
  /**
   * By the day on which tickets were opened: how many of them entered and left the backlog when.
   */
  readonly cohorts: string;
}

/** The collections of the key figures of a process. */
export function kpiNames({ name }: Pick<ProcessDefinition, 'name'>): KpiNames {
  return { days: `${name}-kpis`, cohorts: `${name}-kpis-cohorts` };
}

export interface KpiOptions {
  /** States that end a ticket without a result. Default: `cancelled`. */
  readonly cancelledStates?: readonly string[];
}

/** Days on which something happened to one ticket, and how often. */
type Days = Readonly<Record<string, number>>;

/** What has happened to one ticket. `minutes` and `resolvedOn` are of the resolution in force. */
export interface TicketHistory extends ReadDocument {
  readonly openedAt: string;
  readonly days: Readonly<Partial<Record<KpiCount, Days>>>;
  /** +1 where it entered the backlog, -1 where it left it, by day. */
  readonly backlog: Days;
  readonly minutes?: number;
  readonly resolvedOn?: string;
}

/** Sums that a query needs and that no other name may begin with. */
export const MINUTES = 'minutes:';
export const FIRST = 'first';

/**
 * Name of the sum of tickets to which it happened on the day, and before that last on `previous`.
 */
export function afterDay(count: KpiCount, previous: string): string {
  return `${count}-after:${previous}`;
}

/** Tells what an event has made of a ticket, by its state before and after. */
export function happenings(
  process: Pick<ProcessDefinition, 'lifecycle'>,
  { cancelledStates = ['cancelled'] }: KpiOptions = {},
): (from: string | null, to: string | null) => readonly KpiCount[] {
  const isOver = (state: string | null): boolean =>
    state !== null && stateCategory(process, state) === 'done';
  const isFinal = (state: string | null): boolean =>
    state !== null && process.lifecycle.states[state]?.final === true;
  return (from, to) => {
    if (to === from || to === null) return [];
    const counts: KpiCount[] = [];
    if (isOver(from) && !isOver(to)) counts.push('reopened');
    if (cancelledStates.includes(to)) return [...counts, 'cancelled'];
    if (!isOver(from) && isOver(to)) counts.push('resolved');
    if (isFinal(to) && !isFinal(from)) counts.push('closed');
    return counts;
  };
}

/**
 * The key figures of a process by day (UTC, business time): tickets opened, resolved, reopened,
 * closed and cancelled; the time from registration to the resolution in force, in minutes; and the
 * backlog by age. All of it is a sum over tickets, so it is the same however the log is folded, and
 * a reopened ticket (which is in the backlog again, and not resolved) is told apart from a closed
 * one.
 */
export function kpiAggregates(process: Pick<ProcessDefinition, 'name'>): readonly Aggregate[] {
  const names = kpiNames(process);
  return [
    {
      collection: { name: names.days, fields: { day: 'text' } },
      contributions: (document) => dayContributions(document as TicketHistory),
    },
    {
      collection: { name: names.cohorts, fields: { day: 'text' } },
      contributions: (document) => [cohortContribution(document as TicketHistory)],
    },
  ];
}

/** The history of a ticket to which nothing has happened yet. */
export function beginning(openedAt: string): TicketHistory {
  return { openedAt, days: {}, backlog: {} };
}

/** The history with one more thing that happened. */
export function withHappening(
  document: TicketHistory,
  count: KpiCount,
  occurredAt: string,
): TicketHistory {
  const { openedAt, days, backlog } = document;
  const day = dayOf(occurredAt);
  const next = { openedAt, days: { ...days, [count]: added(days[count], day, 1) } };
  switch (count) {
    case 'opened':
    case 'reopened':
      return { ...next, backlog: added(backlog, day, 1) };
    case 'resolved':
      return {
        ...next,
        backlog: added(backlog, day, -1),
        minutes: minutesBetween(openedAt, occurredAt),
        resolvedOn: day,
      };
    case 'cancelled':
      // One that is cancelled after its resolution has left the backlog already.
      return { ...next, backlog: leaves(document) ? added(backlog, day, -1) : backlog };
    case 'closed':
      return { ...document, ...next };
  }
}

function leaves({ backlog }: TicketHistory): boolean {
  return Object.values(backlog).reduce((sum, change) => sum + change, 0) > 0;
}

function added(days: Days | undefined, day: string, change: number): Days {
  const { [day]: before = 0, ...others } = days ?? {};
  const sum = before + change;
  return sum === 0 ? others : { ...others, [day]: sum };
}

function dayContributions(document: TicketHistory): readonly Contribution[] {
  const byDay = new Map<string, Record<string, number>>();
  const amountsOf = (day: string): Record<string, number> => {
    const known = byDay.get(day) ?? {};
    byDay.set(day, known);
    return known;
  };
  for (const count of KPI_COUNTS) {
    const days = document.days[count];
    if (days === undefined) continue;
    let previous = FIRST;
    for (const day of Object.keys(days).sort()) {
      const amounts = amountsOf(day);
      amounts[count] = days[day] ?? 0;
      // Tickets to which it happened at least once between two days are those whose previous time
      // lies before the first of them: a sum again.
      if (count === 'resolved' || count === 'reopened') amounts[afterDay(count, previous)] = 1;
      previous = day;
    }
  }
  const { resolvedOn, minutes } = document;
  if (resolvedOn !== undefined && minutes !== undefined) {
    amountsOf(resolvedOn)[`${MINUTES}${minutes}`] = 1;
  }
  return [...byDay].map(([day, amounts]) => ({ id: day, labels: { day }, amounts }));
}

function cohortContribution({ openedAt, backlog }: TicketHistory): Contribution {
  const day = dayOf(openedAt);
  return { id: day, labels: { day }, amounts: backlog };
}
