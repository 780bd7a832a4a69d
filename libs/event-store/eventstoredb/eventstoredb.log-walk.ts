import {
  eventTypeFilter,
  streamNameFilter,
  type Filter,
  type RecordedEvent,
} from '@eventstore/db-client';
import {
  LOG_START,
  type EventFilter,
  type GlobalPosition,
  type StoredEvent,
} from '../event-store.port';
import { matchesFilter, PAGE_EVENTS_MAX } from '../log-reading';
import { TimeLimit } from '../time-limit';
import type { Connection } from './eventstoredb.connection';
import { failureOf, readError, tellsNothing, unreachable } from './eventstoredb.errors';
import {
  fromWire,
  isOwn,
  positionOf,
  toLogPosition,
  type LogPosition,
} from './eventstoredb.events';
import { feed, type FeedItem } from './eventstoredb.feed';
import type { EventStoreDbSettings } from './eventstoredb.options';
import type { LogReader } from './eventstoredb.reader';
import { tookTooLong, waitMs } from './eventstoredb.timing';

/** What was found on a stretch of the log, and how far it was looked at. */
export interface Stretch {
  readonly events: readonly StoredEvent[];
  readonly position: GlobalPosition;
}

/** `next` is where the next page begins; undefined at the end. */
interface NextStretch extends Stretch {
  readonly next: LogPosition | undefined;
  /** No event begins where the page was asked for. */
  readonly isMisplaced: boolean;
}

export interface WalkRange {
  readonly after: GlobalPosition;
  /** Inclusive, and not behind the head. */
  readonly until: GlobalPosition;
  readonly filter: EventFilter;
  /** How many events a stretch holds at the most. Default {@link PAGE_EVENTS_MAX}. */
  readonly eventsMax?: number;
}

/**
 * Walks a part of the log. The first page is read whole. Where that does not reach the end and
 * there is a filter, the server looks for the rest: this client filters on the server only in
 * subscriptions, so one is opened and left when it has caught up.
 */
