import type { Database, Statement } from 'better-sqlite3';
import type { EventFilter } from '../event-store.port';
import { EVENT_COLUMNS } from './sqlite.event-rows';

const STATEMENTS_MAX = 64;
/** No stream name holds it, so it bounds the names that begin with a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

export interface LogQuery {
  readonly statement: Statement;
  /** Stand between the two bounds and the limit. */
  readonly terms: readonly string[];
}

/**
 * The statements that read a stretch of the log, one for each shape of filter and direction. Their
 * parameters: after, until, the terms of the filter, limit.
 */
export class LogQueries {
  private readonly statements = new Map<string, Statement>();

  constructor(private readonly db: Database) {}

  for(filter: EventFilter, direction: 'forwards' | 'backwards'): LogQuery {
    const { streamPrefixes, eventTypes } = filter;
    const shape = `${direction}/${streamPrefixes?.length}/${eventTypes?.length}`;
    const statement = this.statements.get(shape) ?? this.prepare(shape, filter, direction);
    const bounds = streamPrefixes?.flatMap(prefixBounds);
    return { statement, terms: [...(bounds ?? []), ...(eventTypes ?? [])] };
  }

  private prepare(
    shape: string,
    { streamPrefixes, eventTypes }: EventFilter,
    direction: 'forwards' | 'backwards',
  ): Statement {
    // CROSS JOIN keeps SQLite from starting at the streams: the order is that of the log.
    const sql = `SELECT ${EVENT_COLUMNS} FROM events AS e CROSS JOIN streams AS s ON s.id = e.stream
       WHERE e.position > ? AND e.position <= ?
         ${anyOf(streamPrefixes, '(s.name >= ? AND s.name < ?)', ' OR ')}
         ${inTypes(eventTypes)}
       ORDER BY e.position ${direction === 'forwards' ? 'ASC' : 'DESC'} LIMIT ?`;
    const statement = this.db.prepare(sql).raw();
    if (this.statements.size >= STATEMENTS_MAX) this.statements.clear();
    this.statements.set(shape, statement);
    return statement;
  }
}

/** From the first name that begins with the prefix, inclusive, to behind the last one. */
export function prefixBounds(prefix: string): readonly [first: string, behind: string] {
  return [prefix, prefix + LAST_CHARACTER];
}

function anyOf(terms: readonly string[] | undefined, condition: string, glue: string): string {
  if (terms === undefined) return '';
  return terms.length === 0 ? 'AND FALSE' : `AND (${terms.map(() => condition).join(glue)})`;
}

function inTypes(types: readonly string[] | undefined): string {
  if (types === undefined) return '';
  const names = types.map(() => '?').join(', ');
  return `AND e.type IN (SELECT id FROM types WHERE name IN (${names}))`;
}
