import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { brokerUnavailable } from '../message-broker.errors';
import { assertSendable, assertTopics } from '../message-check';
import type {
  ConsumeOptions,
  Consumption,
  MessageBroker,
  MessageBrokerLimits,
  OutgoingMessage,
  TopicDefinition,
} from '../message-broker.port';
import { KafkaConsumption, type KafkaGroupTimes } from './kafka-consumption';
import { kafkaLocationOf, type KafkaLocation } from './kafka-location';
import { KafkaPublisher } from './kafka-publisher';

export interface KafkaMessageBrokerOptions extends Partial<KafkaGroupTimes> {
  /** What the brokers' logs call this process. Default `ledgerdesk`. */
  readonly clientId?: string;
  readonly limits?: Partial<MessageBrokerLimits>;
  /** Own deadline of a publication, for each megabyte of it. Default 30 s. */
  readonly publishTimeoutMs?: number;
  /** Deadline of one request of the client. Default 10 s. */
  readonly requestTimeoutMs?: number;
}

/** Below the broker's default of 1 MiB, which counts the batch around the message too. */
const MESSAGE_BYTES_MAX = 1_000_000;
const REPLICATION_WISHED = 3;

const TIMES: KafkaGroupTimes = {
  sessionTimeoutMs: 10_000,
  heartbeatIntervalMs: 2_000,
  rebalanceTimeoutMs: 30_000,
  fetchWaitMs: 500,
};

/** Messages over a Kafka cluster, by kafkajs. */
export class KafkaMessageBroker implements MessageBroker {
  readonly limits: MessageBrokerLimits;
  private readonly location: KafkaLocation;
  private readonly kafka: Kafka;
  private readonly times: KafkaGroupTimes;
  private readonly publisher: KafkaPublisher;
  private readonly consumptions = new Set<Consumption>();
  private isClosing = false;

  /**
   * Connects with the first use: a cluster that is down is no reason not to start.
   *
   * @throws LedgerdeskError `invalid.broker-url`
   */
  constructor(url: string, options: KafkaMessageBrokerOptions = {}) {
    this.location = kafkaLocationOf(url);
    const { requestTimeoutMs = 10_000, publishTimeoutMs = 30_000, clientId } = options;
    this.limits = { messageBytesMax: MESSAGE_BYTES_MAX, ...options.limits };
    this.times = {
      sessionTimeoutMs: options.sessionTimeoutMs ?? TIMES.sessionTimeoutMs,
      heartbeatIntervalMs: options.heartbeatIntervalMs ?? TIMES.heartbeatIntervalMs,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? TIMES.rebalanceTimeoutMs,
      fetchWaitMs: options.fetchWaitMs ?? TIMES.fetchWaitMs,
    };
    this.kafka = new Kafka({
      ...connectionOf(this.location),
      clientId: clientId ?? 'ledgerdesk',
      connectionTimeout: Math.min(3_000, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 5_000 },
      // What fails is told to the owner; the client's own log would say it a second time.
      logLevel: logLevel.NOTHING,
    });
    this.publisher = new KafkaPublisher(this.kafka, publishTimeoutMs);
  }

  async ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    assertTopics(topics);
    await this.administer(async (admin) => {
      const there = new Set(await admin.listTopics());
      const missing = topics.filter(({ name }) => !there.has(name));
      if (missing.length === 0) return;
      const { brokers } = await admin.describeCluster();
      const replicationFactor =
        this.location.replication ?? Math.min(REPLICATION_WISHED, brokers.length);
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ name, partitions }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
        })),
      });
    });
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    assertSendable(messages, this.limits.messageBytesMax);
    await this.publisher.publish(messages);
  }

  consume(options: ConsumeOptions): Consumption {
    this.assertOpen();
    const consumption = new KafkaConsumption(this.kafka, options, this.times, this);
    this.consumptions.add(consumption);
    void consumption.ended.then(() => this.consumptions.delete(consumption));
    return consumption;
  }

  async ping(): Promise<void> {
    await this.administer((admin) => admin.describeCluster());
  }

  async close(): Promise<void> {
    this.isClosing = true;
    // They may publish to the end: dead letters, and what follows from the messages under way.
    await Promise.all([...this.consumptions].map((consumption) => consumption.stop()));
    await this.publisher.close();
  }

  private assertOpen(): void {
    if (this.isClosing) throw brokerUnavailable('it is closed');
  }

  private async administer(
    work: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>,
  ): Promise<void> {
    this.assertOpen();
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      await work(admin);
    } catch (error) {
      throw brokerUnavailable(error);
    } finally {
      // A connection that is lost cannot be closed.
      await admin.disconnect().catch(() => undefined);
    }
  }
}

function connectionOf({ brokers, tls, login }: KafkaLocation): KafkaConfig {
  return {
    brokers: [...brokers],
    ssl: tls,
    ...(login && { sasl: login as SASLOptions }),
  };
}
