import { isDay, LedgerdeskError, utcTimeOf, type RecordedEvent } from '@ledgerdesk/kernel';

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

const COUNTED = /^(position|revision):(0|[1-9]\d{0,18})$/;

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
  const time = isDay(text) ? `${text}T23:59:59.999Z` : utcTimeOf(text);
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

function malformed(text: string): LedgerdeskError {
  const shown = text.slice(0, 60);
  return new LedgerdeskError(
    'malformed.instant',
    `"${shown}" is no instant; give a time with its offset (2016-03-01T12:00:00Z), a date ` +
      '(2016-03-01, the end of that day in UTC), position:N or revision:N',
    { details: { text: shown } },
  );
}
