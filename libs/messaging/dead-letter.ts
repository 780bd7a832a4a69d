import { bytesOf } from './message-check';
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

/**
 * The message for the dead letters: JSON that says why, how often it was tried, where it came from
 * and what it was. The original headers are in it, and are its own besides. A value that would not
 * fit is left out (`valueOmitted`): it still stands where it came from.
 */
export function deadLetterMessage(
  topic: string,
  letter: DeadLetter,
  bytesMax: number,
): OutgoingMessage {
  const whole = messageOf(topic, letter, valueMember(letter.message.value));
  return bytesOf(whole) <= bytesMax ? whole : messageOf(topic, letter, { valueOmitted: true });
}

function messageOf(
  topic: string,
  { message, group, cause, attempts, at }: DeadLetter,
  value: Readonly<Record<string, unknown>>,
): OutgoingMessage {
  const { key, headers, partition, offset } = message;
  const original = { topic: message.topic, partition, offset: String(offset), key, headers };
  return {
    topic,
    key,
    value: JSON.stringify({ cause, attempts, group, at, original: { ...original, ...value } }),
    headers: { ...headers, 'content-type': 'application/json' },
  };
}

function valueMember(value: Buffer): Readonly<Record<string, unknown>> {
  const text = value.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(value);
  return isText ? { value: text } : { valueBase64: value.toString('base64') };
}
