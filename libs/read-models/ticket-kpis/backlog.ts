import type { ReadDocument } from '@ledgerdesk/kernel';
import { textOf } from '../document-reader';
import { daysBetween, plusDays } from './business-day';

/** Unfinished tickets at the end of a day, by their age in days since they were opened (K23). */
export interface Backlog {
  readonly tickets: number;
  readonly byAge: {
    readonly days0To1: number;
    readonly days2To7: number;
    readonly days8To30: number;
    readonly days31To90: number;
    readonly daysOver90: number;
  };
}

type AgeBucket = keyof Backlog['byAge'];

const UPPER_BOUNDS: readonly (readonly [number, AgeBucket])[] = [
  [1, 'days0To1'],
  [7, 'days2To7'],
  [30, 'days8To30'],
  [90, 'days31To90'],
];

interface Cohort {
  readonly openedOn: string;
  readonly changes: Readonly<Record<string, unknown>>;
  unfinished: number;
}

/**
 * The backlog at the end of each day of a period.
 *
 * @param cohorts - documents labelled with the day of opening, with the change of the backlog by
 * day.
 */
export function backlogSeries(
  cohorts: readonly ReadDocument[],
  from: string,
  to: string,
): readonly Backlog[] {
  const known = cohorts.map((document) => cohortOf(document, from));
  const series: Backlog[] = [];
  const days = daysBetween(from, to);
  for (let offset = 0; offset <= days; offset += 1) {
    const day = plusDays(from, offset);
    for (const cohort of known) cohort.unfinished += changeOn(cohort.changes, day);
    series.push(backlogOn(known, day));
  }
  return series;
}

function cohortOf(document: ReadDocument, from: string): Cohort {
  const { day: _, ...changes } = document;
  let unfinished = 0;
  for (const changedOn of Object.keys(changes)) {
    if (changedOn < from) unfinished += changeOn(changes, changedOn);
  }
  return { openedOn: textOf(document, 'day') ?? from, changes, unfinished };
}

function backlogOn(cohorts: readonly Cohort[], day: string): Backlog {
  const byAge = { days0To1: 0, days2To7: 0, days8To30: 0, days31To90: 0, daysOver90: 0 };
  let tickets = 0;
  for (const { openedOn, unfinished } of cohorts) {
    if (unfinished === 0) continue;
    tickets += unfinished;
    byAge[bucketOf(daysBetween(openedOn, day))] += unfinished;
  }
  return { tickets, byAge };
}

function bucketOf(ageDays: number): AgeBucket {
  return UPPER_BOUNDS.find(([upper]) => ageDays <= upper)?.[1] ?? 'daysOver90';
}

function changeOn(changes: Readonly<Record<string, unknown>>, day: string): number {
  const change = changes[day];
  return typeof change === 'number' ? change : 0;
}
