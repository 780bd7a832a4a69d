import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@ledgerdesk/kernel';
import type { Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import { Delivery, UNTRIED, type Tries } from '../delivery';
import type {
  ConsumeOptions,
  Consumption,
  ConsumptionFigures,
  IncomingMessage,
  MessageBroker,
  MessageHeaders,
} from '../message-broker.port';

/** How a group keeps together. */
export interface KafkaGroupTimes {
  /** A member that was not heard of for so long is out: what a kill costs. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** So long members may take to join again. */
  readonly rebalanceTimeoutMs: number;
  /** The wait of a fetch that finds nothing. */
  readonly fetchWaitMs: number;
}

/** Partitions that are worked on side by side. */
const CONCURRENCY = 16;
/** Acknowledged together; after a kill at most so many come again. */
const COMMIT_EVERY = 100;
const RECONNECT_INITIAL_MS = 100;
const RECONNECT_MAX_MS = 10_000;

/** The message at the head of a partition that is being tried again. */
interface Trying {
  readonly offset: string;
  readonly tries: Tries;
}

/**
 * One group's consumer, with a loop of its own over batches. An offset is committed after the
 * effect of its message is durable. A message that is to be tried again pauses its own partition;
 * the others go on. The group hears from this member while a message is being worked on.
 */
export class KafkaConsumption implements Consumption {
  readonly ready: Promise<void>;
  /** Resolves when it was stopped and has left its group; never rejects. */
  readonly ended: Promise<void>;
  private readonly stopping = new AbortController();
  private readonly delivery: Delivery;
  private readonly trying = new Map<string, Trying>();
  private readonly pauses = new Set<NodeJS.Timeout>();
  private markReady: () => void = () => undefined;
  private rebalances = 0;
  private isConsuming = false;
  private failure: string | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: ConsumeOptions,
    private readonly times: KafkaGroupTimes,
    private readonly broker: Pick<MessageBroker, 'publish' | 'limits' | 'ensureTopics'>,
  ) {
    this.delivery = new Delivery(options, broker, this.stopping.signal);
    this.ready = new Promise((resolve) => (this.markReady = resolve));
    this.ended = this.run();
  }

  figures(): ConsumptionFigures {
    const { rebalances, isConsuming, failure } = this;
    return { ...this.delivery.tally, rebalances, isConsuming, failure };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
    this.markReady();
  }

  /** Never rejects: a consumer that ends is replaced until the owner stops. */
  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const joinsBefore = this.rebalances;
      const error = await this.consumeOnce();
      this.isConsuming = false;
      if (this.isStopping()) return;
      failures = this.rebalances > joinsBefore ? 1 : failures + 1;
      this.drop(error);
      const waitMs = Math.min(RECONNECT_MAX_MS, RECONNECT_INITIAL_MS * 2 ** (failures - 1));
      // An abort ends the wait early.
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Resolves when the consumer has ended, with the reason. */
  private async consumeOnce(): Promise<unknown> {
    const { sessionTimeoutMs, heartbeatIntervalMs, rebalanceTimeoutMs, fetchWaitMs } = this.times;
    const consumer = this.kafka.consumer({
      groupId: this.options.group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxWaitTimeInMs: fetchWaitMs,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, restartOnFailure: () => Promise.resolve(false) },
    });
    const over = new AbortController();
    const ended = this.observe(consumer, over.signal);
    try {
      await this.ensureTopics();
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: CONCURRENCY,
        eachBatch: (payload) => this.work(consumer, payload),
      });
      return await ended;
    } catch (error) {
      return error;
    } finally {
      over.abort();
      this.forgetTries();
      // Waits for the batches under way, then leaves the group; one that is lost cannot say so.
      await consumer.disconnect().catch(() => undefined);
      // Only now: those batches may have paused their partitions.
      this.endPauses();
    }
  }

  private async ensureTopics(): Promise<void> {
    const { topics, deadLetters, topicPartitions } = this.options;
    if (topicPartitions === undefined) return;
    const names = [...topics, deadLetters.topic];
    await this.broker.ensureTopics(names.map((name) => ({ name, partitions: topicPartitions })));
  }

  /**
   * Resolves when the owner stops, or with what made the client give up.
   *
   * @param over aborts when the consumer is done with
   */
  private observe(consumer: Consumer, over: AbortSignal): Promise<unknown> {
    const { signal } = this.stopping;
    consumer.on(consumer.events.GROUP_JOIN, () => {
      // Partitions may be another's now: their tries are counted anew.
      this.forgetTries();
      this.rebalances += 1;
      this.isConsuming = true;
      this.failure = null;
      this.markReady();
    });
    consumer.on(consumer.events.REBALANCING, () => {
      this.isConsuming = false;
    });
    return new Promise((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true, signal: over });
    });
  }

  /** One batch of one partition, message by message. */
  private async work(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const heart = new Heart(payload, this.times.heartbeatIntervalMs);
    let uncommitted = 0;
    let next: string | undefined;
    try {
      for (const message of batch.messages) {
        if (!payload.isRunning() || payload.isStale() || this.isStopping() || heart.isLost) break;
        const outcome = await this.delivery.attempt(
          incoming(batch.topic, batch.partition, message),
          this.triesOf(batch, message),
        );
        if (outcome.kind === 'retry') {
          this.trying.set(placeOf(batch), { offset: message.offset, tries: outcome.tries });
          this.pause(consumer, payload, message.offset, outcome.delayMs);
          break;
        }
        this.trying.delete(placeOf(batch));
        payload.resolveOffset(message.offset);
        next = String(BigInt(message.offset) + 1n);
        uncommitted += 1;
        if (uncommitted < COMMIT_EVERY) continue;
        await commit(payload, next);
        uncommitted = 0;
      }
    } finally {
      heart.stop();
      if (uncommitted > 0 && next !== undefined) await commit(payload, next);
    }
    // Tells the client, which joins the group again.
    await payload.heartbeat();
  }

  private triesOf(batch: EachBatchPayload['batch'], { offset }: KafkaMessage): Tries {
    const known = this.trying.get(placeOf(batch));
    return known?.offset === offset ? known.tries : UNTRIED;
  }

  /** The partition rests, its message first in line; nothing else waits for it. */
  private pause(
    consumer: Consumer,
    payload: EachBatchPayload,
    offset: string,
    delayMs: number,
  ): void {
    const { topic, partition } = payload.batch;
    const resume = payload.pause();
    consumer.seek({ topic, partition, offset });
    const timer = setTimeout(() => {
      this.pauses.delete(timer);
      resume();
    }, delayMs);
    this.pauses.add(timer);
  }

  private forgetTries(): void {
    this.trying.clear();
  }

  private endPauses(): void {
    for (const timer of this.pauses) clearTimeout(timer);
    this.pauses.clear();
  }

  private drop(error: unknown): void {
    this.failure = messageOf(error);
    this.options.onDrop?.(error);
  }
}

/** Keeps this member in its group while a message is being worked on. */
class Heart {
  /** The group is being shared out anew, or has lost this member: no further message is begun. */
  isLost = false;
  private readonly timer: NodeJS.Timeout;

  constructor(payload: EachBatchPayload, everyMs: number) {
    const beat = (): void => {
      payload.heartbeat().catch(() => {
        this.isLost = true;
      });
    };
    this.timer = setInterval(beat, everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

async function commit({ batch, ...payload }: EachBatchPayload, offset: string): Promise<void> {
  const { topic, partition } = batch;
  await payload.commitOffsetsIfNecessary({
    topics: [{ topic, partitions: [{ partition, offset }] }],
  });
}

function placeOf({ topic, partition }: EachBatchPayload['batch']): string {
  return `${topic}/${partition}`;
}

function incoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString('utf8') ?? null,
    value: message.value ?? Buffer.alloc(0),
    headers: headersOf(message.headers ?? {}),
  };
}

function headersOf(headers: IHeaders): MessageHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : String(value ?? ''),
    ]),
  );
}
