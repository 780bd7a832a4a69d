import type { EventStore } from '@ledgerdesk/event-store';
import type { Projection } from '@ledgerdesk/kernel';
import type { GenerationStatus, ReadStore } from '@ledgerdesk/read-store';
import type { ProjectionHost, ProjectionStatus } from '../projection-host';
import { eventsBetween } from '../log-lag';
import { abortableDelay } from '../subscriptions/back-off';
import { PositionWaits } from './position-waits';
import { NEARLY_THERE } from './projection-runner';

/** While somebody waits, the checkpoints are looked at so often; a look serves all who wait. */
const LOOK_EVERY_MS = 25;

export interface StoredProjectionHostOptions {
  readonly eventStore: Pick<EventStore, 'head' | 'positionsPerEvent'>;
  readonly readStore: Pick<ReadStore, 'generations'>;
  /** Those that some process runs. */
  readonly projections: readonly Pick<Projection, 'name' | 'version'>[];
}

/**
 * Projections that other processes run, seen through the checkpoints in the read store: for a
 * process that takes commands or answers queries. Cost: nothing while nobody asks or waits.
 */
export class StoredProjectionHost implements ProjectionHost {
  private readonly waits = new PositionWaits();
  private readonly stopping = new AbortController();
  private readonly names: ReadonlySet<string>;
  private waiting = 0;
  private looking: Promise<void> | undefined;

  constructor(private readonly options: StoredProjectionHostOptions) {
    this.names = new Set(options.projections.map(({ name }) => name));
  }

  async waitFor(projection: string, position: bigint, timeoutMs: number): Promise<boolean> {
    if (!this.names.has(projection)) return false;
    this.waiting += 1;
    try {
      const reached = this.waits.until(projection, position, timeoutMs);
      if (!this.stopping.signal.aborted) this.looking ??= this.lookWhileAnyWaits();
      return await reached;
    } finally {
      this.waiting -= 1;
    }
  }

  async status(): Promise<readonly ProjectionStatus[]> {
    const [head, generations] = await Promise.all([
      this.options.eventStore.head(),
      this.options.readStore.generations(),
    ]);
    const isStopped = this.stopping.signal.aborted;
    return this.options.projections.map((projection) => {
      const own = generations.filter((one) => one.projection === projection.name);
      const status = this.statusOf(projection, own, head);
      return isStopped ? { ...status, state: 'stopped' } : status;
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.waits.close();
    await this.looking;
  }

  private async lookWhileAnyWaits(): Promise<void> {
    try {
      while (this.waiting > 0 && !this.stopping.signal.aborted) {
        await this.look();
        await abortableDelay(LOOK_EVERY_MS, this.stopping.signal);
      }
    } finally {
      this.looking = undefined;
    }
  }

  private async look(): Promise<void> {
    try {
      for (const { projection, checkpoint, live } of await this.options.readStore.generations()) {
        if (live) this.waits.advance(projection, checkpoint);
      }
    } catch {
      // Those who wait are told in time that it did not come about.
    }
  }

  private statusOf(
    { name, version }: Pick<Projection, 'name' | 'version'>,
    generations: readonly GenerationStatus[],
    head: bigint,
  ): ProjectionStatus {
    const live = generations.find((generation) => generation.live);
    const checkpoint = live?.checkpoint ?? 0n;
    const lagEvents = eventsBetween(this.options.eventStore, checkpoint, head);
    const isBehind = lagEvents > NEARLY_THERE;
    return {
      name,
      version: live?.version ?? version,
      generation: live?.generation ?? 0,
      checkpoint,
      head,
      lagEvents,
      state: live === undefined ? 'building' : isBehind ? 'catching-up' : 'live',
      parked: 0,
      restarts: 0,
    };
  }
}
