import { invalidMessage, keyTooLarge, messageTooLarge } from './message-broker.errors';
import type { OutgoingMessage, TopicDefinition } from './message-broker.port';

/** As Kafka has it. */
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
const PARTITIONS_MAX = 10_000;

/**
 * Of a key, in bytes. A key names what has an order, such as a ticket; the Kafka client's
 * partitioner takes time that grows with the square of its length: 42 s for 600 kB.
 */
export const KEY_BYTES_MAX = 4_096;

/** @throws LedgerdeskError `invalid.message`, `limit.message-key-size`, `limit.message-size` */
export function assertSendable(messages: readonly OutgoingMessage[], bytesMax: number): void {
  for (const message of messages) {
    assertTopic(message.topic);
    const keyBytes = Buffer.byteLength(message.key ?? '');
    if (keyBytes > KEY_BYTES_MAX) throw keyTooLarge(message.topic, keyBytes, KEY_BYTES_MAX);
    const bytes = bytesOf(message);
    if (bytes > bytesMax) throw messageTooLarge(message.topic, bytes, bytesMax);
  }
}

/** @throws LedgerdeskError `invalid.message` */
export function assertTopics(topics: readonly TopicDefinition[]): void {
  for (const { name, partitions } of topics) {
    assertTopic(name);
    if (Number.isInteger(partitions) && partitions >= 1 && partitions <= PARTITIONS_MAX) continue;
    throw invalidMessage(
      `topic ${name} would have ${partitions} partitions; give 1 to ${PARTITIONS_MAX}`,
      { topic: name, partitions },
    );
  }
}

/** Key, value and headers together. */
export function bytesOf({ key, value, headers = {} }: OutgoingMessage): number {
  let bytes = Buffer.byteLength(key ?? '') + Buffer.byteLength(value);
  for (const [name, texts] of Object.entries(headers)) {
    for (const text of typeof texts === 'string' ? [texts] : texts) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(text);
    }
  }
  return bytes;
}

function assertTopic(topic: string): void {
  if (TOPIC.test(topic) && topic !== '.' && topic !== '..') return;
  throw invalidMessage(
    `"${topic}" is no topic; give 1 to 249 letters, digits, dots, underscores and dashes`,
    { topic },
  );
}
