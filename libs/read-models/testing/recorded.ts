import type { RecordedEvent } from '@ledgerdesk/kernel';
import { recordEvent } from '@ledgerdesk/kernel/testing';

/** Where and when an event of a spec stands, as far as it matters there. */
export interface RecordedAt {
  readonly stream: string;
  /** Of the whole log. */
  readonly position: number;
  /** Default: the hour of 2026 that the position names. */
  readonly occurredAt?: string;
  readonly recordedAt?: string;
}

/** An event of a spec. */
export function recorded(
  type: string,
  data: Readonly<Record<string, unknown>>,
  { stream, position, ...times }: RecordedAt,
): RecordedEvent {
  const hour = new Date(Date.UTC(2026, 0, 1, position)).toISOString();
  const event = recordEvent(
    { type, data },
    { stream, revision: position, occurredAt: times.occurredAt ?? hour, actor: 'li.w' },
  );
  return { ...event, position: BigInt(position), recordedAt: times.recordedAt ?? hour };
}
