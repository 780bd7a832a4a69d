import { createHash } from 'node:crypto';
import { bytesOf, KEY_BYTES_MAX } from './message-check';
import type { IncomingMessage, OutgoingMessage } from './message-broker.port';

/** What is to be told of a message that could not be handled. */
export interface DeadLetter {
  readonly message: IncomingMessage;
  readonly group: string;
  readonly cause: Readonly<Record<string, unknown>>;
  /** Tries, without those that failed by `unavailable`. */
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Of what the last variant keeps of the cause, each. */
const CAUSE_LENGTH_MAX = 1_000;

/**
 * The message for the dead letters: JSON that says why, how often it was tried, where it came from
 * and what it was. The original headers are in it, and are its own besides; so is the key, save
 * that one which is too long to be published stands as its digest. A value that would not fit is
 * left out (`valueOmitted`): it still stands where it came from. Where that is not enough, key,
 * headers and all of the cause but its code and detail are left out too (`headersOmitted`): a
 * message whose dead letter cannot be published would hold its partition up for ever.
 */
export function deadLetterMessage(
  topic: string,
  letter: DeadLetter,
  bytesMax: number,
): OutgoingMessage {
  for (const value of [valueMember(letter.message.value), { valueOmitted: true }]) {
    const message = wholeMessage(topic, letter, value);
    if (message !== undefined && bytesOf(message) <= bytesMax) return message;
  }
  return bareMessage(topic, letter);
}

/** Undefined where the cause cannot be written, such as one that contains itself. */
function wholeMessage(
  topic: string,
  { message, group, cause, attempts, at }: DeadLetter,
  value: Readonly<Record<string, unknown>>,
): OutgoingMessage | undefined {
  const { key, headers } = message;
  const original = { ...placeOf(message), key, headers, ...value };
  try {
    return {
      topic,
      key: publishableKey(key),
      value: jsonOf({ cause, attempts, group, at, original }),
      headers: { ...headers, 'content-type': 'application/json' },
    };
  } catch {
    return undefined;
  }
}

/** Of a key from elsewhere; one digest for each key keeps the letters of that key in order. */
function publishableKey(key: string | null): string | null {
  if (key === null || Buffer.byteLength(key) <= KEY_BYTES_MAX) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function bareMessage(
  topic: string,
  { message, group, cause, attempts, at }: DeadLetter,
): OutgoingMessage {
  const { code, detail } = cause;
  const original = { ...placeOf(message), valueOmitted: true, headersOmitted: true };
  return {
    topic,
    key: null,
    value: jsonOf({
      cause: { code: shortTextOf(code), detail: shortTextOf(detail) },
      ...{ attempts, group, at, original },
    }),
    headers: { 'content-type': 'application/json' },
  };
}

function placeOf({ topic, partition, offset }: IncomingMessage): Readonly<Record<string, unknown>> {
  return { topic, partition, offset: String(offset) };
}

/** Positions and other bigints as text. */
function jsonOf(content: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(content, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

function shortTextOf(text: unknown): string | undefined {
  return typeof text === 'string' ? text.slice(0, CAUSE_LENGTH_MAX) : undefined;
}

function valueMember(value: Buffer): Readonly<Record<string, unknown>> {
  const text = value.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(value);
  return isText ? { value: text } : { valueBase64: value.toString('base64') };
}
