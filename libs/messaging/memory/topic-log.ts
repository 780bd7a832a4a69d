import type { IncomingMessage, OutgoingMessage } from '../message-broker.port';

/** One partition of a topic in memory: what the slowest group has not acknowledged yet. */
export class PartitionQueue {
  private readonly messages: IncomingMessage[] = [];
  private readonly acknowledged = new Map<string, bigint>();
  private end = 0n;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly keptMax: number,
  ) {}

  /** True while a group is as far behind as it may be. */
  get isFull(): boolean {
    return this.acknowledged.size > 0 && this.messages.length >= this.keptMax;
  }

  append({ key, value, headers = {} }: OutgoingMessage): void {
    const { topic, partition, end: offset } = this;
    this.end += 1n;
    this.messages.push({ topic, partition, offset, key, value: Buffer.from(value), headers });
    // Where nobody consumes, the oldest are forgotten, as a broker's retention does.
    if (this.messages.length > this.keptMax && this.acknowledged.size === 0) this.messages.shift();
  }

  /** From now on, messages are kept until the group has acknowledged them. */
  join(group: string): void {
    if (!this.acknowledged.has(group)) this.acknowledged.set(group, this.firstOffset());
  }

  /** The oldest message that the group has not acknowledged. */
  next(group: string): IncomingMessage | undefined {
    const offset = this.acknowledged.get(group) ?? 0n;
    return this.messages[Number(offset - this.firstOffset())];
  }

  acknowledge(group: string, offset: bigint): void {
    this.acknowledged.set(group, offset + 1n);
    const slowest = [...this.acknowledged.values()].reduce((least, next) =>
      next < least ? next : least,
    );
    this.messages.splice(0, Number(slowest - this.firstOffset()));
  }

  private firstOffset(): bigint {
    return this.messages[0]?.offset ?? this.end;
  }
}

/** A topic in memory. */
export class TopicLog {
  readonly partitions: readonly PartitionQueue[];
  private turn = 0;

  constructor(topic: string, partitions: number, keptMax: number) {
    this.partitions = Array.from(
      { length: partitions },
      (_, index) => new PartitionQueue(topic, index, keptMax),
    );
  }

  /** By key; without one, each in its turn. */
  partitionFor(key: string | null): PartitionQueue | undefined {
    this.turn += 1;
    const index = (key === null ? this.turn : hashOf(key)) % this.partitions.length;
    return this.partitions[index];
  }
}

/** FNV-1a, 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
