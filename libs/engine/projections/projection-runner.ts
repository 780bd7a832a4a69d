import { hasErrorKind, messageOf, type ErrorKind, type Projection } from '@ledgerdesk/kernel';
import type { EventStore } from '@ledgerdesk/event-store';
import type { GenerationStatus, GenerationStore, ReadStore } from '@ledgerdesk/read-store';
import { eventsBetween } from '../log-lag';
import type { Clock } from '../clock';
import type { ProjectionState, ProjectionStatus } from '../projection-host';
import type { LogBatch } from './log-batch';
import { liveGeneration, openGeneration, promoteBuild } from './projection-generations';
import { ProjectionWriter } from './projection-writer';

/** Events of one batch at the most. */
export const BATCH_EVENTS_MAX = 2_000;

/**
 * A build is promoted when so few events are missing: under load it would never be level with the
 * log, and the next batch brings it there.
 */
export const NEARLY_THERE = BigInt(BATCH_EVENTS_MAX);

/** A restart cures none of these: only another build, a rebuild or a repair does. */
const INCURABLE: readonly ErrorKind[] = ['incompatible', 'corrupt', 'defect', 'invalid', 'limit'];

/** Whether a projection has to stop for good. */
export function isIncurable(error: unknown): boolean {
  return INCURABLE.some((kind) => hasErrorKind(error, kind));
}

interface OpenWriter {
  readonly writer: ProjectionWriter;
  readonly store: GenerationStore;
  isBuild: boolean;
  isIndexed: boolean;
}

/** What the runners of a host share. */
export interface RunnerParts {
  readonly eventStore: Pick<EventStore, 'positionsPerEvent'>;
  readonly readStore: ReadStore;
  readonly clock: Clock;
}

/** One projection on its way along the log: which generation it fills, and how it stands. */
export class ProjectionRunner {
  restarts = 0;
  lastError: string | undefined;
  private current: OpenWriter | undefined;
  private servingGeneration = 0;
  private standing: ProjectionState = 'catching-up';

  constructor(
    readonly projection: Projection,
    private readonly parts: RunnerParts,
    /** Token of the lease under which it is run; absent where nobody else runs it. */
    private readonly fence?: number,
  ) {}

  get name(): string {
    return this.projection.name;
  }

  get state(): ProjectionState {
    return this.standing;
  }

  get checkpoint(): bigint {
    return this.current?.writer.checkpoint ?? 0n;
  }

  /** Whether what is written can be read: false while a build is beside the live generation. */
  get isServing(): boolean {
    return this.current !== undefined && !this.current.isBuild;
  }

  /** Continues an open build; otherwise looks which generation is live now. */
  async open(eventStore: EventStore): Promise<void> {
    if (this.current?.isBuild === true && (await this.isIntact(this.current))) return;
    this.current = undefined;
    this.servingGeneration =
      (await liveGeneration(this.parts.readStore, this.name))?.generation ?? 0;
    const { projection, fence } = this;
    const { readStore, clock } = this.parts;
    const { store, checkpoint, parked, isBuild } = await openGeneration(
      { readStore, eventStore },
      projection,
    );
    if (fence !== undefined) {
      // Whoever led before writes no more from here on.
      await store.write({ changes: new Map(), after: checkpoint, checkpoint, fence });
    }
    const writer = new ProjectionWriter({
      projection,
      generation: store,
      checkpoint,
      parked,
      clock,
      ...(fence !== undefined && { fence }),
    });
    this.current = { writer, store, isBuild, isIndexed: !isBuild };
    if (!isBuild) this.servingGeneration = store.info.generation;
    this.standing = isBuild ? 'building' : 'catching-up';
  }

  async write(batch: LogBatch): Promise<void> {
    await this.current?.writer.write(batch);
  }

  /** Takes note of where the log ends: finishes a build that is nearly there, or becomes live. */
  async approach(head: bigint, newHead: () => Promise<bigint>): Promise<void> {
    const { current } = this;
    if (current === undefined || this.lag(head) > NEARLY_THERE) return;
    if (!current.isBuild) {
      this.standing = 'live';
      return;
    }
    if (!current.isIndexed) {
      await current.store.buildIndexes();
      current.isIndexed = true;
      // The log has gone on meanwhile.
      await this.approach(await newHead(), newHead);
      return;
    }
    await promoteBuild(this.parts.readStore, current.store);
    current.isBuild = false;
    this.servingGeneration = current.store.info.generation;
    this.standing = 'live';
  }

  /** Whether another process has promoted a generation that is not the one filled here. */
  isOvertaken(generations: readonly GenerationStatus[]): boolean {
    if (this.current === undefined || this.current.isBuild) return false;
    const live = generations.find((one) => one.live && one.projection === this.name);
    return live?.generation !== this.current.store.info.generation;
  }

  fail(error: unknown): void {
    this.standing = 'failed';
    this.noteError(error);
  }

  noteError(error: unknown): void {
    if (error === undefined) return;
    this.lastError = messageOf(error);
  }

  stop(): void {
    if (this.standing !== 'failed') this.standing = 'stopped';
  }

  status(head: bigint): ProjectionStatus {
    const { checkpoint, lastError, standing } = this;
    const lagEvents = this.lag(head);
    const isBehind = standing === 'live' && lagEvents > NEARLY_THERE;
    return {
      name: this.name,
      version: this.projection.version,
      generation: this.servingGeneration,
      checkpoint,
      head,
      lagEvents,
      state: isBehind ? 'catching-up' : standing,
      parked: this.current?.writer.parked ?? 0,
      restarts: this.restarts,
      ...(lastError !== undefined && { lastError }),
    };
  }

  private lag(head: bigint): bigint {
    return eventsBetween(this.parts.eventStore, this.checkpoint, head);
  }

  /** A build goes on only while what is stored is what this runner believes. */
  private async isIntact({ store, writer }: OpenWriter): Promise<boolean> {
    const generations = await this.parts.readStore.generations(this.name);
    const stored = generations.find(({ generation }) => generation === store.info.generation);
    return stored?.checkpoint === writer.checkpoint;
  }
}
