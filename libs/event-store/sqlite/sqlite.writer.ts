import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Database, Statement } from 'better-sqlite3';
import { categoryOf } from '../stream-name';
import { isIoError, translateSqliteError } from './sqlite.errors';
import {
  ANY,
  APPENDED,
  CONFLICT,
  METADATA_SET,
  NO_STREAM,
  REPEATED,
  type AppendOperation,
  type PackedEvent,
  type WriteOperation,
} from './sqlite.protocol';
import { StreamHeads, type StreamHead } from './sqlite.stream-heads';

const CACHED_STREAMS_MAX = 50_000;
/** No stream may be called so. */
const PROBE_ROW = '';
const PROBE_BODY = ' '.repeat(64 * 1024);

/**
 * Writes groups of operations, each group in one transaction. An append that conflicts is answered
 * so and the others of its group go on: each is judged before its first row is written, so there
 * is nothing to take back. Fails only as a whole, and then nothing of the group is stored.
 */
export class SqliteWriter {
  private readonly statements: Statements;
  private readonly heads: StreamHeads;
  private readonly types = new Map<string, number>();
  private newestPosition = 0;
  private newestStream = 0;

  constructor(private readonly db: Database) {
    this.statements = prepare(db);
    this.heads = new StreamHeads(db, CACHED_STREAMS_MAX);
    this.reload();
  }

  /** Position of the newest event. */
  get head(): number {
    return this.newestPosition;
  }

  /**
   * One fsync for the group. Gives three numbers for each operation, see the protocol. Errors:
   * `unavailable.*` and `corrupt.event-store` with nothing written; `unknown-outcome.append` when
   * the disk failed in the COMMIT itself, after which this writer must not be used any more.
   */
  commit(operations: readonly WriteOperation[]): number[] {
    const outcomes: number[] = [];
    let isCommitting = false;
    try {
      this.statements.begin.run();
      for (const operation of operations) {
        if (operation.kind === 'append') this.append(operation, outcomes);
        else if (operation.kind === 'probe') this.probe(outcomes);
        else this.setMetadata(operation.stream, operation.body, outcomes);
      }
      isCommitting = true;
      this.statements.commit.run();
      return outcomes;
    } catch (error) {
      // The failed fsync may have left the whole group in the file, where the next start finds it.
      if (isCommitting && isIoError(error)) throw lostInCommit(this.db.name, error);
      this.rollBack();
      throw translateSqliteError(error, this.db.name);
    }
  }

  private append(operation: AppendOperation, outcomes: number[]): void {
    const { stream, expected, events } = operation;
    const head = this.heads.of(stream);
    const verdict = this.judge(head, expected, events);
    if (verdict === 'conflict') {
      outcomes.push(CONFLICT, head.last, 0);
    } else if (verdict === 'append') {
      if (head.last === NO_STREAM) head.ref = this.createStream(stream);
      for (const event of events) this.insert(head, event);
      outcomes.push(APPENDED, head.last, this.newestPosition);
    } else {
      const position = this.statements.selectPosition.get(head.ref, verdict) as number;
      outcomes.push(REPEATED, verdict, position);
    }
  }

  /** What to do, or the last revision of the earlier append that this one repeats. */
  private judge(
    head: StreamHead,
    expected: number,
    events: readonly PackedEvent[],
  ): 'append' | 'conflict' | number {
    if (head.last === NO_STREAM) {
      return expected === NO_STREAM || expected === ANY ? 'append' : 'conflict';
    }
    if (expected > head.last) return 'conflict';
    if (expected < head.last && expected >= NO_STREAM) {
      return this.repeated(head, expected + 1, events);
    }
    const [first] = events;
    const stored = first === undefined ? undefined : this.revisionOf(head, first);
    if (stored === undefined) {
      return events.some((event) => this.revisionOf(head, event) !== undefined)
        ? 'conflict'
        : 'append';
    }
    return expected === head.last ? 'conflict' : this.repeated(head, stored, events);
  }

  private repeated(
    head: StreamHead,
    start: number,
    events: readonly PackedEvent[],
  ): 'conflict' | number {
    const isThere = events.every((event, i) => this.revisionOf(head, event) === start + i);
    return isThere ? start + events.length - 1 : 'conflict';
  }

