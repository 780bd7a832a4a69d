const TIME =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const MINUTE_MS = 60_000;

/**
 * A time in ISO 8601 with `Z` or an offset, in the one form that events and documents carry: UTC
 * with milliseconds, which sorts as text. Further digits are cut off. Undefined for what is no such
 * time: without an offset, on a day that the calendar does not have, or outside the years 0000 to
 * 9999.
 */
export function utcTimeOf(text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds = '0', fraction = '', zone = ''] = match;
  const midnightMs = midnightOf(year, month, day);
  const offset = offsetMinutes(zone);
  if (midnightMs === undefined || offset === undefined) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const ofDayMs = (Number(hours) * 60 + Number(minutes) - offset) * MINUTE_MS;
  const ms = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = new Date(midnightMs + ofDayMs + ms).toISOString();
  // Years outside 0000 to 9999 are written with a sign and would not sort as text.
  return /^\d/.test(time) ? time : undefined;
}

/** Whether the text is a day of the calendar, `2016-02-29`. */
export function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  return midnightOf(year, month, day) !== undefined;
}

function midnightOf(year = '', month = '', day = ''): number | undefined {
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isInCalendar = midnight.toISOString().startsWith(`${year}-${month}-${day}T`);
  return isInCalendar ? midnight.getTime() : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
