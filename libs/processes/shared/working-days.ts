const DAY_MS = 86_400_000;

const SUNDAY = 0;
const SATURDAY = 6;

/** The same time of day so many days of 24 hours later, in UTC. */
export function addCalendarDays(instant: string, days: number): string {
  return new Date(Date.parse(instant) + days * DAY_MS).toISOString();
}

/**
 * The same time of day so many working days later: Monday to Friday in UTC, without holidays. Days
 * of a weekend do not count, also where it begins on one. Cost: one step for each day.
 */
export function addWorkingDays(instant: string, days: number): string {
  let at = Date.parse(instant);
  for (let left = days; left > 0;) {
    at += DAY_MS;
    if (isWorkingDay(at)) left -= 1;
  }
  return new Date(at).toISOString();
}

function isWorkingDay(at: number): boolean {
  const weekday = new Date(at).getUTCDay();
  return weekday !== SATURDAY && weekday !== SUNDAY;
}
