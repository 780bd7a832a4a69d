import { hasErrorCode } from '@ledgerdesk/kernel';
import BetterSqlite, { type Database } from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anEvent } from '../conformance/subject';
import { eventsFile, openForWriting } from './sqlite.connection';
import {
  ANY,
  APPENDED,
  CONFLICT,
  METADATA_SET,
  NO_STREAM,
  PROBE,
  REPEATED,
  type WriteOperation,
} from './sqlite.protocol';
import { prepareSchema } from './sqlite.schema';
import { StreamHeads } from './sqlite.stream-heads';
import { SqliteWriter } from './sqlite.writer';

let dir: string;
let db: Database;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'event-store-writer-'));
  db = openForWriting(dir);
  prepareSchema(db);
});

afterEach(() => {
  db.close();
  rmSync(dir, { recursive: true });
});

function appending(stream: string, expected: number, events = [anEvent()]): WriteOperation {
  return { kind: 'append', stream, expected, events, bodyLength: 0 };
}

function aLargeEvent() {
  return anEvent({ body: 'x'.repeat(200_000) });
}

function codeOf(use: () => unknown): string {
  try {
    use();
    return 'no error';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const typesInOrder = () =>
  db
    .prepare('SELECT t.name FROM events e LEFT JOIN types t ON t.id = e.type ORDER BY position')
    .pluck()
    .all();
const countEvents = () => db.prepare('SELECT count(*) FROM events').pluck().get();

describe('a group of operations', () => {
  it('is stored but for those that conflict', () => {
    const outcomes = new SqliteWriter(db).commit([
      appending('a-1', NO_STREAM),
      appending('a-1', 7),
      appending('a-1', 0, [anEvent(), anEvent()]),
      { kind: 'metadata', stream: 'a-1', body: '{}', bodyLength: 2 },
    ]);
    const expected = [APPENDED, 0, 1, CONFLICT, 0, 0, APPENDED, 2, 3, METADATA_SET, 0, 0];
    expect(outcomes).toEqual(expected);
    expect(countEvents()).toBe(3);
  });

  it('may hold the same append twice', () => {
    const events = [anEvent()];
    const same = [appending('a-1', ANY, events), appending('a-1', ANY, events)];
    expect(new SqliteWriter(db).commit(same)).toEqual([APPENDED, 0, 1, REPEATED, 0, 1]);
  });

  it('is stored whole or not at all when the disk is full', () => {
    const writer = new SqliteWriter(db);
    writer.commit([appending('a-1', NO_STREAM)]);
    limitPages(20);
    const group = [
      appending('a-1', 0),
      appending('b-1', NO_STREAM),
      appending('c-1', NO_STREAM, [aLargeEvent()]),
    ];
    expect(codeOf(() => writer.commit(group))).toBe('unavailable.disk-full');
    expect(countEvents()).toBe(1);
    expect(db.prepare('SELECT name, streams FROM categories').raw().all()).toEqual([['a', 1]]);
  });

  it('is told by a probe whether the disk has room, which leaves nothing behind', () => {
    const writer = new SqliteWriter(db);
    const pages = db.pragma('page_count', { simple: true }) as number;
    limitPages(pages + 2);
    expect(codeOf(() => writer.commit([PROBE]))).toBe('unavailable.disk-full');
    limitPages(pages + 1_000);
    expect(writer.commit([PROBE])).toEqual([METADATA_SET, 0, 0]);
    expect(db.prepare('SELECT count(*) FROM stream_metadata').pluck().get()).toBe(0);
    expect(writer.head).toBe(0);
  });

  it('goes through once the full disk has room again, at the same place', () => {
    const writer = new SqliteWriter(db);
    writer.commit([appending('a-1', NO_STREAM)]);
    const typed = anEvent({ type: 'SeenFirstOnAFullDisk' });
    const group = [appending('a-1', 0, [typed, aLargeEvent()]), appending('b-1', NO_STREAM)];
    limitPages(20);
    expect(codeOf(() => writer.commit(group))).toBe('unavailable.disk-full');
    limitPages(10_000);
    expect(writer.commit(group)).toEqual([APPENDED, 2, 3, APPENDED, 0, 4]);
    expect(typesInOrder()).toEqual([
      'IncidentReported',
      typed.type,
      ...Array<string>(2).fill('IncidentReported'),
    ]);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it('still takes what fits on a disk on which another group did not', () => {
    const writer = new SqliteWriter(db);
    limitPages(20);
    const large = [appending('a-1', NO_STREAM, [aLargeEvent()])];
    expect(codeOf(() => writer.commit(large))).toBe('unavailable.disk-full');
    expect(writer.commit([appending('a-1', NO_STREAM)])).toEqual([APPENDED, 0, 1]);
  });

  it('is refused while a foreign connection writes, and goes through afterwards', () => {
    const writer = new SqliteWriter(db);
    db.pragma('busy_timeout = 0');
    const foreign = new BetterSqlite(eventsFile(dir));
    foreign.exec('BEGIN IMMEDIATE');
    const group = [appending('a-1', NO_STREAM)];
    expect(codeOf(() => writer.commit(group))).toBe('unavailable.event-store-locked');
    foreign.exec('ROLLBACK');
    foreign.close();
    expect(writer.commit(group)).toEqual([APPENDED, 0, 1]);
  });

  it('has an unknown outcome when the disk fails in the COMMIT', () => {
    const failing = failingAt('COMMIT', 'SQLITE_IOERR_FSYNC');
    const writer = new SqliteWriter(failing);
    const group = [appending('a-1', NO_STREAM)];
    expect(codeOf(() => writer.commit(group))).toBe('unknown-outcome.append');
  });

  it('is known not to be stored when the disk fails before the COMMIT', () => {
    const failing = failingAt('INSERT INTO streams', 'SQLITE_IOERR_READ');
    const writer = new SqliteWriter(failing);
    const group = [appending('a-1', NO_STREAM)];
    expect(codeOf(() => writer.commit(group))).toBe('unavailable.event-store-io');
    expect(countEvents()).toBe(0);
    expect(db.inTransaction).toBe(false);
  });
});

describe('a stored event', () => {
  it.each(["UPDATE events SET body = '{}'", 'DELETE FROM events'])(
    'withstands %s on any connection',
    (sql) => {
      new SqliteWriter(db).commit([appending('a-1', NO_STREAM)]);
      expect(() => db.exec(sql)).toThrow('events are never');
    },
  );
});

describe('the heads of streams', () => {
  it('are read again when they were pushed out of the cache', () => {
    const writer = new SqliteWriter(db);
    for (const stream of ['a-1', 'b-1', 'c-1']) writer.commit([appending(stream, NO_STREAM)]);
    const heads = new StreamHeads(db, 2);
    const a = heads.of('a-1');
    heads.of('b-1');
    expect(heads.of('a-1')).toBe(a);
    heads.of('c-1');
    heads.of('b-1');
    expect(heads.of('a-1')).not.toBe(a);
    expect(heads.of('a-1')).toEqual(a);
  });
});

function limitPages(pages: number): void {
  db.pragma(`max_page_count = ${pages}`);
}

/** The database, but for the statement that begins so, which fails with this code. */
function failingAt(begin: string, code: string): Database {
  const prepare = (sql: string): unknown => {
    const statement = db.prepare(sql);
    if (!sql.startsWith(begin)) return statement;
    return {
      run: () => {
        throw Object.assign(new Error('disk I/O error'), { code });
      },
    };
  };
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'prepare') return prepare;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

it('recognises its errors by code', () => {
  const writer = new SqliteWriter(failingAt('BEGIN', 'SQLITE_CORRUPT_INDEX'));
  let caught: unknown;
  try {
    writer.commit([appending('a-1', NO_STREAM)]);
  } catch (error) {
    caught = error;
  }
  expect(hasErrorCode(caught, 'corrupt.event-store')).toBe(true);
});
