import type { AppendRequest, EventStoreLimits, EventToAppend } from './event-store.port';
import { batchTooLarge, eventTooLarge, invalidAppend } from './event-store.errors';

/** The limits of an adapter that has no narrower ones of its own. */
export const DEFAULT_LIMITS: EventStoreLimits = {
  eventBytesMax: 1024 * 1024,
  batchEventsMax: 1000,
  batchBytesMax: 4 * 1024 * 1024,
};

/** Of a stream or of an event type, in UTF-16 units. */
const NAME_LENGTH_MAX = 512;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SHA_256 = /^[0-9a-f]{64}$/;
// U+10FFFF is kept out because it is the upper bound of a prefix search.
const UNFIT_IN_NAME = /^\$|[\p{Cc}\p{Cs}\u{10FFFF}]/u;

/**
 * Checks what can be checked without looking at the stream, so that all adapters refuse the same
 * requests. Gives the bytes of all bodies. Errors: `invalid.append`, `limit.event-size`,
 * `limit.batch-size`.
 */
export function checkAppendRequest(request: AppendRequest, limits: EventStoreLimits): number {
  const { stream, expectedRevision, events } = request;
  checkStreamName(stream);
  if (typeof expectedRevision === 'bigint' && expectedRevision < 0n) {
    throw invalidAppend(
      `The expected revision is ${expectedRevision}; give 0 or more, or "no-stream".`,
      { stream, expected: String(expectedRevision) },
    );
  }
  if (events.length === 0) {
    throw invalidAppend('An append needs at least one event.', { stream });
  }
  if (events.length > limits.batchEventsMax) {
    throw batchTooLarge('events', events.length, limits.batchEventsMax);
  }
  checkIdsDiffer(request);
  let bytes = 0;
  for (const event of events) bytes += checkEvent(event, limits.eventBytesMax);
  if (bytes > limits.batchBytesMax) throw batchTooLarge('bytes', bytes, limits.batchBytesMax);
  return bytes;
}

/** Error: `invalid.append` */
export function checkStreamName(stream: string): void {
  checkName('stream', stream);
}

function checkEvent(event: EventToAppend, eventBytesMax: number): number {
  checkName('event type', event.type);
  if (!UUID.test(event.id)) {
    throw invalidAppend(`The event id "${event.id}" is not a UUID in lower case.`, {
      id: event.id,
    });
  }
  if (!SHA_256.test(event.hash)) {
    throw invalidAppend(`The hash of event ${event.id} is not 64 lower-case hexadecimal digits.`, {
      id: event.id,
    });
  }
  if (!isWellFormed(event.body)) {
    throw invalidAppend(
      `The body of event ${event.id} has a lone surrogate, which UTF-8 cannot hold. Escape it.`,
      { id: event.id },
    );
  }
  const bytes = Buffer.byteLength(event.body);
  if (bytes > eventBytesMax) throw eventTooLarge(event.id, bytes, eventBytesMax);
  return bytes;
}

function checkIdsDiffer({ stream, events }: AppendRequest): void {
  if (events.length === 1) return;
  const ids = new Set(events.map(({ id }) => id));
  if (ids.size < events.length) {
    throw invalidAppend('Two events of one append have the same id; give each its own.', {
      stream,
    });
  }
}

function checkName(what: string, name: string): void {
  if (name.length > 0 && name.length <= NAME_LENGTH_MAX && !UNFIT_IN_NAME.test(name)) return;
  throw invalidAppend(
    `The ${what} "${name.slice(0, 80)}" is not a name: give 1 to ${NAME_LENGTH_MAX} characters, ` +
      'none of them a control character, the first not a dollar sign.',
    { name: name.slice(0, 80) },
  );
}

// Node 20 has String.prototype.isWellFormed, the ES2023 type library does not.
interface WellFormedText {
  isWellFormed(): boolean;
}

function isWellFormed(text: string): boolean {
  return (text as unknown as WellFormedText).isWellFormed();
}
