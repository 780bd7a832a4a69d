const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day of an instant in UTC: `2016-03-24`. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

/** Whether the text is a day of the calendar, such as `2016-02-29`. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(time) && dayOf(new Date(time).toISOString()) === text;
}

/** The day so many days later. */
export function plusDays(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString());
}

/** How many days `later` is after `earlier`. */
export function daysBetween(earlier: string, later: string): number {
  return Math.round(
    (Date.parse(`${later}T00:00:00.000Z`) - Date.parse(`${earlier}T00:00:00.000Z`)) / DAY_MS,
  );
}

/** Whole minutes from one instant to another; 0 where the clock of the source ran backwards. */
export function minutesBetween(start: string, end: string): number {
  return Math.max(0, Math.floor((Date.parse(end) - Date.parse(start)) / 60_000));
}
