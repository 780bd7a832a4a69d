import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { hasErrorCode } from '@ledgerdesk/kernel';
import {
  brokerUnavailable,
  messageTooLarge,
  publishOutcomeUnknown,
} from '../message-broker.errors';
import type { OutgoingMessage } from '../message-broker.port';
import { bytesOf } from '../message-check';

/**
 * Messages and bytes that are sent at once. The client makes one batch of all that goes to a
 * partition, and it is the batch that the broker measures: by default at most 1 MiB.
 */
const SEND_MESSAGES_MAX = 2_000;
const SEND_BYTES_MAX = 1_000_000;
/** Around a record: its length, its distances in time and offset, the lengths of its parts. */
const RECORD_BYTES = 36;
/** Around a header: the lengths of name and text. */
const HEADER_BYTES = 10;

interface Waiting {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends one part after the other: calls that were handed in meanwhile together as far as they fit,
 * a call that is larger in several parts, of which the first may be with the broker when a later
 * one fails. The
 * producer is idempotent, so that a retry of the client neither doubles nor reorders; after a
 * failure it is replaced, since its numbering may no longer agree with the broker's.
 */
export class KafkaPublisher {
  private readonly queue: Waiting[] = [];
  private producer: Promise<Producer> | undefined;
  private sending: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    private readonly kafka: Kafka,
    /** Own deadline of each part: the client's own retries may take longer than anyone waits. */
    private readonly timeoutMs: number,
  ) {}

  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.isClosed) return Promise.reject(brokerUnavailable('it is closed'));
    if (messages.length === 0) return Promise.resolve();
    const bytes = messages.reduce((sum, message) => sum + sentBytesOf(message), 0);
    return new Promise((resolve, reject) => {
      this.queue.push({ messages, bytes, resolve, reject });
      this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.sending;
    await this.dropProducer();
  }

  /** Never rejects. */
  private async sendAll(): Promise<void> {
    for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
      try {
        const parts = partsOf(batch.flatMap(({ messages }) => messages));
        for (const part of parts) await this.send(part);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  /** Calls that fit into one part, or one call that may need several. */
  private nextBatch(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    let calls = 0;
    for (const next of this.queue) {
      count += next.messages.length;
      bytes += next.bytes;
      if (calls > 0 && isTooMuch(count, bytes)) break;
      calls += 1;
    }
    return this.queue.splice(0, calls);
  }

  private async send(messages: readonly OutgoingMessage[]): Promise<void> {
    const deadline = new AbortController();
    const late = delay(this.timeoutMs, 'late' as const, { signal: deadline.signal });
    const answer = this.sendNow(messages);
    // Whichever loses the race is not waited for.
    late.catch(() => undefined);
    answer.catch(() => undefined);
    try {
      if ((await Promise.race([answer, late])) === 'late') {
        throw publishOutcomeUnknown(`no answer within ${this.timeoutMs} ms`);
      }
    } catch (error) {
      // Not waited for: closing may take as long as what failed.
      void this.dropProducer();
      throw namedError(error, messages);
    } finally {
      deadline.abort();
    }
  }

  private async sendNow(messages: readonly OutgoingMessage[]): Promise<'sent'> {
    const producer = await this.connected();
    await producer.sendBatch({ acks: -1, topicMessages: byTopic(messages) });
    return 'sent';
  }

  private async connected(): Promise<Producer> {
    this.producer ??= this.connect();
    try {
      return await this.producer;
    } catch (error) {
      throw brokerUnavailable(error);
    }
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  private async dropProducer(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    // One that never came up has nothing to close.
    await producer?.then((one) => one.disconnect()).catch(() => undefined);
  }
}

function isTooMuch(count: number, bytes: number): boolean {
  return count > SEND_MESSAGES_MAX || bytes > SEND_BYTES_MAX;
}

/** In order; a message that is larger than a part may be goes alone. */
function partsOf(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const parts: OutgoingMessage[][] = [];
  let part: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += sentBytesOf(message);
    if (part.length === 0 || isTooMuch(part.length + 1, bytes)) {
      part = [];
      parts.push(part);
      bytes = sentBytesOf(message);
    }
    part.push(message);
  }
  return parts;
}

/** At most, as a record of a batch. */
function sentBytesOf(message: OutgoingMessage): number {
  const headers = Object.values(message.headers ?? {}).flat().length;
  return bytesOf(message) + RECORD_BYTES + headers * HEADER_BYTES;
}

function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const entry = topics.get(topic) ?? { topic, messages: [] };
    topics.set(topic, entry);
    entry.messages.push({ key, value, ...(headers && { headers: plainHeaders(headers) }) });
  }
  return [...topics.values()];
}

function plainHeaders(
  headers: NonNullable<OutgoingMessage['headers']>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, texts]) => [
      name,
      typeof texts === 'string' ? texts : [...texts],
    ]),
  );
}

function namedError(error: unknown, messages: readonly OutgoingMessage[]): unknown {
  const isNamed =
    hasErrorCode(error, 'unavailable.broker') || hasErrorCode(error, 'unknown-outcome.publish');
  if (isNamed) return error;
  if (typeof error === 'object' && error !== null && 'type' in error) {
    if (error.type === 'MESSAGE_TOO_LARGE') return tooLargeForBroker(messages);
  }
  return publishOutcomeUnknown(error);
}

// The broker's own limit is lower than the one that was configured here.
function tooLargeForBroker(messages: readonly OutgoingMessage[]): unknown {
  const sizes = messages.map((message) => ({ message, bytes: bytesOf(message) }));
  const [largest] = sizes.sort((left, right) => right.bytes - left.bytes);
  const bytes = largest?.bytes ?? 0;
  return messageTooLarge(largest?.message.topic ?? '', bytes, bytes - 1);
}
