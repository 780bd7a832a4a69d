import { formatPosition, parsePosition, type EventStore } from '@ledgerdesk/event-store';
import {
  flowCountsStream,
  type FlowCount,
  type FlowDefinition,
  type FlowInstance,
} from '@ledgerdesk/kernel';
import { LRUCache } from 'lru-cache';

/** A count as it is stored: metadata of the instance's stream, which need not have events. */
interface StoredCount {
  readonly version: number;
  readonly position: string;
  readonly value: unknown;
}

/** With more than so many, they are stored ahead of time. */
const UNSAVED_MAX = 5_000;

/** Writes that wait for the store at the same time. */
const WRITES_AT_ONCE = 500;

/**
 * Keeps what flows have counted beside the log, so that a restored backup has both. What is stored
 * is never behind the flow's checkpoint; where it is ahead, an event that is shown again is passed
 * over.
 */
export class FlowCountStore {
  private readonly known: LRUCache<string, FlowCount>;
  private readonly unsaved = new Map<string, StoredCount>();

  constructor(
    private readonly eventStore: Pick<EventStore, 'streamMetadata' | 'setStreamMetadata'>,
    cachedCountsMax: number,
  ) {
    this.known = new LRUCache({ max: cachedCountsMax });
  }

  /** Whether the counts should be stored before more are taken. */
  get isFull(): boolean {
    return this.unsaved.size >= UNSAVED_MAX;
  }

  /** Cost: none where it is cached, else one read. */
  async load({ counting }: FlowDefinition, stream: string): Promise<FlowCount | undefined> {
    if (counting === undefined) return undefined;
    const known = this.known.get(stream);
    if (known !== undefined) return known;
    const stored =
      this.unsaved.get(stream) ??
      ((await this.eventStore.streamMetadata(stream))['count'] as StoredCount | undefined);
    const count =
      stored?.version === counting.version
        ? { value: stored.value, position: parsePosition(stored.position) }
        : { value: counting.initial, position: 0n };
    this.known.set(stream, count);
    return count;
  }

  /** To be called once all that was decided on the counted events is in the log. */
  note({ counting }: FlowDefinition, { stream, counted }: FlowInstance): void {
    if (counting === undefined || counted === undefined) return;
    const { value, position } = counted;
    const { version } = counting;
    this.known.set(stream, counted);
    this.unsaved.set(stream, { version, position: formatPosition(position), value });
  }

  /** To be called before a checkpoint is stored: no event behind it is shown again. */
  async store(): Promise<void> {
    const counts = [...this.unsaved];
    for (let first = 0; first < counts.length; first += WRITES_AT_ONCE) {
      const some = counts.slice(first, first + WRITES_AT_ONCE);
      await Promise.all(some.map(([stream, count]) => this.save(stream, count)));
    }
  }

  /** The flows whose counts do not come from the whole of the log up to their checkpoints. */
  async outdated(flows: Iterable<FlowDefinition>): Promise<readonly FlowDefinition[]> {
    const counting = [...flows].filter((flow) => flow.counting !== undefined);
    if (counting.length === 0) return [];
    const versions = await Promise.all(
      counting.map(({ name }) => this.eventStore.streamMetadata(flowCountsStream(name))),
    );
    return counting.filter((flow, at) => versions[at]?.['version'] !== flow.counting?.version);
  }

  /** The counts of these flows are complete. */
  async confirm(flows: readonly FlowDefinition[]): Promise<void> {
    await this.store();
    for (const { name, counting } of flows) {
      const version = counting?.version ?? null;
      await this.eventStore.setStreamMetadata(flowCountsStream(name), { version });
    }
  }

  private async save(stream: string, count: StoredCount): Promise<void> {
    await this.eventStore.setStreamMetadata(stream, { count });
    // It may have gone on meanwhile. Until it is stored, the store would answer with an old one.
    if (this.unsaved.get(stream) === count) this.unsaved.delete(stream);
  }
}
