import { COUNTED_MAX, within, type CountedIncident } from './counted-incidents';

/** When incidents of one pattern are a problem, and what becomes of it. */
export interface RepeatsToProblem {
  /** So many incidents within so many days; at most 100. */
  readonly repeats: { readonly atLeast: number; readonly withinDays: number };
  /**
   * So many incidents in a week, and that is `factor` times the mean of the `weeks` weeks before,
   * in which there were at least `baselineAtLeast`: what was hardly known has no trend.
   */
  readonly trend: {
    readonly atLeast: number;
    readonly factor: number;
    /** At most 12. */
    readonly weeks: number;
    readonly baselineAtLeast: number;
  };
  /** After a problem was cancelled, none is registered for so long. */
  readonly quietDays: number;
  /** Incidents that are linked to one problem beside those that led to it. */
  readonly linkedMax: number;
  /** Of the problems that are registered: people assess them. */
  readonly problem: {
    readonly impact: number;
    readonly urgency: number;
    readonly organisation: string;
  };
}

/** How many incidents in which week, by its number since the epoch. */
export type Weeks = Readonly<Record<string, number>>;

/** Why incidents are a problem. */
export interface FoundPattern {
  readonly origin: 'reactive' | 'proactive';
  readonly finding: string;
  readonly incidents: readonly string[];
}

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
const WEEKS_MAX = 12;

/** The weeks with one more incident; only the last ones are kept. */
export function countedInWeek(weeks: Weeks, at: string): Weeks {
  const week = weekOf(at);
  const kept = Object.entries(weeks).filter(([each]) => Number(each) >= week - WEEKS_MAX);
  return { ...Object.fromEntries(kept), [week]: (weeks[week] ?? 0) + 1 };
}

/** The first rule that makes a problem of the incidents; undefined where none does. */
export function findPattern(
  { repeats, trend }: Pick<RepeatsToProblem, 'repeats' | 'trend'>,
  { incidents, weeks }: { readonly incidents: readonly CountedIncident[]; readonly weeks: Weeks },
  now: string,
): FoundPattern | undefined {
  const repeated = within(incidents, now, repeats.withinDays * DAY_MS);
  if (repeated.length >= Math.min(repeats.atLeast, COUNTED_MAX)) {
    const finding = `${repeated.length} incidents within ${repeats.withinDays} days`;
    return { origin: 'reactive', finding, incidents: namesOf(repeated) };
  }
  const week = weekOf(now);
  const count = weeks[week] ?? 0;
  const before = Array.from({ length: trend.weeks }, (_, index) => weeks[week - index - 1] ?? 0);
  const sum = before.reduce((total, each) => total + each, 0);
  const isTrend =
    count >= trend.atLeast &&
    sum >= trend.baselineAtLeast &&
    count >= trend.factor * (sum / Math.max(trend.weeks, 1));
  if (!isTrend) return undefined;
  const finding = `${count} incidents in a week, after ${sum} in the ${trend.weeks} weeks before`;
  const recent = within(incidents, now, WEEK_DAYS * DAY_MS);
  return { origin: 'proactive', finding, incidents: namesOf(recent) };
}

function weekOf(at: string): number {
  return Math.floor(Date.parse(at) / (WEEK_DAYS * DAY_MS));
}

function namesOf(counted: readonly CountedIncident[]): readonly string[] {
  return counted.map(({ incident }) => incident);
}
