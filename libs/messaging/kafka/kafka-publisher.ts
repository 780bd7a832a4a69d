import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners, type Kafka, type Producer, type TopicMessages } from 'kafkajs';
import { hasErrorCode } from '@ledgerdesk/kernel';
import {
  brokerUnavailable,
  messageTooLargeForBroker,
  publishOutcomeUnknown,
} from '../message-broker.errors';
import type { OutgoingMessage } from '../message-broker.port';
import { bytesOf } from '../message-check';
import {
  partsOf,
  SEND_BYTES_MAX,
  SEND_MESSAGES_MAX,
  sentBytesOf,
  type MessagePart,
} from './kafka-parts';

interface Waiting {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends one part after the other: calls that were handed in meanwhile together as far as they fit,
 * a call that is larger in several parts, of which the first may be with the broker when a later
 * one fails. A part that a broker with a lower limit refuses is sent in halves, and later ones are
 * made as small: what of it went to other partitions than the refused one is there twice. The
 * producer is idempotent, so that a retry of the client neither doubles nor reorders; after a
 * failure it is replaced, since its numbering may no longer agree with the broker's.
 */
export class KafkaPublisher {
  private readonly queue: Waiting[] = [];
  private producer: Promise<Producer> | undefined;
  private sending: Promise<void> | undefined;
  private isClosed = false;
  /** Of a part; half of the smallest one that the broker refused. */
  private bytesMax = SEND_BYTES_MAX;

  constructor(
    private readonly kafka: Kafka,
    /** Own deadline of each part: the client's own retries may take longer than anyone waits. */
    private readonly timeoutMs: number,
  ) {}

  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.isClosed) return Promise.reject(brokerUnavailable('it is closed'));
    if (messages.length === 0) return Promise.resolve();
    const bytes = sentBytesOf(messages);
    return new Promise((resolve, reject) => {
      this.queue.push({ messages, bytes, resolve, reject });
      this.sending ??= this.sendAll();
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
      if (await this.settle(batch)) continue;
      // A message among them is too large for the broker: only the call that brought it fails.
      for (const call of batch) await this.settle([call]);
    }
    // In the same turn in which the queue was found empty: what is handed in next begins anew.
    this.sending = undefined;
  }

  /** False where the calls are to be sent one by one. Never rejects. */
  private async settle(calls: readonly Waiting[]): Promise<boolean> {
    try {
      await this.sendParts(calls.flatMap(({ messages }) => messages));
      for (const { resolve } of calls) resolve();
    } catch (error) {
      if (calls.length > 1 && hasErrorCode(error, 'limit.message-size')) return false;
      for (const { reject } of calls) reject(error);
    }
    return true;
  }

  /** Ends after halvings at the latest with single messages. */
  private async sendParts(messages: MessagePart): Promise<void> {
    for (const part of partsOf(messages, this.bytesMax)) {
      if (await this.send(part)) continue;
      const [first, ...others] = part;
      if (first !== undefined && others.length === 0) {
        throw messageTooLargeForBroker(first, bytesOf(first));
      }
      this.bytesMax = Math.min(this.bytesMax, Math.floor(sentBytesOf(part) / 2));
      await this.sendParts(part);
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
      if (calls > 0 && (count > SEND_MESSAGES_MAX || bytes > this.bytesMax)) break;
      calls += 1;
    }
    return this.queue.splice(0, calls);
  }

  /** False where the broker takes no batch as large. */
  private async send(messages: MessagePart): Promise<boolean> {
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
      return true;
    } catch (error) {
      // Not waited for: closing may take as long as what failed.
      void this.dropProducer();
      if (isTooLarge(error)) return false;
      throw namedError(error);
    } finally {
      deadline.abort();
    }
  }

  private async sendNow(messages: MessagePart): Promise<'sent'> {
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

function namedError(error: unknown): unknown {
  const isNamed =
    hasErrorCode(error, 'unavailable.broker') || hasErrorCode(error, 'unknown-outcome.publish');
  return isNamed ? error : publishOutcomeUnknown(error);
}

/** By the broker's limit, or the topic's, which is below the one that was configured here. */
function isTooLarge(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('type' in error)) return false;
  return error.type === 'MESSAGE_TOO_LARGE' || error.type === 'RECORD_LIST_TOO_LARGE';
}
