import { checkAppendRequest, checkStreamName, DEFAULT_LIMITS } from '../append-request';
import { revisionConflict, storeClosed } from '../event-store.errors';
import {
  LOG_START,
  type AppendRequest,
  type AppendResult,
  type EventFilter,
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
  matchesFilter,
  type LogPage,
} from '../log-reading';
import { LogSignal } from '../log-signal';
import { subscribe } from '../log-subscription';
import { serialiseMetadata } from '../stream-metadata';
import { categoryOf } from '../stream-name';

/**
 * The whole log in this process's memory: the reference model for the other adapters, and a store
 * for tests and demonstrations. Nothing survives the process.
 */
export class MemoryEventStore implements EventStore {
  readonly positionsAreConsecutive = true;
  private readonly log: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly metadata = new Map<string, string>();
  private readonly signal = new LogSignal();

  constructor(readonly limits: EventStoreLimits = DEFAULT_LIMITS) {}

  async append(request: AppendRequest): Promise<AppendResult> {
    this.assertOpen();
    checkAppendRequest(request, this.limits);
    const { stream } = request;
    const stored = this.streams.get(stream) ?? [];
    const repeated = findRepeated(stored, request);
    if (repeated !== undefined) return outcomeOf(repeated, true);
    assertAppendable(stored, request);
    for (const { id, type, body, hash } of request.events) {
      const revision = BigInt(stored.length);
      const position = BigInt(this.log.length + 1);
      const event = { stream, revision, position, id, type, body, hash };
      stored.push(event);
      this.log.push(event);
    }
    this.streams.set(stream, stored);
    this.signal.wake();
    return outcomeOf(stored, false);
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    checkReadStreamOptions(options);
    const { direction = 'forwards', from, limit = Infinity } = options;
    const stored = [...(this.streams.get(stream) ?? [])];
    if (direction === 'backwards') stored.reverse();
    const asked = stored.filter(
      ({ revision }) =>
        from === undefined || (direction === 'forwards' ? revision >= from : revision <= from),
    );
    yield* this.whileOpen(asked.slice(0, limit));
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    checkReadAllOptions(options);
    const { after = LOG_START, until, direction = 'forwards', filter = {}, limit } = options;
    const asked = this.log.filter(
      (event) =>
        event.position > after &&
        (until === undefined || event.position <= until) &&
        matchesFilter(filter, event),
    );
    if (direction === 'backwards') asked.reverse();
    yield* this.whileOpen(asked.slice(0, limit));
  }

  async existingStreams(streams: readonly string[]): Promise<ReadonlySet<string>> {
    this.assertOpen();
    return new Set(streams.filter((stream) => this.streams.has(stream)));
  }

  async *subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    this.assertOpen();
    checkSubscribeOptions(options);
    yield* subscribe(
      {
        signal: this.signal,
        head: () => this.headPosition(),
        readPage: (after, until, filter, eventsMax) =>
          this.readPage(after, until, filter, eventsMax),
      },
      options,
    );
  }

  async head(): Promise<GlobalPosition> {
    this.assertOpen();
    return this.headPosition();
  }

  async streamMetadata(stream: string): Promise<StreamMetadata> {
    this.assertOpen();
    return JSON.parse(this.metadata.get(stream) ?? '{}') as StreamMetadata;
  }

  async setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    this.assertOpen();
    checkStreamName(stream);
    this.metadata.set(stream, serialiseMetadata(stream, metadata, this.limits));
  }

  async statistics(): Promise<EventStoreStatistics> {
    this.assertOpen();
    const streamsByCategory: Record<string, number> = {};
    for (const stream of this.streams.keys()) {
      const category = categoryOf(stream);
      streamsByCategory[category] = (streamsByCategory[category] ?? 0) + 1;
    }
    return { events: this.log.length, streams: this.streams.size, streamsByCategory };
  }

  async close(): Promise<void> {
    this.signal.close();
  }

  private headPosition(): GlobalPosition {
    return BigInt(this.log.length);
  }

  private readPage(
    after: GlobalPosition,
    until: GlobalPosition,
    filter: EventFilter,
    eventsMax: number,
  ): LogPage {
    const looked = this.log.slice(Number(after), Number(until)).slice(0, eventsMax);
    const events = looked.filter((event) => matchesFilter(filter, event));
    return { events, position: after + BigInt(looked.length) };
  }

  private *whileOpen(events: readonly StoredEvent[]): Generator<StoredEvent> {
    this.assertOpen();
    for (const event of events) {
      yield event;
      this.assertOpen();
    }
  }

  private assertOpen(): void {
    if (this.signal.closed) throw storeClosed();
  }
}

/** The events of an earlier, identical append, if there was one where this append allows it. */
function findRepeated(
  stored: readonly StoredEvent[],
  { expectedRevision, events }: AppendRequest,
): readonly StoredEvent[] | undefined {
  const start =
    typeof expectedRevision === 'bigint'
      ? Number(expectedRevision) + 1
      : expectedRevision === 'no-stream'
        ? 0
        : stored.findIndex(({ id }) => id === events[0]?.id);
  if (start < 0) return undefined;
  const found = stored.slice(start, start + events.length);
  const isSame = found.length === events.length && found.every((e, i) => e.id === events[i]?.id);
  return isSame ? found : undefined;
}

function assertAppendable(stored: readonly StoredEvent[], request: AppendRequest): void {
  const { stream, expectedRevision, events } = request;
  const last = BigInt(stored.length) - 1n;
  const isExpected =
    expectedRevision === 'any' ||
    (expectedRevision === 'no-stream' && last === -1n) ||
    (expectedRevision === 'stream-exists' && last >= 0n) ||
    expectedRevision === last;
  const storedIds = new Set(stored.map(({ id }) => id));
  if (!isExpected || events.some(({ id }) => storedIds.has(id))) {
    throw revisionConflict(stream, expectedRevision, last === -1n ? 'no-stream' : last);
  }
}

function outcomeOf(batch: readonly StoredEvent[], repeated: boolean): AppendResult {
  const { revision, position } = batch.at(-1) ?? { revision: -1n, position: LOG_START };
  return { revision, position, repeated };
}
