import { LedgerdeskError } from '@ledgerdesk/kernel';
import { checkAppendRequest, checkStreamName } from '../append-request';
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
  type StreamRetention,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.port';
import {
  checkReadAllOptions,
  checkReadStreamOptions,
  checkSubscribeOptions,
  PAGE_EVENTS_MAX,
} from '../log-reading';
import { serialiseMetadata } from '../stream-metadata';
import { Appender } from './eventstoredb.appender';
import { LogCensus } from './eventstoredb.census';
import { Connection } from './eventstoredb.connection';
import { failureOf, isCurable, unreachable } from './eventstoredb.errors';
import { fromWire, metadataToWire } from './eventstoredb.events';
import { LogTail } from './eventstoredb.log-tail';
import { LogWalk } from './eventstoredb.log-walk';
import { parseLocation, type EventStoreDbSettings } from './eventstoredb.options';
import { LogReader } from './eventstoredb.reader';
import { forgettingKeys, RetentionWatch } from './eventstoredb.retention';
import { StreamIds } from './eventstoredb.stream-ids';
import { LogFollower } from './eventstoredb.subscription';
import { waitMs } from './eventstoredb.timing';

/** How many events one append may have; fixed, so that the other limits can be told beforehand. */
const BATCH_EVENTS_MAX = 500;

/** Part of the server's limit that bodies may fill; the rest is for types, ids and hashes. */
const BODY_SHARE = 7 / 8;

export interface OpenOptions {
  /** `esdb://…`, `esdb+discover://…` or the same with `kurrentdb`. */
  readonly url: string;
  /** Refuses appends. */
  readonly isReadOnly?: boolean;
}

/** Counters for metrics and tests. */
export interface EventStoreDbHealth {
  readonly clientsReplaced: number;
  readonly subscriptionsRestarted: number;
}

