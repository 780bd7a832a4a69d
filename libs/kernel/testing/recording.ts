import type { NewEvent, RecordedEvent } from '../event';
import { GENESIS_HASH } from '../event';

/** Where and when a recorded event of a test stands. */
export interface RecordingOptions {
  readonly stream: string;
  readonly revision: number;
  readonly occurredAt: string;
  readonly actor: string;
}

/** A decided event as it would come back from the log: through JSON, with an envelope around it. */
export function recordEvent(
  event: NewEvent,
  { stream, revision, occurredAt, actor }: RecordingOptions,
): RecordedEvent {
  return {
    id: `event-${stream}-${revision}`,
    type: event.type,
    schemaVersion: 1,
    stream,
    revision: BigInt(revision),
    position: BigInt(revision + 1),
    occurredAt,
    recordedAt: occurredAt,
    policies: event.policies ?? [],
    previousHash: GENESIS_HASH,
    hash: GENESIS_HASH,
    data: JSON.parse(JSON.stringify(event.data)) as RecordedEvent['data'],
    tenant: 'default',
    actor,
    onBehalfOf: null,
    origin: { kind: 'system', id: 'test', version: '1' },
    correlationId: 'correlation',
    causationId: null,
    commandId: `command-${revision}`,
    commandDigest: GENESIS_HASH,
  };
}

/** Freezes a JSON value in depth, so that a fold which writes to its input throws. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
