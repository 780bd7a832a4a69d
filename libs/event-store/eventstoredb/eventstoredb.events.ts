import type { AllStreamRecordedEvent, RecordedEvent } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EventToAppend, GlobalPosition, StoredEvent } from '../event-store.port';

/** Where the server says that an event stands: two numbers, alike for whatever gRPC has written. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** What stands beside the body of each event, as JSON. */
interface LedgerMetadata {
  readonly id: string;
  readonly hash: string;
}

/** An event as an append sends it. */
export interface WireEvent {
  /** The id that the server compares. */
  readonly id: string;
  readonly type: string;
  readonly contentType: 'application/octet-stream' | 'application/json';
  readonly data: string;
  readonly metadata: string;
  /** What the server weighs against its limit: the type counts two bytes a character. */
  readonly bytes: number;
}

/**
 * An event for the wire. The body goes as bytes: JSON would come back in another spelling, and the
 * hash covers the spelling. Its id in the ledger stands in the metadata; the id that the server
 * compares is new for each call of `append`, because the server compares ids and never bodies.
 */
export function toWire({ id, type, body, hash }: EventToAppend): WireEvent {
  // The id is a UUID and the hash hexadecimal digits: nothing in them needs an escape.
  return wireEvent(type, 'application/octet-stream', body, `{"id":"${id}","hash":"${hash}"}`);
}

/** The event by which the server knows the metadata of a stream. */
export function metadataToWire(metadata: Readonly<Record<string, unknown>>): WireEvent {
  return wireEvent('$metadata', 'application/json', JSON.stringify(metadata), '');
}

function wireEvent(
  type: string,
  contentType: WireEvent['contentType'],
  data: string,
  metadata: string,
): WireEvent {
  const bytes = type.length * 2 + Buffer.byteLength(data) + Buffer.byteLength(metadata);
  return { id: randomUUID(), type, contentType, data, metadata, bytes };
}

/** Whether the event is of the ledger, not one that the server keeps for itself. */
export function isOwn({ streamId, type }: RecordedEvent): boolean {
  return !streamId.startsWith('$') && !type.startsWith('$');
}

/**
 * An event as the port gives it. One that another program has written to a stream has its own id
 * and an empty hash, so that `verify` finds it. Revisions are made bigints whatever the client
 * says.
 */
export function fromWire(event: RecordedEvent): StoredEvent {
  const position = globalPosition(event);
  const { id, hash } = ledgerMetadata(event);
  return {
    id,
    type: event.type,
    body: bodyOf(event),
    hash,
    stream: event.streamId,
    revision: toBigint(event.revision),
    position,
  };
}

/** Where the event stands, as the server says it. */
export function positionOf(event: RecordedEvent): LogPosition {
  const { position } = event as AllStreamRecordedEvent;
  return { commit: toBigint(position.commit), prepare: toBigint(position.prepare) };
}

/** For reading on from a position that the port knows. */
export function toLogPosition(position: GlobalPosition): LogPosition {
  return { commit: position, prepare: position };
}

/** The client's types say bigint where some of its versions give a number. */
export function toBigint(value: bigint | number): bigint {
  return BigInt(value);
}

function globalPosition(event: RecordedEvent): GlobalPosition {
  const { commit, prepare } = positionOf(event);
  if (commit === prepare) return commit;
  throw new LedgerdeskError(
    'corrupt.event-store',
    `Event ${event.revision} of stream "${event.streamId}" was written in an explicit transaction ` +
      'of the retired TCP protocol: its position cannot be told by one number.',
    { details: { stream: event.streamId, commit: String(commit), prepare: String(prepare) } },
  );
}

function ledgerMetadata(event: RecordedEvent): LedgerMetadata {
  const metadata: unknown = event.metadata;
  if (typeof metadata !== 'object' || metadata === null) return { id: event.id, hash: '' };
  const { id, hash } = metadata as { id?: unknown; hash?: unknown };
  return {
    id: typeof id === 'string' ? id : event.id,
    hash: typeof hash === 'string' ? hash : '',
  };
}

function bodyOf({ isJson, data }: RecordedEvent): string {
  if (isJson) return JSON.stringify(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
}
