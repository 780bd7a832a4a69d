import { sha256 } from '@ledgerdesk/engine';
import { LOG_START, type EventStore, type StoredEvent } from '@ledgerdesk/event-store';
import { GENESIS_HASH } from '@ledgerdesk/kernel';
import { appendRun } from './append-run';
import { alteredEvent, nameOf, otherHistory } from './history-copy.errors';
import { copyFlowCheckpoints, flowCheckpointsOf } from './flow-checkpoints';
import { runsOf } from './stream-runs';

/** How far a copy is: each event counts twice, for being written and for being read back. */
export interface HistoryCopyProgress {
  readonly done: number;
  readonly total: number;
}

export interface HistoryCopyOptions {
  /** May be in use: what is appended to it meanwhile is left for the next run. */
  readonly from: EventStore;
  /** Empty, or holding the beginning of the same history. Nobody else may append to it. */
  readonly to: EventStore;
  /** Whose checkpoints go along, so that none passes over an event or acts on one again. */
  readonly flows?: readonly string[];
  readonly onProgress?: (progress: HistoryCopyProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a copy did. The same history always has the same digest, in whichever store. */
export interface HistoryCopyReport {
  readonly events: number;
  /** Written by this run. */
  readonly eventsCopied: number;
  /** There already, from a run before. */
  readonly eventsThere: number;
  /** Over all hashes in log order, as in the anchor of `ledgerdesk verify`. */
  readonly digest: string;
  readonly fromPosition: bigint;
  /** Differs from `fromPosition` where the stores count differently. */
  readonly toPosition: bigint;
  readonly durationMs: number;
}

const PROGRESS_EVENTS = 1000;

/**
 * Moves a whole history from one event store to another, in log order. Ids, bodies, hashes and
 * revisions stay byte for byte; global positions are the new store's own. Each event's hash is
 * recomputed before it is written, and everything is read back and compared.
 *
 * Resumable and idempotent: what a run before has written is compared, not written again, because
 * the log of `to` is always a beginning of that of `from`. Memory does not grow with the history.
 *
 * @throws LedgerdeskError `conflict.copy-target` where `to` holds something else,
 * `corrupt.copied-event` for an event that does not have its hash; `limit.*` where `to` takes less,
 * and `unavailable.*` of both stores.
 */
export async function copyHistory(options: HistoryCopyOptions): Promise<HistoryCopyReport> {
  const startedAt = performance.now();
  const { from, to, flows = [], onProgress, signal } = options;
  // Before the events: a flow that is said to have seen an event must find it in the copy.
  const checkpoints = await flowCheckpointsOf(from, flows);
  const head = await from.head();
  const total = onProgress === undefined ? 0 : 2 * (await from.statistics()).events;
  const walk = new CopyWalk(to, (done) => onProgress?.({ done, total: Math.max(total, done) }));
  const source = guarded(from.readAll({ until: head }), signal);
  try {
    await walk.compareBeginning(source);
    await walk.append(source, signal);
  } finally {
    await source.return();
  }
  await walk.readBack(signal);
  await copyFlowCheckpoints(checkpoints, { from, to });
  return {
    ...walk.report(),
    fromPosition: head,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

type Source = AsyncGenerator<StoredEvent, void, undefined>;

/** Gives what is there, but never an event that was altered. */
async function* guarded(events: AsyncIterable<StoredEvent>, signal?: AbortSignal): Source {
  for await (const event of events) {
    signal?.throwIfAborted();
    if (sha256(event.body) !== event.hash) throw alteredEvent(event, 'the source');
    yield event;
  }
}

class CopyWalk {
  private done = 0;
  private eventsThere = 0;
  private eventsCopied = 0;
  private position = LOG_START;
  /** Of the source as far as it has been read. */
  private print = EMPTY_PRINT;
  /** Of what the target held before this run. */
  private printThere = EMPTY_PRINT;

  constructor(
    private readonly to: EventStore,
    private readonly onProgress: (done: number) => void,
  ) {}

  /** What the target holds must be what the source begins with. */
  async compareBeginning(source: Source): Promise<void> {
    for await (const there of this.to.readAll()) {
      const { value: event } = await source.next();
      if (event === undefined) throw otherHistory(there, 'the source ends before it');
      if (!isSame(event, there)) throw otherHistory(there, `the source has ${nameOf(event)} there`);
      this.print = extended(this.print, event);
      this.position = there.position;
      this.eventsThere += 1;
      this.advance(2);
    }
    this.printThere = this.print;
  }

  /** One append after the other: a log that is cut off anywhere is a beginning of the source. */
  async append(source: Source, signal?: AbortSignal): Promise<void> {
    for await (const run of runsOf(source, this.to.limits)) {
      await appendRun(this.to, run, signal);
      for (const event of run) this.print = extended(this.print, event);
      this.eventsCopied += run.length;
      this.advance(run.length);
    }
  }

  /** Reads what this run has written; what was there before it has been compared already. */
  async readBack(signal?: AbortSignal): Promise<void> {
    let print = this.printThere;
    for await (const event of this.to.readAll({ after: this.position })) {
      signal?.throwIfAborted();
      if (sha256(event.body) !== event.hash) throw alteredEvent(event, 'the copy');
      print = extended(print, event);
      this.position = event.position;
      this.advance(1);
    }
    if (print.columns !== this.print.columns) {
      throw otherHistory(undefined, 'what was read back is not what was written');
    }
    this.onProgress(this.done);
  }

  report(): Omit<HistoryCopyReport, 'fromPosition' | 'durationMs'> {
    const { eventsCopied, eventsThere, position, print } = this;
    return {
      events: eventsThere + eventsCopied,
      eventsCopied,
      eventsThere,
      digest: print.digest,
      toPosition: position,
    };
  }

  private advance(steps: number): void {
    const before = this.done;
    this.done += steps;
    const isDue = Math.floor(before / PROGRESS_EVENTS) !== Math.floor(this.done / PROGRESS_EVENTS);
    if (isDue) this.onProgress(this.done);
  }
}

/** A part of a log in two hashes: over the hashes alone, and over all that a store keeps. */
interface LogPrint {
  readonly digest: string;
  readonly columns: string;
}

const EMPTY_PRINT: LogPrint = { digest: GENESIS_HASH, columns: GENESIS_HASH };

function extended({ digest, columns }: LogPrint, event: StoredEvent): LogPrint {
  const { stream, revision, id, type, hash } = event;
  return {
    digest: sha256(digest + hash),
    columns: sha256([columns, stream, revision, id, type, hash].join('\n')),
  };
}

function isSame(event: StoredEvent, there: StoredEvent): boolean {
  return (
    event.id === there.id &&
    event.stream === there.stream &&
    event.revision === there.revision &&
    event.type === there.type &&
    event.hash === there.hash &&
    event.body === there.body
  );
}