  private revisionOf(head: StreamHead, event: PackedEvent): number | undefined {
    return this.statements.selectRevision.get(head.ref, event.id) as number | undefined;
  }

  private insert(head: StreamHead, { id, type, body, hash }: PackedEvent): void {
    const position = this.newestPosition + 1;
    const revision = head.last + 1;
    this.statements.insertEvent.run(
      position,
      head.ref,
      revision,
      this.typeRef(type),
      id,
      hash,
      body,
    );
    this.newestPosition = position;
    head.last = revision;
  }

  private createStream(stream: string): number {
    this.newestStream += 1;
    this.statements.insertStream.run(this.newestStream, stream);
    this.statements.countStream.run(categoryOf(stream));
    return this.newestStream;
  }

  private typeRef(type: string): number {
    const known = this.types.get(type);
    if (known !== undefined) return known;
    const ref = this.types.size + 1;
    this.statements.insertType.run(ref, type);
    this.types.set(type, ref);
    return ref;
  }

  private setMetadata(stream: string, body: string, outcomes: number[]): void {
    this.statements.upsertMetadata.run(stream, body);
    outcomes.push(METADATA_SET, 0, 0);
  }

  /** Needs new pages in the file, and leaves no row. */
  private probe(outcomes: number[]): void {
    this.statements.upsertMetadata.run(PROBE_ROW, PROBE_BODY);
    this.statements.deleteMetadata.run(PROBE_ROW);
    outcomes.push(METADATA_SET, 0, 0);
  }

  private rollBack(): void {
    // SQLite itself rolls back on some errors, a full disk among them.
    if (this.db.inTransaction) this.statements.rollback.run();
    this.reload();
  }

  private reload(): void {
    this.heads.forgetAll();
    this.types.clear();
    for (const [ref, name] of this.statements.selectTypes.all() as [number, string][]) {
      this.types.set(name, ref);
    }
    this.newestPosition = this.statements.selectNewestPosition.get() as number;
    this.newestStream = this.statements.selectNewestStream.get() as number;
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(db: Database) {
  const statement = (sql: string): Statement => db.prepare(sql);
  return {
    begin: statement('BEGIN IMMEDIATE'),
    commit: statement('COMMIT'),
    rollback: statement('ROLLBACK'),
    insertEvent: statement(
      `INSERT INTO events (position, stream, revision, type, id, hash, body)
       VALUES (?, ?, ?, ?, unhex(?, '-'), unhex(?), ?)`,
    ),
    insertStream: statement('INSERT INTO streams (id, name) VALUES (?, ?)'),
    countStream: statement(
      `INSERT INTO categories (name, streams) VALUES (?, 1)
       ON CONFLICT (name) DO UPDATE SET streams = streams + 1`,
    ),
    insertType: statement('INSERT INTO types (id, name) VALUES (?, ?)'),
    upsertMetadata: statement(
      `INSERT INTO stream_metadata (stream, body) VALUES (?, ?)
       ON CONFLICT (stream) DO UPDATE SET body = excluded.body`,
    ),
    deleteMetadata: statement('DELETE FROM stream_metadata WHERE stream = ?'),
    selectRevision: statement(
      `SELECT revision FROM events INDEXED BY events_by_id
       WHERE stream = ? AND id = unhex(?, '-')`,
    ).pluck(),
    selectPosition: statement(
      `SELECT position FROM events INDEXED BY events_by_revision
       WHERE stream = ? AND revision = ?`,
    ).pluck(),
    selectTypes: statement('SELECT id, name FROM types').raw(),
    selectNewestPosition: statement('SELECT coalesce(max(position), 0) FROM events').pluck(),
    selectNewestStream: statement('SELECT coalesce(max(id), 0) FROM streams').pluck(),
  };
}

function lostInCommit(file: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.append',
    `The disk failed while ${file} was committed (${String(cause)}): the append may be stored or ` +
      'not. Check the disk, open the store again, read, then repeat the very same append.',
    { details: { file }, cause },
  );
}
