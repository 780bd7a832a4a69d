import type { EventToAppend } from '@ledgerdesk/event-store';
import {
  canonicalValue,
  eventSealer,
  type CommandMetadata,
  type NewEvent,
  type PolicyReference,
  type RecordedEvent,
  type SealedEvent,
} from '@ledgerdesk/kernel';
import { sha256 } from '../ids';
import { eventIdOf } from './command-digest';

/** Where in its stream a batch of events goes, and when it happened and was recorded. */
export interface SealingContext {
  readonly stream: string;
  /**
   * Revision and hash of the event before the first one; -1 and the genesis hash for a new stream.
   */
  readonly revision: bigint;
  readonly hash: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly metadata: CommandMetadata;
}

const NO_POLICIES: readonly PolicyReference[] = [];

/** An event as it goes to the store, and as it will be read from there. */
export interface Sealing {
  readonly row: EventToAppend;
  readonly event: SealedEvent;
}

/** Seals the events of one command into the hash chain of its stream. */
export function sealEvents(
  events: readonly NewEvent[],
  versionOf: (type: string) => number,
  context: SealingContext,
): readonly EventToAppend[] {
  return sealingsOf(events, versionOf, context).map(({ row }) => row);
}

/** As {@link sealEvents}, for whoever goes on with the events. */
export function sealingsOf(
  events: readonly NewEvent[],
  versionOf: (type: string) => number,
  context: SealingContext,
): readonly Sealing[] {
  const { stream, occurredAt, recordedAt, metadata } = context;
  const firstRevision = Number(context.revision) + 1;
  const seal = eventSealer(metadata, context, sha256);
  let previousHash = context.hash;
  return events.map((decided, index) => {
    // Each field by name: a spread of them costs as much as the rest together.
    const event = {
      tenant: metadata.tenant,
      actor: metadata.actor,
      onBehalfOf: metadata.onBehalfOf,
      origin: metadata.origin,
      correlationId: metadata.correlationId,
      causationId: metadata.causationId,
      commandId: metadata.commandId,
      commandDigest: metadata.commandDigest,
      id: eventIdOf(stream, metadata.commandId, index),
      type: decided.type,
      schemaVersion: versionOf(decided.type),
      stream,
      revision: String(firstRevision + index),
      occurredAt,
      recordedAt,
      policies: decided.policies ?? NO_POLICIES,
      previousHash,
      data: canonicalValue(decided.data),
    };
    const row = seal(event);
    previousHash = row.hash;
    return { row, event };
  });
}

/**
 * As it will be read from the store, at its position there. Its data is what a reader of the stored
 * text will find, so the text need not be read again.
 */
export function recordedOf({ row, event }: Sealing, position: bigint): RecordedEvent {
  return {
    id: event.id,
    type: event.type,
    schemaVersion: event.schemaVersion,
    stream: event.stream,
    revision: BigInt(event.revision),
    position,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    tenant: event.tenant,
    actor: event.actor,
    onBehalfOf: event.onBehalfOf,
    origin: event.origin,
    correlationId: event.correlationId,
    causationId: event.causationId,
    commandId: event.commandId,
    commandDigest: event.commandDigest,
    policies: event.policies,
    previousHash: event.previousHash,
    hash: row.hash,
    data: event.data,
  };
}
