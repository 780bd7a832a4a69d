import { formatPosition, parsePosition, type EventStore } from '@ledgerdesk/event-store';
import { FLOW_CHECKPOINT_STREAM, flowCheckpointStream, LedgerdeskError } from '@ledgerdesk/kernel';
import type { FlowCountStore } from './flow-count-store';

type CheckpointLog = Pick<EventStore, 'head' | 'streamMetadata' | 'setStreamMetadata'>;

/** How often checkpoints are stored, and for whom. */
export interface FlowCheckpointOptions {
  readonly everyMs: number;
  readonly nowMs: () => number;
  /** Stored before each checkpoint: what is counted is never behind it. */
  readonly counts: Pick<FlowCountStore, 'isFull' | 'store'>;
  /**
   * Token of the lease under which the flows are led: each is then stored by itself, and what a
   * later leader has stored is never written over. Absent: nobody else runs these flows.
   */
  readonly fence?: number;
}

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
    private readonly eventStore: CheckpointLog,
    private readonly options: FlowCheckpointOptions,
  ) {}

  /**
   * Reads what is stored. A flow that was never run begins at the head of the log: it does not act
   * on what happened before it was introduced.
   *
   * @throws LedgerdeskError `conflict.fenced` where a later leader has been here.
   */
  async open(flows: Iterable<string>): Promise<void> {
    const names = [...flows];
    const stored = await storedFlowCheckpoints(this.eventStore, names);
    const head = await this.eventStore.head();
    for (const flow of names) {
      const position = stored.get(flow);
      if (position === undefined || this.options.fence !== undefined) this.isStored = false;
      this.positions.set(flow, position ?? head);
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
    const { nowMs, everyMs, counts } = this.options;
    const isDue = nowMs() - this.storedAtMs >= everyMs;
    if (isDue || counts.isFull) await this.store();
  }

  /** @throws LedgerdeskError `conflict.fenced` where another process leads a flow by now. */
  async store(): Promise<void> {
    if (this.isStored) return;
    this.isStored = true;
    this.storedAtMs = this.options.nowMs();
    try {
      const { fence, counts } = this.options;
      if (fence !== undefined) await this.assertLeads(fence);
      await counts.store();
      await (fence === undefined ? this.storeTogether() : this.storeEach(fence));
    } catch (error) {
      this.isStored = false;
      throw error;
    }
  }

  private async storeTogether(): Promise<void> {
    // Flows that this engine does not run keep theirs.
    const others = await this.eventStore.streamMetadata(FLOW_CHECKPOINT_STREAM);
    const own = [...this.positions].map(([flow, at]) => [flow, formatPosition(at)] as const);
    await this.eventStore.setStreamMetadata(FLOW_CHECKPOINT_STREAM, {
      ...others,
      ...Object.fromEntries(own),
    });
  }

  private async assertLeads(fence: number): Promise<void> {
    for (const flow of this.positions.keys()) {
      const seen = (await this.eventStore.streamMetadata(flowCheckpointStream(flow)))['fence'];
      if (typeof seen === 'number' && seen > fence) throw fenced(flow, fence, seen);
    }
  }

  // Between the look and the write a later leader may store its own. The older position that then
  // stands there costs it some events to look at again if it is restarted, and no effect twice.
  private async storeEach(fence: number): Promise<void> {
    for (const [flow, at] of this.positions) {
      const position = formatPosition(at);
      await this.eventStore.setStreamMetadata(flowCheckpointStream(flow), { position, fence });
    }
  }
}

/** By flow, how far it has read; a flow that was never run is absent. Cost: a read for each. */
export async function storedFlowCheckpoints(
  eventStore: Pick<EventStore, 'streamMetadata'>,
  flows: Iterable<string>,
): Promise<ReadonlyMap<string, bigint>> {
  const together = await eventStore.streamMetadata(FLOW_CHECKPOINT_STREAM);
  const found = await Promise.all(
    [...flows].map(async (flow) => {
      const own = (await eventStore.streamMetadata(flowCheckpointStream(flow)))['position'];
      const positions = [own, together[flow]].filter((text) => typeof text === 'string');
      return [flow, positions.map(parsePosition)] as const;
    }),
  );
  const checkpoints = new Map<string, bigint>();
  for (const [flow, positions] of found) {
    const [one, other = one] = positions;
    if (one !== undefined && other !== undefined) checkpoints.set(flow, one > other ? one : other);
  }
  return checkpoints;
}

function fenced(flow: string, token: number, seen: number): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.fenced',
    `the flow ${flow} is led under token ${seen}, its checkpoint came under ${token}: the lease ` +
      'has passed on. Nothing was stored; stop running it.',
    { details: { flow, token, seen } },
  );
}
