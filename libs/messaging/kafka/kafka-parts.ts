import type { OutgoingMessage } from '../message-broker.port';
import { bytesOf } from '../message-check';

/**
 * Messages and bytes that are sent at once. The client makes one batch of all that goes to a
 * partition, and it is the batch that the broker measures: by default at most 1 MiB.
 */
export const SEND_MESSAGES_MAX = 2_000;
export const SEND_BYTES_MAX = 1_000_000;
/** Around a record: its length, its distances in time and offset, the lengths of its parts. */
const RECORD_BYTES = 36;
/** Around a header: the lengths of name and text. */
const HEADER_BYTES = 10;

/** Of one message or more. */
export type MessagePart = readonly OutgoingMessage[];

/** In order; a message that is larger than a part may be goes alone. */
export function partsOf(
  messages: readonly OutgoingMessage[],
  bytesMax: number,
): readonly MessagePart[] {
  const parts: OutgoingMessage[][] = [];
  let part: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += recordBytesOf(message);
    if (part.length === 0 || part.length === SEND_MESSAGES_MAX || bytes > bytesMax) {
      part = [];
      parts.push(part);
      bytes = recordBytesOf(message);
    }
    part.push(message);
  }
  return parts;
}

/** At most, as records of a batch. */
export function sentBytesOf(messages: readonly OutgoingMessage[]): number {
  return messages.reduce((sum, message) => sum + recordBytesOf(message), 0);
}

function recordBytesOf(message: OutgoingMessage): number {
  const headers = Object.values(message.headers ?? {}).flat().length;
  return bytesOf(message) + RECORD_BYTES + headers * HEADER_BYTES;
}