export class LogWalk {
  private readonly timeLimit: TimeLimit;

  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly settings: EventStoreDbSettings,
  ) {
    this.timeLimit = new TimeLimit(settings.readTimeoutMs);
  }

  async *forwards(range: WalkRange): AsyncGenerator<Stretch, void, undefined> {
    const { until, filter } = range;
    if (range.after >= until || matchesNothing(filter)) return;
    let first = await this.page(toLogPosition(range.after), range);
    if (first.isMisplaced && first.next !== undefined) first = await this.page(first.next, range);
    if (first.events.length > 0) yield first;
    if (first.next !== undefined && serverFilter(filter) !== undefined) {
      yield* this.searched({ ...range, after: first.position });
      return;
    }
    for (let { next, position } = first; next !== undefined;) {
      const stretch = await this.page(next, { ...range, after: position });
      if (stretch.events.length > 0) yield stretch;
      ({ next, position } = stretch);
    }
  }

  /** Filters here: the server filters only forwards for this client. */
  async *backwards(range: WalkRange): AsyncGenerator<StoredEvent, void, undefined> {
    const { after, until, filter } = range;
    if (after >= until || matchesNothing(filter)) return;
    let from: LogPosition | undefined;
    // The position itself is excluded by the server, and may not be one.
    const { events: last } = await this.reader.logPage('forwards', toLogPosition(until), 1);
    if (last[0] !== undefined) {
      from = positionOf(last[0]);
      yield* last
        .filter(isOwn)
        .map(fromWire)
        .filter((event) => matchesFilter(filter, event));
    }
    for (;;) {
      const { events, isLast } = await this.reader.logPage('backwards', from);
      const inRange = events.filter((event) => {
        const { commit } = positionOf(event);
        return commit > after && commit <= until;
      });
      yield* matching(inRange, filter);
      const end = events.at(-1);
      if (isLast || end === undefined) return;
      from = positionOf(end);
      if (from.commit <= after) return;
    }
  }

  private async page(
    at: LogPosition,
    { after, until, filter, eventsMax = PAGE_EVENTS_MAX }: WalkRange,
  ): Promise<NextStretch> {
    // One more, because the event at the position itself comes first.
    const from = at.commit === LOG_START ? undefined : at;
    const page = await this.reader.logPage('forwards', from, eventsMax + 1);
    if (page.isMisplaced === true) {
      const next = await this.reader.boundaryBehind(after, until);
      return { events: [], position: after, next, isMisplaced: true };
    }
    const inRange = page.events.filter((event) => {
      const { commit } = positionOf(event);
      return commit > after && commit <= until;
    });
    const last = page.events.at(-1);
    const next = last === undefined ? at : positionOf(last);
    const events = matching(inRange, filter);
    const isOver = page.isLast || next.commit >= until;
    return {
      events,
      position: isOver ? until : next.commit,
      next: isOver ? undefined : next,
      isMisplaced: false,
    };
  }

  /** By a subscription that is left once it has seen all up to `until`. */
  private async *searched(range: WalkRange): AsyncGenerator<Stretch, void, undefined> {
    const { until, filter, eventsMax = PAGE_EVENTS_MAX } = range;
    let events: StoredEvent[] = [];
    for await (const item of this.search(range)) {
      if (isBeyond(item, until)) break;
      if (item.kind !== 'event') continue;
      events.push(...matching([item.event], filter));
      if (events.length >= eventsMax) {
        yield { events, position: positionOf(item.event).commit };
        events = [];
      }
    }
    if (events.length > 0) yield { events, position: until };
  }

  /** Begun again behind the last item where it breaks off, also where it ends without an error. */
  private async *search({ after, filter }: WalkRange): AsyncGenerator<FeedItem, void, undefined> {
    let at: LogPosition = toLogPosition(after);
    for (let failures = 0; failures < this.settings.readTriesMax; failures += 1) {
      try {
        for await (const item of this.searchOnce(at, filter)) {
          yield item;
          failures = 0;
          at = placeOf(item) ?? at;
        }
      } catch (error) {
        const isLast = failures + 1 >= this.settings.readTriesMax;
        if (isLast || !tellsNothing(failureOf(error))) throw readError(error, 'searching the log');
      }
      await this.connection.pause(waitMs(failures + 1, this.settings.retryDelayMs));
    }
    throw unreachable('searching the log');
  }

  private async *searchOnce(
    after: LogPosition,
    filter: EventFilter,
  ): AsyncGenerator<FeedItem, void, undefined> {
    const { client, ended } = await this.connection.current();
    const asked = serverFilter(filter);
    if (asked === undefined) return;
    const items = feed(client, { after, filter: asked, signal: ended });
    try {
      for (;;) {
        // A server that falls silent is left; it reports where it is while it finds nothing.
        const next = await this.timeLimit.within(items.next(), tookTooLong('searching'));
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // A generator that waits for a silent server cannot be left by `return` before it wakes.
      void items.return();
    }
  }
}

/** The part of a filter that the server can take: one list. The other is applied here. */
export function serverFilter({ streamPrefixes, eventTypes }: EventFilter): Filter | undefined {
  if (streamPrefixes !== undefined) return streamNameFilter({ prefixes: [...streamPrefixes] });
  if (eventTypes !== undefined) return eventTypeFilter({ prefixes: [...eventTypes] });
  return undefined;
}

function matchesNothing({ streamPrefixes, eventTypes }: EventFilter): boolean {
  return streamPrefixes?.length === 0 || eventTypes?.length === 0;
}

function matching(events: readonly RecordedEvent[], filter: EventFilter): StoredEvent[] {
  return events
    .filter(isOwn)
    .map(fromWire)
    .filter((event) => matchesFilter(filter, event));
}

/** Where the server has come to, as far as the item says. */
function placeOf(item: FeedItem): LogPosition | undefined {
  if (item.kind === 'checkpoint') return item.position;
  return item.kind === 'event' ? positionOf(item.event) : undefined;
}

/** Whether all up to the position has come before this item. */
function isBeyond(item: FeedItem, until: GlobalPosition): boolean {
  const commit = placeOf(item)?.commit;
  if (commit === undefined) return true;
  return item.kind === 'checkpoint' ? commit >= until : commit > until;
}
