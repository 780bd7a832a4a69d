import { LedgerdeskError, type RecordedEvent } from '@ledgerdesk/kernel';

/**
 * A point in the history of a ticket. Several bounds together mean all of them: `occurredAt` with
 * `recordedAt` is what was believed at the one time about the other. All are inclusive.
 */
export interface Instant {
  /** Business time: what had happened by then. ISO 8601, UTC, milliseconds. */
  readonly occurredAt?: string;
  /** Recording time: what was known by then. ISO 8601, UTC, milliseconds. */
  readonly recordedAt?: string;
  /** Global position in the log. */
  readonly position?: bigint;
  readonly revision?: bigint;
}

/** On which axis a time lies: when things happened, or when they were recorded. */
export type TimeAxis = 'occurredAt' | 'recordedAt';

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?$/;
const COUNTED = /^(position|revision):(0|[1-9]\d{0,18})$/;
const MINUTE_MS = 60_000;

/**
 * Reads an instant: a time in ISO 8601 with `Z` or an offset (`2016-03-01T12:00:00+01:00`), a date
 * alone for the end of that day in UTC, `position:123` or `revision:4`.
 *
 * @throws LedgerdeskError `malformed.instant`.
 */
export function parseInstant(text: string, axis: TimeAxis = 'occurredAt'): Instant {
  const counted = COUNTED.exec(text);
  if (counted !== null) {
    return counted[1] === 'position'
      ? { position: BigInt(counted[2] ?? '') }
      : { revision: BigInt(counted[2] ?? '') };
  }
  const time = parseTime(text);
  if (time === undefined) throw malformed(text);
  return axis === 'occurredAt' ? { occurredAt: time } : { recordedAt: time };
}

/** The instant as text, in the form that {@link parseInstant} reads where it has one bound. */
export function formatInstant(instant: Instant): string {
  const parts = [
    instant.occurredAt,
    instant.recordedAt === undefined ? undefined : `recorded by ${instant.recordedAt}`,
    instant.position === undefined ? undefined : `position:${instant.position}`,
    instant.revision === undefined ? undefined : `revision:${instant.revision}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ') || 'now';
}

/** Whether an event belongs to what the instant sees. */
export function isSeenAt(instant: Instant): (event: RecordedEvent) => boolean {
  const { occurredAt, recordedAt, position, revision } = instant;
  return (event) =>
    (occurredAt === undefined || event.occurredAt <= occurredAt) &&
    (recordedAt === undefined || event.recordedAt <= recordedAt) &&
    (position === undefined || event.position <= position) &&
    (revision === undefined || event.revision <= revision);
}

function parseTime(text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds = '0', fraction = '', zone] = match;
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (midnight.toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  if (zone === undefined) return `${text}T23:59:59.999Z`;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const ofDay = (Number(hours) * 60 + Number(minutes) - offset) * MINUTE_MS;
  const ms = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  const instant = new Date(midnight.getTime() + ofDay + ms).toISOString();
  // Years outside 0000 to 9999 are written with a sign and would not sort as text.
  return /^\d/.test(instant) ? instant : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function malformed(text: string): LedgerdeskError {
  const shown = text.slice(0, 60);
  return new LedgerdeskError(
    'malformed.instant',
    `"${shown}" is no instant; give a time with its offset (2016-03-01T12:00:00Z), a date ` +
      '(2016-03-01, the end of that day in UTC), position:N or revision:N',
    { details: { text: shown } },
  );
}
