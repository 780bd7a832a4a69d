import { backlogFull, brokerUnavailable } from '../message-broker.errors';
import { assertSendable, assertTopics } from '../message-check';
import type {
  ConsumeOptions,
  Consumption,
  MessageBroker,
  MessageBrokerLimits,
  OutgoingMessage,
  TopicDefinition,
} from '../message-broker.port';
import { MemoryConsumption } from './memory-consumption';
import { TopicLog, type PartitionQueue } from './topic-log';

export interface MemoryMessageBrokerOptions {
  readonly limits?: Partial<MessageBrokerLimits>;
  /** Messages of one partition that wait for the slowest group. Default 10,000. */
  readonly keptMax?: number;
}

const KEPT_MAX = 10_000;
const MESSAGE_BYTES_MAX = 1_000_000;

/**
 * Messages within this process: kept until each group has acknowledged them, gone when the process
 * ends. What must survive is in the event log and is published or sent again from there.
 */
export class MemoryMessageBroker implements MessageBroker {
  readonly limits: MessageBrokerLimits;
  private readonly topics = new Map<string, TopicLog>();
  private readonly groups = new Map<string, MemoryConsumption[]>();
  private readonly keptMax: number;
  private assigning: Promise<void> = Promise.resolve();
  private isClosing = false;
  private isClosed = false;

  constructor(options: MemoryMessageBrokerOptions = {}) {
    this.limits = { messageBytesMax: MESSAGE_BYTES_MAX, ...options.limits };
    this.keptMax = options.keptMax ?? KEPT_MAX;
  }

  async ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    this.assertOpen();
    assertTopics(topics);
    for (const { name, partitions } of topics) {
      if (!this.topics.has(name)) {
        this.topics.set(name, new TopicLog(name, partitions, this.keptMax));
      }
    }
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    // What is under way at the close may publish to its end, such as its dead letter.
    if (this.isClosed) throw brokerUnavailable('it is closed');
    assertSendable(messages, this.limits.messageBytesMax);
    try {
      for (const message of messages) {
        const queue = this.topicOf(message.topic).partitionFor(message.key);
        if (queue?.isFull === true) throw backlogFull(message.topic, this.keptMax);
        queue?.append(message);
      }
    } finally {
      // Also for those before the one that was refused: they are in their queues.
      for (const members of this.groups.values()) for (const member of members) member.wake();
    }
  }

  consume(options: ConsumeOptions): Consumption {
    this.assertOpen();
    const consumption = new MemoryConsumption(options, this, (one) => this.leave(one));
    const { group } = options;
    this.groups.set(group, [...(this.groups.get(group) ?? []), consumption]);
    this.assign(group);
    return consumption;
  }

  async ping(): Promise<void> {
    this.assertOpen();
  }

  async close(): Promise<void> {
    this.isClosing = true;
    const members = [...this.groups.values()].flat();
    await Promise.all(members.map((member) => member.stop()));
    this.isClosed = true;
  }

  private async leave(consumption: MemoryConsumption): Promise<void> {
    const { group } = consumption.options;
    const others = (this.groups.get(group) ?? []).filter((member) => member !== consumption);
    this.groups.set(group, others);
    this.assigning = this.assigning.then(() => consumption.release([]));
    this.assign(group);
    await this.assigning;
  }

  /** Whoever loses a partition is at rest before another one gets it. */
  private assign(group: string): void {
    this.assigning = this.assigning.then(async () => {
      const members = this.groups.get(group) ?? [];
      const shares = members.map((member) => ({ member, queues: this.shareOf(member, members) }));
      await Promise.all(shares.map(({ member, queues }) => member.release(queues)));
      for (const { member, queues } of shares) member.take(queues);
    });
  }

  private shareOf(
    member: MemoryConsumption,
    members: readonly MemoryConsumption[],
  ): readonly PartitionQueue[] {
    const { group, topics, topicPartitions } = member.options;
    return topics.flatMap((topic) => {
      const readers = members.filter(({ options }) => options.topics.includes(topic));
      const { partitions } = this.topicOf(topic, topicPartitions);
      for (const queue of partitions) queue.join(group);
      return partitions.filter((_, index) => readers[index % readers.length] === member);
    });
  }

  private topicOf(name: string, partitions = 1): TopicLog {
    const topic = this.topics.get(name) ?? new TopicLog(name, partitions, this.keptMax);
    this.topics.set(name, topic);
    return topic;
  }

  private assertOpen(): void {
    if (this.isClosing) throw brokerUnavailable('it is closed');
  }
}
