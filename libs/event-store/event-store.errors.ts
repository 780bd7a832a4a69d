import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { ExpectedRevision, Revision } from './event-store.port';

/** `conflict.revision`: the stream does not stand where the append expects it. */
export function revisionConflict(
  stream: string,
  expected: ExpectedRevision,
  actual: Revision | 'no-stream',
): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.revision',
    `Stream "${stream}" stands at ${describe(actual)}, the append expected ${describe(expected)} ` +
      'and ids that are either all new or all stored just behind it. ' +
      'Read the stream again and decide on its present state.',
    { details: { stream, expected: String(expected), actual: String(actual) } },
  );
}

/** `invalid.append`: the request itself is wrong, whatever the stream holds. */
export function invalidAppend(message: string, details: Record<string, unknown>): LedgerdeskError {
  return new LedgerdeskError('invalid.append', message, { details });
}

/** `invalid.read`: an option of a read or a subscription is out of its range. */
export function invalidRead(option: string, value: unknown, expected: string): LedgerdeskError {
  return new LedgerdeskError('invalid.read', `${option} is ${String(value)}; give ${expected}.`, {
    details: { option, value: String(value) },
  });
}

/** `limit.event-size` */
export function eventTooLarge(id: string, bytes: number, bytesMax: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.event-size',
    `The body of event ${id} has ${bytes} bytes; at most ${bytesMax} are taken. ` +
      'Keep large attachments outside the log and name them in the event.',
    { details: { id, bytes, bytesMax } },
  );
}

/** `limit.batch-size`: too many events or too many bytes in one append. */
export function batchTooLarge(
  unit: 'events' | 'bytes',
  size: number,
  sizeMax: number,
): LedgerdeskError {
  return new LedgerdeskError(
    'limit.batch-size',
    `The batch has ${size} ${unit}; at most ${sizeMax} are taken in one append. Split it.`,
    { details: { unit, size, sizeMax } },
  );
}

/** `unavailable.event-store-closed` */
export function storeClosed(cause?: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.event-store-closed',
    'The event store is closed; nothing was written. Open it again.',
    cause === undefined ? {} : { cause },
  );
}

/** `unavailable.event-store-busy`: the queue of waiting appends is full. */
export function storeBusy(waiting: number, waitingBytes: number): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.event-store-busy',
    `${waiting} appends of ${waitingBytes} bytes wait for the disk already; ` +
      'nothing was written. Try again with back-off.',
    { details: { waiting, waitingBytes } },
  );
}

/** `unavailable.read-only` */
export function storeReadOnly(): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.read-only',
    'This event store was opened for reading; nothing was written. Append through the engine.',
  );
}

/** `unknown-outcome.append`: the answer was lost, the append may or may not be stored. */
export function unknownOutcome(stream: string, cause?: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.append',
    `The answer to an append to stream "${stream}" was lost: it may be stored or not. ` +
      'Read the stream, then repeat the very same append.',
    { details: { stream }, ...(cause === undefined ? {} : { cause }) },
  );
}

function describe(revision: ExpectedRevision): string {
  return typeof revision === 'bigint' ? `revision ${revision}` : `"${revision}"`;
}
