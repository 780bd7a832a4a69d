import { LedgerdeskError, type ProcessDefinition, type ReadDocument } from '@ledgerdesk/kernel';
import {
  amountOf,
  findAll,
  readAsOf,
  textOf,
  type DocumentReader,
  type Positioned,
} from '../document-reader';
import { ticketFiguresName } from '../ticket-figures/ticket-figures.projection';
import { backlogSeries, type Backlog } from './backlog';
import { daysBetween, isDay, plusDays } from './business-day';
import {
  afterDay,
  FIRST,
  KPI_COUNTS,
  kpiNames,
  MINUTES,
  type KpiCount,
} from './ticket-kpis.aggregates';

/** Longest period of one question. */
export const KPI_DAYS_MAX = 3_660;

export interface KpiPeriod {
  /** First and last day, `2016-03-24`, UTC, both inclusive. */
  readonly from: string;
  readonly to: string;
}

/** Over tickets by the day of the resolution in force. Null where there is none. */
export interface ResolutionTimes {
  /** Nearest rank, exact to the minute. */
  readonly medianMinutes: number | null;
  readonly p90Minutes: number | null;
  readonly meanMinutes: number | null;
}

export interface KpiDay extends Readonly<Record<KpiCount, number>>, ResolutionTimes {
  readonly day: string;
  /** At the end of the day. */
  readonly backlog: Backlog;
}

export interface TicketKpis extends Positioned, KpiPeriod {
  readonly days: readonly KpiDay[];
  readonly totals: Readonly<Record<KpiCount, number>> &
    ResolutionTimes & {
      /** Different tickets with a resolution, and with a reopening, in the period. */
      readonly ticketsResolved: number;
      readonly ticketsReopened: number;
      /** The latter per one of the former; null where none was resolved. */
      readonly reopenRate: number | null;
    };
}

/**
 * The key figures of a process for each day of a period and for the whole of it. The same question
 * at the same position gives the same answer, for ever. Cost: a document for each day of the period
 * and one for each day on which tickets were opened.
 *
 * @throws LedgerdeskError `invalid.period`
 */
export async function ticketKpis(
  reader: DocumentReader,
  process: Pick<ProcessDefinition, 'name'>,
  period: KpiPeriod,
): Promise<TicketKpis> {
  checkPeriod(period);
  const { from, to } = period;
  const figures = ticketFiguresName(process);
  const names = kpiNames(process);
  return readAsOf(reader, figures, async () => {
    const documents = await findAll(reader, figures, names.days, {
      filter: { day: { $gte: from, $lte: to } },
    });
    const cohorts = await findAll(reader, figures, names.cohorts, {
      filter: { day: { $lte: to } },
    });
    const byDay = new Map(documents.map((document) => [textOf(document, 'day'), document]));
    const backlogs = backlogSeries(cohorts, from, to);
    const days = backlogs.map((backlog, index): KpiDay => {
      const day = plusDays(from, index);
      const document = byDay.get(day);
      return {
        day,
        ...countsOf(document === undefined ? [] : [document]),
        ...timesOf(document === undefined ? [] : [document]),
        backlog,
      };
    });
    return { from, to, days, totals: totalsOf(documents, from) };
  });
}

function totalsOf(documents: readonly ReadDocument[], from: string): TicketKpis['totals'] {
  const ticketsResolved = differentTickets(documents, 'resolved', from);
  const ticketsReopened = differentTickets(documents, 'reopened', from);
  return {
    ...countsOf(documents),
    ...timesOf(documents),
    ticketsResolved,
    ticketsReopened,
    reopenRate: ticketsResolved === 0 ? null : ticketsReopened / ticketsResolved,
  };
}

function countsOf(documents: readonly ReadDocument[]): Readonly<Record<KpiCount, number>> {
  const counts = { opened: 0, resolved: 0, reopened: 0, closed: 0, cancelled: 0 };
  for (const document of documents) {
    for (const count of KPI_COUNTS) counts[count] += amountOf(document, count);
  }
  return counts;
}

/** Tickets to which it happened in the period: those to which it had not happened in it before. */
function differentTickets(
  documents: readonly ReadDocument[],
  count: KpiCount,
  from: string,
): number {
  const start = afterDay(count, '');
  let tickets = 0;
  for (const document of documents) {
    for (const name of Object.keys(document)) {
      if (!name.startsWith(start)) continue;
      const previous = name.slice(start.length);
      if (previous === FIRST || previous < from) tickets += amountOf(document, name);
    }
  }
  return tickets;
}

function timesOf(documents: readonly ReadDocument[]): ResolutionTimes {
  const histogram = new Map<number, number>();
  let tickets = 0;
  let sum = 0;
  for (const document of documents) {
    for (const name of Object.keys(document)) {
      if (!name.startsWith(MINUTES)) continue;
      const minutes = Number(name.slice(MINUTES.length));
      const amount = amountOf(document, name);
      histogram.set(minutes, (histogram.get(minutes) ?? 0) + amount);
      tickets += amount;
      sum += minutes * amount;
    }
  }
  const sorted = [...histogram].sort(([a], [b]) => a - b);
  return {
    medianMinutes: rank(sorted, Math.ceil(tickets * 0.5)),
    p90Minutes: rank(sorted, Math.ceil(tickets * 0.9)),
    meanMinutes: tickets === 0 ? null : sum / tickets,
  };
}

function rank(sorted: readonly (readonly [number, number])[], wanted: number): number | null {
  let seen = 0;
  for (const [minutes, tickets] of sorted) {
    seen += tickets;
    if (seen >= wanted) return minutes;
  }
  return null;
}

function checkPeriod({ from, to }: KpiPeriod): void {
  const isRight = isDay(from) && isDay(to) && from <= to && daysBetween(from, to) < KPI_DAYS_MAX;
  if (isRight) return;
  throw new LedgerdeskError(
    'invalid.period',
    `"${from.slice(0, 40)}" to "${to.slice(0, 40)}" is no period; give two days such as ` +
      `2016-03-24, the first not after the last, at most ${KPI_DAYS_MAX} of them.`,
    { details: { from: from.slice(0, 40), to: to.slice(0, 40), daysMax: KPI_DAYS_MAX } },
  );
}
