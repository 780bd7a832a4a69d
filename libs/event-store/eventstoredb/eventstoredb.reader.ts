import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  type EventStoreDBClient,
  type RecordedEvent,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { storeClosed } from '../event-store.errors';
import { LOG_START, type GlobalPosition, type Revision } from '../event-store.port';
import { PAGE_EVENTS_MAX } from '../log-reading';
import { TimeLimit } from '../time-limit';
import type { Connection } from './eventstoredb.connection';
import { failureOf, isCurable, readError, tellsNothing } from './eventstoredb.errors';
import { isOwn, positionOf, toLogPosition, type LogPosition } from './eventstoredb.events';
import type { EventStoreDbSettings } from './eventstoredb.options';
import { tookTooLong, waitMs } from './eventstoredb.timing';

type Direction = 'forwards' | 'backwards';

/** A page is cut where its bodies are larger than that: it is held in memory as a whole. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024;

/** Events looked at first for the head of the log; mostly the last one is it. */
const HEAD_EVENTS = 4;
/** Each further look is so many times larger. */
const HEAD_GROWTH = 8;

type ClientRead = AsyncIterable<ResolvedEvent> & { cancel(): Promise<void> };

/** `isLast` says that the server had no more. `isMisplaced`: no event begins at the position. */
export interface Page {
  readonly events: readonly RecordedEvent[];
  readonly isLast: boolean;
  readonly isMisplaced?: boolean;
}

/**
 * Reads pages of streams and of the log. Each has a deadline of its own, because the client's reads
 * have none, and is asked for again a few times.
 */
export class LogReader {
  private knownHead = LOG_START;
  /** Between the known head and here everything is the server's own. */
  private lookedAt = LOG_START;
  private readonly timeLimit: TimeLimit;

  constructor(
    private readonly connection: Connection,
    private readonly settings: EventStoreDbSettings,
  ) {
    this.timeLimit = new TimeLimit(settings.readTimeoutMs);
  }

  /** Includes `from`. Empty for a stream that does not exist. */
  async streamPage(
    stream: string,
    direction: Direction,
    from: Revision | undefined,
    eventsMax: number = PAGE_EVENTS_MAX,
  ): Promise<Page> {
    const isForwards = direction === 'forwards';
    return this.page(`reading stream ${stream}`, eventsMax, stream, (client) =>
      client.readStream(stream, {
        direction: isForwards ? FORWARDS : BACKWARDS,
        fromRevision: from ?? (isForwards ? START : END),
        maxCount: eventsMax,
      }),
    );
  }

  /** Forwards `from` is included, backwards it is not. System events are in it. */
  async logPage(
    direction: Direction,
    from: LogPosition | undefined,
    eventsMax: number = PAGE_EVENTS_MAX,
  ): Promise<Page> {
    const isForwards = direction === 'forwards';
    return this.page('reading the log', eventsMax, undefined, (client) =>
      client.readAll({
        direction: isForwards ? FORWARDS : BACKWARDS,
        fromPosition: from ?? (isForwards ? START : END),
        maxCount: eventsMax,
      }),
    );
  }

  /**
   * Position of the newest event that is not the server's own. Cost: one short read, and more where
   * the server has written much for itself since the last time, such as checkpoints of flows.
   */
  async head(): Promise<GlobalPosition> {
    let from: LogPosition | undefined;
    let newest: GlobalPosition | undefined;
    for (let eventsMax = HEAD_EVENTS; ; eventsMax = nextLook(eventsMax)) {
      const { events, isLast } = await this.logPage('backwards', from, eventsMax);
      for (const event of events) {
        from = positionOf(event);
        newest ??= from.commit;
        if (isOwn(event)) return this.noteHead(from.commit, newest);
        // What was the newest before still is: only the server's own events came behind it.
        if (from.commit <= this.lookedAt) return this.noteHead(this.knownHead, newest);
      }
      if (isLast) return this.noteHead(this.knownHead, newest);
    }
  }

  /**
   * Where reading forwards has to begin to see all that is behind a position: a position at which
   * no event begins is refused by the server. Undefined where there is nothing up to `until`.
   *
   * Costs one short read for a position that is one or lies directly before one; for any other the
   * log is walked back from its end.
   */
  async boundaryBehind(
    after: GlobalPosition,
    until: GlobalPosition,
  ): Promise<LogPosition | undefined> {
    for (const candidate of [after, after + 1n]) {
      const { isMisplaced } = await this.logPage('forwards', toLogPosition(candidate), 1);
      if (isMisplaced !== true) return toLogPosition(candidate);
    }
    // A single place was asked for, and no event begins there.
    if (until <= after + 1n) return undefined;
    let boundary: LogPosition | undefined;
    for (;;) {
      const { events, isLast } = await this.logPage('backwards', boundary);
      for (const event of events) {
        const position = positionOf(event);
        if (position.commit <= after) return boundary;
        boundary = position;
      }
      if (isLast) return boundary;
    }
  }

  private noteHead(position: GlobalPosition, lookedAt = position): GlobalPosition {
    if (position > this.knownHead) this.knownHead = position;
    if (lookedAt > this.lookedAt) this.lookedAt = lookedAt;
    return position;
  }

  private async page(
    doing: string,
    eventsMax: number,
    stream: string | undefined,
    read: (client: EventStoreDBClient) => ClientRead,
  ): Promise<Page> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.pageOnce(doing, eventsMax, read);
      } catch (error) {
        if (this.connection.isClosed) throw storeClosed(error);
        const failure = failureOf(error);
        if (failure === 'no-stream') return { events: [], isLast: true };
        if (failure === 'misplaced') return { events: [], isLast: true, isMisplaced: true };
        if (!isCurable(failure) || tries >= this.settings.readTriesMax) {
          throw readError(error, doing, stream);
        }
        await this.connection.pause(waitMs(tries, this.settings.retryDelayMs));
      }
    }
  }

  private async pageOnce(
    doing: string,
    eventsMax: number,
    read: (client: EventStoreDBClient) => ClientRead,
  ): Promise<Page> {
    const generation = await this.connection.current();
    const stream = read(generation.client);
    try {
      const page = await this.timeLimit.within(collect(stream, eventsMax), tookTooLong(doing));
      // A client that is disposed of ends its reads as if there were nothing more to come.
      if (generation.ended.aborted) throw new Error(`the client was replaced while ${doing}`);
      this.connection.succeeded('read', generation);
      return page;
    } catch (error) {
      if (tellsNothing(failureOf(error))) this.connection.failed('read', generation);
      throw error;
    } finally {
      // A call that never began has nothing to cancel.
      stream.cancel().catch(() => undefined);
    }
  }
}

function nextLook(eventsMax: number): number {
  return Math.min(eventsMax * HEAD_GROWTH, PAGE_EVENTS_MAX);
}

async function collect(read: ClientRead, eventsMax: number): Promise<Page> {
  const events: RecordedEvent[] = [];
  let bytes = 0;
  for await (const { event } of read) {
    if (event === undefined) continue;
    events.push(event);
    bytes += event.isJson ? 0 : event.data.length;
    // Two at the least: a reader of the log asks again from the last one that it has seen.
    if (bytes > PAGE_BYTES_MAX && events.length > 1) return { events, isLast: false };
  }
  return { events, isLast: events.length < eventsMax };
}
