import type { Database } from 'better-sqlite3';
import type {
  EventFilter,
  EventStoreStatistics,
  GlobalPosition,
  Revision,
  StreamMetadata,
} from '../event-store.port';
import type { LogPage } from '../log-reading';
import { eventsFile, openForReads } from './sqlite.connection';
import { translateSqliteError } from './sqlite.errors';
import { EVENT_COLUMNS, EventRows, type EventPage } from './sqlite.event-rows';
import { LogQueries, prefixBounds } from './sqlite.log-query';
import { verifySchema } from './sqlite.schema';

/** Positions that one page looks at, however few of them its filter lets through. */
const PAGE_POSITIONS_MAX = 5_000;

const NO_EVENTS: EventPage = { events: [], isLast: true };

export type Direction = 'forwards' | 'backwards';

export interface LogRange {
  /** Exclusive. */
  readonly after: GlobalPosition;
  /** Inclusive. */
  readonly until: GlobalPosition;
}

/**
 * Reads pages on a connection of its own, on the calling thread. No statement stays open between
 * two pages, so that no snapshot holds the WAL back from its checkpoint. A page of 500 events
 * takes some milliseconds.
 */
export class SqliteReader {
  private readonly rows: EventRows;
  private readonly logQueries: LogQueries;
  private readonly statements: ReturnType<typeof prepare>;

  private constructor(private readonly db: Database) {
    this.rows = new EventRows(db);
    this.logQueries = new LogQueries(db);
    this.statements = prepare(db);
  }

  static open(dir: string): SqliteReader {
    let db: Database | undefined;
    try {
      db = openForReads(dir);
      verifySchema(db);
      return new SqliteReader(db);
    } catch (error) {
      db?.close();
      throw translateSqliteError(error, eventsFile(dir));
    }
  }

  head(): GlobalPosition {
    return this.translated(() => BigInt(this.statements.head.get() as number));
  }

  /** The next page of the stream, from `from` on, inclusive. */
  readStreamPage(
    stream: string,
    from: Revision | undefined,
    direction: Direction,
    eventsMax: number,
  ): EventPage {
    const { hasStream, streamForwards, streamBackwards } = this.statements;
    const start = from ?? (direction === 'forwards' ? 0n : BigInt(Number.MAX_SAFE_INTEGER));
    const statement = direction === 'forwards' ? streamForwards : streamBackwards;
    return this.translated(() =>
      // Most streams of flows that are asked for are not there, and a look costs less than a page.
      hasStream.get(stream) === undefined
        ? NO_EVENTS
        : this.rows.collect(statement, [stream, start], eventsMax),
    );
  }

  /** The next page of a range that is not empty. Its position is the range's next bound. */
  readLogPage(
    { after, until }: LogRange,
    filter: EventFilter,
    direction: Direction,
    eventsMax: number,
  ): LogPage {
    const isForwards = direction === 'forwards';
    if (!this.hasStreamsFor(filter)) return { events: [], position: isForwards ? until : after };
    const span = BigInt(PAGE_POSITIONS_MAX);
    const end = isForwards ? smaller(after + span, until) : larger(until - span, after);
    const [low, high] = isForwards ? [after, end] : [end, until];
    const { statement, terms } = this.logQueries.for(filter, direction);
    const { events, isLast } = this.translated(() =>
      this.rows.collect(statement, [low, high, ...terms], eventsMax),
    );
    const last = events.at(-1)?.position;
    if (isLast || last === undefined) return { events, position: end };
    return { events, position: isForwards ? last : last - 1n };
  }

  existingStreams(streams: readonly string[]): ReadonlySet<string> {
    const found = this.translated(() => this.statements.existing.all(JSON.stringify(streams)));
    return new Set(found as string[]);
  }

  streamMetadata(stream: string): StreamMetadata {
    const body = this.translated(() => this.statements.metadata.get(stream)) ?? '{}';
    return JSON.parse(body as string) as StreamMetadata;
  }

  statistics(): EventStoreStatistics {
    return this.translated(() => {
      const categories = this.statements.categories.all() as [string, number][];
      return {
        events: this.statements.head.get() as number,
        streams: categories.reduce((sum, [, streams]) => sum + streams, 0),
        streamsByCategory: Object.fromEntries(categories),
      };
    });
  }

  close(): void {
    this.db.close();
  }

  // Otherwise a reader of streams that nobody has begun would look through the whole log for them.
  private hasStreamsFor({ streamPrefixes }: EventFilter): boolean {
    return (
      streamPrefixes?.some((prefix) =>
        this.translated(() => this.statements.begun.get(...prefixBounds(prefix)) !== undefined),
      ) ?? true
    );
  }

  private translated<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw translateSqliteError(error, this.db.name);
    }
  }
}

function prepare(db: Database) {
  const streamPage = (comparison: string, order: string) =>
    db
      .prepare(
        `SELECT ${EVENT_COLUMNS}
         FROM streams AS s CROSS JOIN events AS e INDEXED BY events_by_revision ON e.stream = s.id
         WHERE s.name = ? AND e.revision ${comparison} ?
         ORDER BY e.revision ${order} LIMIT ?`,
      )
      .raw();
  return {
    head: db.prepare('SELECT coalesce(max(position), 0) FROM events').pluck(),
    hasStream: db.prepare('SELECT 1 FROM streams WHERE name = ?').pluck(),
    streamForwards: streamPage('>=', 'ASC'),
    streamBackwards: streamPage('<=', 'DESC'),
    existing: db
      .prepare('SELECT s.name FROM json_each(?) AS asked JOIN streams AS s ON s.name = asked.value')
      .pluck(),
    begun: db.prepare('SELECT 1 FROM streams WHERE name >= ? AND name < ? LIMIT 1').pluck(),
    metadata: db.prepare('SELECT body FROM stream_metadata WHERE stream = ?').pluck(),
    categories: db.prepare('SELECT name, streams FROM categories ORDER BY name').raw(),
  };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