/** The log of an EventStoreDB or KurrentDB cluster, from server 23.10. */
export class EventStoreDbEventStore implements EventStore {
  /** Positions are bytes of the log: a sealed event and its record have about so many. */
  readonly positionsPerEvent = 1_000n;
  readonly limits: EventStoreLimits;
  private readonly reader: LogReader;
  private readonly walk: LogWalk;
  private readonly tail: LogTail;
  /** By what they follow. */
  private readonly sparseTails = new Map<string, LogTail>();
  private readonly retention: RetentionWatch;
  private readonly ids: StreamIds;
  private readonly appender: Appender;
  private readonly census: LogCensus;
  /** Appends under way. */
  private appending = 0;
  private whenIdle: (() => void) | undefined;
  private closing: Promise<void> | undefined;
  private lastFailure: LedgerdeskError | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly settings: EventStoreDbSettings,
    private readonly isReadOnly: boolean,
  ) {
    const bodyBytesMax = Math.floor(settings.appendBytesMax * BODY_SHARE);
    this.limits = {
      eventBytesMax: bodyBytesMax,
      batchEventsMax: BATCH_EVENTS_MAX,
      batchBytesMax: bodyBytesMax,
    };
    this.reader = new LogReader(connection, settings);
    this.walk = new LogWalk(connection, this.reader, settings);
    this.tail = new LogTail(connection, this.reader, this.walk, settings);
    this.retention = new RetentionWatch(connection, settings);
    this.ids = new StreamIds(this.reader);
    this.appender = new Appender(connection, this.reader, this.ids, settings);
    this.census = new LogCensus(this.walk);
  }

  /**
   * Connects, and looks at the retention of all streams.
   *
   * @throws LedgerdeskError `invalid.event-store-url`, `unavailable.event-store-unreachable`,
   * `denied.event-store`
   */
  static async open({ url, isReadOnly = false }: OpenOptions): Promise<EventStoreDbEventStore> {
    const location = parseLocation(url);
    const connection = new Connection(location);
    const store = new EventStoreDbEventStore(connection, location.settings, isReadOnly);
    try {
      await store.head();
      await store.retention.ready();
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.assertOpen();
    if (this.isReadOnly) throw storeReadOnly();
    checkAppendRequest(request, this.limits);
    this.retention.assertKeeps(request.stream);
    this.appending += 1;
    try {
      const result = await this.appender.append(request);
      this.lastFailure = undefined;
      return result;
    } catch (error) {
      this.noteFailure(error);
      throw error;
    } finally {
      this.appending -= 1;
      if (this.appending === 0) this.whenIdle?.();
    }
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    this.assertOpen();
    checkReadStreamOptions(options);
    this.retention.assertKeeps(stream);
    const { direction = 'forwards', limit = Infinity } = options;
    let { from } = options;
    for (let left = limit; left > 0;) {
      const eventsMax = Math.min(left, PAGE_EVENTS_MAX);
      const page = await this.reader.streamPage(stream, direction, from, eventsMax);
      const events = page.events.map(fromWire);
      if (direction === 'forwards') this.ids.note(stream, events);
      for (const event of events) {
        yield event;
        this.assertOpen();
      }
      const last = events.at(-1);
      if (page.isLast || last === undefined) return;
      if (direction === 'backwards' && last.revision === 0n) return;
      from = last.revision + (direction === 'forwards' ? 1n : -1n);
      left -= events.length;
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    this.assertOpen();
    checkReadAllOptions(options);
    const { after = LOG_START, direction = 'forwards', filter = {}, limit = Infinity } = options;
    const head = await this.head();
    const until = options.until === undefined || options.until > head ? head : options.until;
    const eventsMax = Math.min(limit, PAGE_EVENTS_MAX);
    const range = { after, until, filter, eventsMax };
    let left = limit;
    for await (const event of direction === 'forwards'
      ? flatten(this.walk.forwards(range))
      : this.walk.backwards(range)) {
      yield event;
      this.assertOpen();
      left -= 1;
      if (left <= 0) return;
    }
  }

  async *subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    this.assertOpen();
    checkSubscribeOptions(options);
    yield* new LogFollower(this.tailFor(options), this.walk, options).messages();
  }

  async head(): Promise<GlobalPosition> {
    this.assertOpen();
    return this.reader.head();
  }

  /** Asks the server again only after an append that could not reach it. */
  async appendObstacle(): Promise<LedgerdeskError | undefined> {
    if (this.lastFailure === undefined || this.connection.isClosed) return this.lastFailure;
    try {
      await this.reader.head();
      this.lastFailure = undefined;
      return undefined;
    } catch (error) {
      return unreachable('looking whether it answers', error);
    }
  }

  async streamMetadata(stream: string): Promise<StreamMetadata> {
    this.assertOpen();
    const metadata = await this.storedMetadata(stream);
    return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith('$')));
  }

  /** Replaces the keys of the port; those that are the server's own (`$acl`) stay. */
  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    this.assertOpen();
    if (this.isReadOnly) throw storeReadOnly();
    checkStreamName(stream);
    serialiseMetadata(stream, metadata, this.limits);
    const stored = await this.storedMetadata(stream);
    const servers = Object.entries(stored).filter(([key]) => key.startsWith('$'));
    const data = { ...metadata, ...Object.fromEntries(servers) };
    const reserved = Object.keys(metadata).find((key) => key.startsWith('$'));
    if (reserved !== undefined) throw reservedKey(stream, reserved, forgettingKeys(metadata));
    await this.writeMetadata(stream, data);
  }

  /** Counts what has come since the last time; the first time the whole log. */
  async statistics(): Promise<EventStoreStatistics> {
    this.assertOpen();
    return this.census.until(await this.head());
  }

  async forgetfulStreams(): Promise<readonly StreamRetention[]> {
    this.assertOpen();
    await this.retention.ready();
    return this.retention.forgetfulStreams();
  }

  /** For metrics: how often something had to be begun anew. */
  health(): EventStoreDbHealth {
    return {
      clientsReplaced: this.connection.replacements,
      subscriptionsRestarted: this.tails().reduce((sum, { restarts }) => sum + restarts, 0),
    };
  }

  async close(): Promise<void> {
    this.closing ??= this.closeOnce();
    await this.closing;
  }

  private async closeOnce(): Promise<void> {
    if (this.appending > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
    const tails = this.tails().map((tail) => tail.close());
    const retention = this.retention.close();
    await this.connection.close();
    await Promise.all([...tails, retention]);
  }

  private tails(): readonly LogTail[] {
    return [this.tail, ...this.sparseTails.values()];
  }

  /** Where the process follows the whole log anyway, no second subscription is needed. */
  private tailFor({ isSparse = false, filter }: SubscribeOptions): LogTail {
    if (!isSparse || filter === undefined || this.tail.isOpen) return this.tail;
    const key = JSON.stringify(filter);
    let tail = this.sparseTails.get(key);
    if (tail === undefined) {
      tail = new LogTail(this.connection, this.reader, this.walk, this.settings, filter);
      this.sparseTails.set(key, tail);
    }
    return tail;
  }

  private async storedMetadata(stream: string): Promise<Readonly<Record<string, unknown>>> {
    const page = await this.reader.streamPage(`$$${stream}`, 'backwards', undefined, 1);
    const data: unknown = page.events[0]?.data;
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  }

  /** May be sent twice: the last one counts. */
  private async writeMetadata(stream: string, data: Readonly<Record<string, unknown>>) {
    const event = metadataToWire(data);
    for (let tries = 1; ; tries += 1) {
      try {
        await this.connection.append(`$$${stream}`, [event], 'any');
        return;
      } catch (error) {
        if (this.connection.isClosed) throw storeClosed(error);
        if (!isCurable(failureOf(error)) || tries >= this.settings.appendTriesMax) {
          throw unreachable(`setting the metadata of ${stream}`, error);
        }
        await this.connection.pause(waitMs(tries, this.settings.retryDelayMs));
      }
    }
  }

  private noteFailure(error: unknown): void {
    if (error instanceof Error && 'kind' in error && error.kind === 'unavailable') {
      this.lastFailure = error as LedgerdeskError;
    }
  }

  private assertOpen(): void {
    if (this.closing !== undefined || this.connection.isClosed) throw storeClosed();
  }
}

async function* flatten(
  stretches: AsyncIterable<{ readonly events: readonly StoredEvent[] }>,
): AsyncGenerator<StoredEvent, void, undefined> {
  for await (const { events } of stretches) yield* events;
}

function reservedKey(stream: string, key: string, forgetting: string): LedgerdeskError {
  const why = forgetting === '' ? 'it is reserved for the server' : 'events would vanish';
  return new LedgerdeskError(
    'invalid.stream-metadata',
    `The metadata of stream "${stream}" has the key "${key}": ${why}. Use one without a dollar sign.`,
    { details: { stream, key } },
  );
}
