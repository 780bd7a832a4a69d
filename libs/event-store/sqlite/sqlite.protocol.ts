import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '@ledgerdesk/kernel';
import type { AppendRequest, ExpectedRevision } from '../event-store.port';

/** What the writer thread is started with. */
export interface WriterStart {
  readonly dir: string;
}

/** To the writer thread. `fields` holds packed operations: flat, because that clones fastest. */
export type WriterRequest =
  | { readonly kind: 'write'; readonly fields: readonly Field[] }
  | { readonly kind: 'probe' }
  /** Another thread writes as well, through this port. */
  | { readonly kind: 'share'; readonly port: MessagePort }
  /** From the thread that started the writer: ends it. From another: it writes no more. */
  | { readonly kind: 'close' };

/** From the writer thread: one answer for each transaction, in the order of the operations. */
export type WriterAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly outcomes: readonly number[] }
  | { readonly kind: 'failed'; readonly operations: number; readonly failure: Failure };

/** A {@link LedgerdeskError} on its way between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type Field = string | number;

/** Expected revisions below zero stand for the words. */
export const NO_STREAM = -1;
export const ANY = -2;
const STREAM_EXISTS = -3;
const METADATA = -4;

/** An outcome is three numbers: its kind, a revision, a position. */
export const OUTCOME_FIELDS = 3;
export const APPENDED = 0;
export const REPEATED = 1;
/** The revision is the actual one, {@link NO_STREAM} where there is none. */
export const CONFLICT = 2;
/** Also for a probe: it went through. */
export const METADATA_SET = 3;

export type WriteOperation = AppendOperation | MetadataOperation | ProbeOperation;

export interface AppendOperation {
  readonly kind: 'append';
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly PackedEvent[];
  readonly bodyLength: number;
}

interface MetadataOperation {
  readonly kind: 'metadata';
  readonly stream: string;
  readonly body: string;
  readonly bodyLength: number;
}

/** Writes and takes back a little, to see whether the disk takes it. */
interface ProbeOperation {
  readonly kind: 'probe';
  readonly bodyLength: 0;
}

export const PROBE: ProbeOperation = { kind: 'probe', bodyLength: 0 };

export interface PackedEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly hash: string;
}

export function packAppend(fields: Field[], request: AppendRequest): void {
  const { stream, expectedRevision, events } = request;
  fields.push(stream, packExpected(expectedRevision), events.length);
  for (const { id, type, body, hash } of events) fields.push(id, type, body, hash);
}

export function packMetadata(fields: Field[], stream: string, body: string): void {
  fields.push(stream, METADATA, body);
}

export function unpack(fields: readonly Field[]): WriteOperation[] {
  const operations: WriteOperation[] = [];
  let next = 0;
  const text = (): string => fields[next++] as string;
  const number = (): number => fields[next++] as number;
  while (next < fields.length) {
    const stream = text();
    const expected = number();
    if (expected === METADATA) {
      const body = text();
      operations.push({ kind: 'metadata', stream, body, bodyLength: body.length });
      continue;
    }
    const events: PackedEvent[] = [];
    let bodyLength = 0;
    for (let left = number(); left > 0; left--) {
      const event = { id: text(), type: text(), body: text(), hash: text() };
      bodyLength += event.body.length;
      events.push(event);
    }
    operations.push({ kind: 'append', stream, expected, events, bodyLength });
  }
  return operations;
}

function packExpected(expected: ExpectedRevision): number {
  switch (expected) {
    case 'no-stream':
      return NO_STREAM;
    case 'any':
      return ANY;
    case 'stream-exists':
      return STREAM_EXISTS;
    default:
      // Beyond 2^53 no stream can reach, so the rounding cannot make a wrong revision right.
      return Number(expected);
  }
}
