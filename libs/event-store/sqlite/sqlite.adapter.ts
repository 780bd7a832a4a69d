import { LedgerdeskError } from '@ledgerdesk/kernel';
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { checkAppendRequest, checkStreamName, DEFAULT_LIMITS } from '../append-request';
import { storeClosed, storeReadOnly } from '../event-store.errors';
import {
  LOG_START,
  type AppendRequest,
  type AppendResult,
  type EventStore,
  type EventStoreLimits,
  type EventStoreStatistics,
  type GlobalPosition,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type StreamMetadata,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.port';
import {
  checkReadAllOptions,
  checkReadStreamOptions,
  checkSubscribeOptions,
  PAGE_EVENTS_MAX,
} from '../log-reading';
import { subscribe } from '../log-subscription';
import { serialiseMetadata } from '../stream-metadata';
import { eventsFile } from './sqlite.connection';
import { LogWatch } from './sqlite.log-watch';
import { openReader, removeCopy } from './sqlite.private-copy';
import { SqliteReader } from './sqlite.reader';
import { DEFAULT_QUEUE_LIMITS, WriterThread, type WriteQueueLimits } from './sqlite.writer-thread';

/** Where the store lives, and bounds that differ from the defaults. */
export interface SqliteEventStoreOptions {
  /** Directory of the store; made when it is not there. */
  readonly dir: string;
  readonly limits?: Partial<EventStoreLimits>;
  readonly queueLimits?: Partial<WriteQueueLimits>;
}

/** Where another thread of this process has the store open, and its port for appends. */
export interface SharedSqliteEventStoreOptions {
  readonly dir: string;
  readonly appends: MessagePort;
}

/**
 * The log in one SQLite file. One writer thread commits whatever waits in one transaction with one
 * fsync; reads run on the calling thread, in pages. Idle, it keeps no process alive.
 */
export class SqliteEventStore implements EventStore {
  readonly positionsAreConsecutive = true;
  private readonly watch: LogWatch;
  private closing: Promise<void> | undefined;

  private constructor(
    dir: string,
    readonly limits: EventStoreLimits,
    private readonly reader: SqliteReader,
    private readonly writer: WriterThread | undefined,
    private readonly copyDir?: string,
  ) {
    this.watch = new LogWatch(dir);
  }

  /**
   * Opens for appending and reading. Errors: `unavailable.event-store-locked` while another store
   * has the directory open so, `incompatible.event-store`, `corrupt.event-store`,
   * `unavailable.disk-full`, `unavailable.event-store-io`.
   */
  static async open(options: SqliteEventStoreOptions): Promise<SqliteEventStore> {
    const { dir, limits, queueLimits } = options;
    const writer = await WriterThread.start(dir, { ...DEFAULT_QUEUE_LIMITS, ...queueLimits });
    try {
      const reader = SqliteReader.open(dir);
      return new SqliteEventStore(dir, { ...DEFAULT_LIMITS, ...limits }, reader, writer);
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /**
   * Opens for reading alone, beside an engine or without one; appends are refused with
   * `unavailable.read-only`. A folder that may not be written is read as {@link openReader} says.
   * Errors: `missing.event-store`, and those of {@link open} but the lock.
   */
  static async openForReading({ dir }: { readonly dir: string }): Promise<SqliteEventStore> {
    if (!existsSync(eventsFile(dir))) {
      throw new LedgerdeskError(
        'missing.event-store',
        `There is no event store in ${dir}: ${eventsFile(dir)} does not exist.`,
        { details: { dir } },
      );
    }
    const { reader, copyDir } = await openReader(dir);
    return new SqliteEventStore(dir, DEFAULT_LIMITS, reader, undefined, copyDir);
  }

  /**
   * Opens, in another thread of the process, the directory that a store of this one has open: reads
   * on connections of its own, appends through the {@link appendPort} of that store, and can do so
   * for as long as that store is open. Errors: those of {@link open} but the lock.
   */
  static openBeside({ dir, appends }: SharedSqliteEventStoreOptions): SqliteEventStore {
    const writer = WriterThread.over(appends, DEFAULT_QUEUE_LIMITS);
    return new SqliteEventStore(dir, DEFAULT_LIMITS, SqliteReader.open(dir), writer);
  }

  /** See {@link EventStore.appendPort}. */
  appendPort(): MessagePort {
    return this.writable().share();
  }

  /** One fsync, shared with all appends that wait at the same time. */
  async append(request: AppendRequest): Promise<AppendResult> {
    const writer = this.writable();
    return writer.append(request, checkAppendRequest(request, this.limits));
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    checkReadStreamOptions(options);
    const { direction = 'forwards', limit = Infinity } = options;
    const step = direction === 'forwards' ? 1n : -1n;
    let { from } = options;
    let left = limit;
    while (left > 0 && (from === undefined || from >= 0n)) {
      const eventsMax = Math.min(PAGE_EVENTS_MAX, left);
      const page = this.readable().readStreamPage(stream, from, direction, eventsMax);
      yield* page.events;
      const last = page.events.at(-1);
      if (page.isLast || last === undefined) return;
      from = last.revision + step;
      left -= page.events.length;
      await nextTurn();
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    checkReadAllOptions(options);
    const { direction = 'forwards', filter = {}, limit = Infinity } = options;
    const head = this.readable().head();
    let after = options.after ?? LOG_START;
    let until = options.until === undefined || options.until > head ? head : options.until;
    let left = limit;
    while (left > 0 && after < until) {
      const eventsMax = Math.min(PAGE_EVENTS_MAX, left);
      const page = this.readable().readLogPage({ after, until }, filter, direction, eventsMax);
      yield* page.events;
      if (direction === 'forwards') after = page.position;
      else until = page.position;
      left -= page.events.length;
      await nextTurn();
    }
  }

  async existingStreams(streams: readonly string[]): Promise<ReadonlySet<string>> {
    return this.readable().existingStreams(streams);
  }

  async *subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    checkSubscribeOptions(options);
    const reader = this.readable();
    this.watch.enter();
    try {
      yield* subscribe(
        {
          signal: this.watch.signal,
          head: () => reader.head(),
          readPage: (after, until, filter, eventsMax) =>
            reader.readLogPage({ after, until }, filter, 'forwards', eventsMax),
        },
        options,
      );
    } finally {
      this.watch.leave();
    }
  }

  async head(): Promise<GlobalPosition> {
    return this.readable().head();
  }

  async appendObstacle(): Promise<LedgerdeskError | undefined> {
    if (this.closing !== undefined) return storeClosed();
    return this.writer === undefined ? storeReadOnly() : this.writer.appendObstacle();
  }

  async streamMetadata(stream: string): Promise<StreamMetadata> {
    return this.readable().streamMetadata(stream);
  }

  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    const writer = this.writable();
    checkStreamName(stream);
    return writer.setMetadata(stream, serialiseMetadata(stream, metadata, this.limits));
  }

  /** From maintained counts; does not scan. */
  async statistics(): Promise<EventStoreStatistics> {
    return this.readable().statistics();
  }

  close(): Promise<void> {
    this.closing ??= this.free();
    return this.closing;
  }

  private async free(): Promise<void> {
    this.watch.close();
    // Before the writer, so that the writer is the last connection and takes the WAL file away.
    this.reader.close();
    await this.writer?.close();
    await removeCopy(this.copyDir);
  }

  private readable(): SqliteReader {
    if (this.closing !== undefined) throw storeClosed();
    return this.reader;
  }

  private writable(): WriterThread {
    if (this.closing !== undefined) throw storeClosed();
    if (this.writer === undefined) throw storeReadOnly();
    return this.writer;
  }
}
