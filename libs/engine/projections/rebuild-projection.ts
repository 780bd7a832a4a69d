import type { EventRegistry, Projection } from '@ledgerdesk/kernel';
import { LOG_START, type EventStore, type SubscriptionMessage } from '@ledgerdesk/event-store';
import type { GenerationStore, ReadStore } from '@ledgerdesk/read-store';
import { systemClock, type Clock } from '../clock';
import { LogEntry } from './log-batch';
import { recogniseLog } from './log-recognition';
import { beginBuild, liveGeneration, promoteBuild } from './projection-generations';
import { BATCH_EVENTS_MAX } from './projection-runner';
import { ProjectionWriter } from './projection-writer';

export interface RebuildProgress {
  /** Events folded so far. */
  readonly events: number;
  /** Global positions: how far the build is, and where the log ends. */
  readonly position: bigint;
  readonly head: bigint;
  readonly eventsPerSecond: number;
}

export interface RebuildReport {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
  readonly events: number;
  readonly parked: number;
  readonly durationMs: number;
  readonly eventsPerSecond: number;
  /** False where the signal aborted the rebuild: the documents that served before still do. */
  readonly isPromoted: boolean;
}

export interface RebuildOptions {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly registry: EventRegistry;
  readonly projection: Projection;
  /** After each batch of at most 2,000 events. */
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Folds a projection anew from the first event, beside the generation that serves, and then puts it
 * in its place: readers never see a half-filled one. Memory is bounded by a batch and a cache of
 * documents. May run beside an engine, whose own runner moves over to the new generation.
 *
 * Errors: those of the stores; `incompatible.*` for an event of a newer build; `missing.generation`
 * where another rebuild of the same projection was begun meanwhile. The live generation then
 * serves on. `corrupt.checkpoint-ahead` and `corrupt.other-log` where it is of another log: what
 * shows that is not written over.
 */
export async function rebuildProjection(options: RebuildOptions): Promise<RebuildReport> {
  const { eventStore, readStore, projection } = options;
  const live = await liveGeneration(readStore, projection.name);
  const recognition = live && (await recogniseLog(eventStore, projection, live));
  if (recognition?.kind === 'other') throw recognition.reason;
  const { store } = await beginBuild(readStore, projection);
  try {
    const report = await new Rebuild(options, store).run();
    if (!report.isPromoted) await readStore.drop(projection.name, store.info.generation);
    return report;
  } catch (error) {
    await dropQuietly(readStore, store);
    throw error;
  }
}

class Rebuild {
  private readonly writer: ProjectionWriter;
  private readonly startMs: number;
  private readonly clock: Clock;
  private events = 0;
  /** Where the log ended when the indexes were done: the build is complete from here on. */
  private goal: bigint | undefined;

  constructor(
    private readonly options: RebuildOptions,
    private readonly store: GenerationStore,
  ) {
    const { projection, clock = systemClock } = options;
    this.clock = clock;
    this.startMs = clock.now().getTime();
    this.writer = new ProjectionWriter({
      projection,
      generation: store,
      checkpoint: LOG_START,
      parked: 0,
      clock,
    });
  }

  async run(): Promise<RebuildReport> {
    const { eventStore, projection, signal } = this.options;
    const messages = eventStore.subscribeToAll({
      after: LOG_START,
      filter: { streamPrefixes: projection.streamPrefixes },
      batchEventsMax: BATCH_EVENTS_MAX,
      ...(signal && { signal }),
    });
    for await (const message of messages) {
      if (signal?.aborted === true) break;
      await this.take(message);
      if (!(await this.isComplete())) continue;
      await promoteBuild(this.options.readStore, this.store);
      return this.report(true);
    }
    return this.report(false);
  }

  private async take(message: SubscriptionMessage): Promise<void> {
    const { registry } = this.options;
    if (message.kind === 'caught-up') {
      await this.writer.write({ entries: [], position: message.position });
      return;
    }
    const entries = message.events.map((event) => new LogEntry(event, registry));
    await this.writer.write({ entries, position: entries.at(-1)?.stored.position ?? LOG_START });
    this.events += entries.length;
  }

  private async isComplete(): Promise<boolean> {
    const { eventStore, onProgress } = this.options;
    const position = this.writer.checkpoint;
    const head = await eventStore.head();
    onProgress?.({ events: this.events, position, head, eventsPerSecond: this.rate() });
    if (this.goal === undefined && position >= head) {
      await this.store.buildIndexes();
      this.goal = await eventStore.head();
    }
    return this.goal !== undefined && position >= this.goal;
  }

  private report(isPromoted: boolean): RebuildReport {
    const { projection, version, generation } = this.store.info;
    return {
      projection,
      version,
      generation,
      events: this.events,
      parked: this.writer.parked,
      durationMs: this.elapsedMs(),
      eventsPerSecond: this.rate(),
      isPromoted,
    };
  }

  private rate(): number {
    return Math.round((this.events * 1_000) / Math.max(1, this.elapsedMs()));
  }

  private elapsedMs(): number {
    return this.clock.now().getTime() - this.startMs;
  }
}

/** The error that ended the rebuild is the one to tell; the next build drops what is left. */
async function dropQuietly(readStore: ReadStore, { info }: GenerationStore): Promise<void> {
  await readStore.drop(info.projection, info.generation).catch(() => undefined);
}
