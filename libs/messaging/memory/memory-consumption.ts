import { setTimeout as delay } from 'node:timers/promises';
import { Delivery, UNTRIED } from '../delivery';
import type {
  ConsumeOptions,
  Consumption,
  ConsumptionFigures,
  IncomingMessage,
  MessageBroker,
} from '../message-broker.port';

/** What a consumption reads from, and the other members of its group. */
export interface MemoryPartition {
  next(group: string): IncomingMessage | undefined;
  acknowledge(group: string, offset: bigint): void;
}

/** Works through the partitions that it is given, each in its order, all side by side. */
export class MemoryConsumption implements Consumption {
  readonly ready = Promise.resolve();
  private readonly stopping = new AbortController();
  private readonly delivery: Delivery;
  private readonly loops = new Map<MemoryPartition, PartitionLoop>();
  private rebalances = 0;

  constructor(
    readonly options: ConsumeOptions,
    broker: Pick<MessageBroker, 'publish' | 'limits'>,
    private readonly onStop: (consumption: MemoryConsumption) => Promise<void>,
  ) {
    this.delivery = new Delivery(options, broker, this.stopping.signal);
  }

  /** Resolves once the partitions that it had, and is not to keep, are at rest. */
  async release(kept: readonly MemoryPartition[]): Promise<void> {
    const lost = [...this.loops].filter(([partition]) => !kept.includes(partition));
    await Promise.all(lost.map(([, loop]) => loop.stop()));
    for (const [partition] of lost) this.loops.delete(partition);
  }

  take(partitions: readonly MemoryPartition[]): void {
    this.rebalances += 1;
    if (this.stopping.signal.aborted) return;
    for (const partition of partitions) {
      if (this.loops.has(partition)) continue;
      this.loops.set(partition, new PartitionLoop(partition, this.options.group, this.delivery));
    }
  }

  /** There may be messages to take. */
  wake(): void {
    for (const loop of this.loops.values()) loop.wake();
  }

  figures(): ConsumptionFigures {
    const isConsuming = !this.stopping.signal.aborted;
    const { tally } = this.delivery;
    return { ...tally, rebalances: this.rebalances, isConsuming, failure: null };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.onStop(this);
  }
}

/** One partition's messages, one after the other. */
class PartitionLoop {
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private wakeUp: (() => void) | undefined;

  constructor(
    private readonly partition: MemoryPartition,
    private readonly group: string,
    private readonly delivery: Delivery,
  ) {
    this.done = this.run();
  }

  wake(): void {
    this.wakeUp?.();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.done;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const message = this.partition.next(this.group);
      if (message === undefined) await this.moreMessages();
      else await this.work(message, signal);
    }
  }

  private async work(message: IncomingMessage, signal: AbortSignal): Promise<void> {
    let tries = UNTRIED;
    while (!signal.aborted) {
      const outcome = await this.delivery.attempt(message, tries);
      if (outcome.kind === 'done') {
        this.partition.acknowledge(this.group, message.offset);
        return;
      }
      tries = outcome.tries;
      // An abort ends the wait early.
      await delay(outcome.delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private moreMessages(): Promise<void> {
    return new Promise((resolve) => {
      this.wakeUp = (): void => {
        this.wakeUp = undefined;
        resolve();
      };
    });
  }
}
