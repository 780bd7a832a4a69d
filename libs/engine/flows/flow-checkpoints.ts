import { formatPosition, parsePosition, type EventStore } from '@ledgerdesk/event-store';
import { FLOW_CHECKPOINT_STREAM } from '@ledgerdesk/kernel';
import type { FlowCountStore } from './flow-count-store';

/**
 * How far each flow has read the log. Kept beside the log, so that a restored backup has both. It
 * may be behind what was decided, never ahead: events behind it are looked at again, and passed
 * over by each instance that has seen them.
 */
export class FlowCheckpoints {
  private readonly positions = new Map<string, bigint>();
  private storedAtMs = -Infinity;
  private isStored = true;

  constructor(
    private readonly eventStore: Pick<EventStore, 'head' | 'streamMetadata' | 'setStreamMetadata'>,
    private readonly everyMs: number,
    private readonly nowMs: () => number,
    private readonly counts: Pick<FlowCountStore, 'isFull' | 'store'>,
  ) {}

  /**
   * Reads what is stored. A flow that was never run begins at the head of the log: it does not act
   * on what happened before it was introduced.
   */
  async open(flows: Iterable<string>): Promise<void> {
    const stored = await this.eventStore.streamMetadata(FLOW_CHECKPOINT_STREAM);
    const head = await this.eventStore.head();
    for (const flow of flows) {
      const text = stored[flow];
      if (typeof text !== 'string') this.isStored = false;
      this.positions.set(flow, typeof text === 'string' ? parsePosition(text) : head);
    }
    await this.store();
  }

  of(flow: string): bigint {
    return this.positions.get(flow) ?? 0n;
  }

  /** The log is read from here: no flow has still to see what lies before. */
  first(): bigint {
    return [...this.positions.values()].reduce((least, next) => (next < least ? next : least));
  }

  /** All flows have seen all events up to here. Stored at most so often as was said. */
  async advance(position: bigint): Promise<void> {
    for (const [flow, known] of this.positions) {
      if (known >= position) continue;
      this.positions.set(flow, position);
      this.isStored = false;
    }
    const isDue = this.nowMs() - this.storedAtMs >= this.everyMs;
    if (isDue || this.counts.isFull) await this.store();
  }

  async store(): Promise<void> {
    if (this.isStored) return;
    this.isStored = true;
    this.storedAtMs = this.nowMs();
    try {
      await this.counts.store();
      // Flows that this engine does not run keep theirs.
      const others = await this.eventStore.streamMetadata(FLOW_CHECKPOINT_STREAM);
      const own = [...this.positions].map(([flow, at]) => [flow, formatPosition(at)] as const);
      await this.eventStore.setStreamMetadata(FLOW_CHECKPOINT_STREAM, {
        ...others,
        ...Object.fromEntries(own),
      });
    } catch (error) {
      this.isStored = false;
      throw error;
    }
  }
}
