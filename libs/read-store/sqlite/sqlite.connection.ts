import Database from 'better-sqlite3';
import { storeClosed } from '../read-store.errors';
import { withStoreErrors } from './sqlite.errors';

/** What may be bound to a parameter. */
export type SqlValue = string | number | null;

export type Row = readonly SqlValue[];

export interface ConnectionOptions {
  /** How long a write waits for another process, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Page cache of this connection, in KiB. */
  readonly cacheKib: number;
  readonly isReader: boolean;
  /** Largest size of the file, in bytes. */
  readonly fileBytesMax?: number;
}

type Bound = SqlValue | { readonly limit: number };
type Statement = Database.Statement<Bound[], Row>;

const STATEMENTS_MAX = 500;
const JOURNAL_BYTES_MAX = 64 * 1024 * 1024;
// Larger than the default of 1000: pages that change often go to the file less often.
const WAL_PAGES = 4000;
/** How many entries of each index statistics look at. */
const STATISTICS_ROWS = 10_000;
const WAL_ATTEMPTS_MAX = 100;
const WAL_RETRY_MS = 20;

/** One connection with the statements it has prepared. All its work is synchronous. */
export class SqliteConnection {
  private readonly statements = new Map<string, Statement>();

  private constructor(
    readonly file: string,
    private readonly database: Database.Database,
  ) {}

  static open(file: string, options: ConnectionOptions): SqliteConnection {
    return withStoreErrors(file, () => {
      const database = new Database(file, { timeout: options.busyTimeoutMs });
      try {
        configure(database, options);
        return new SqliteConnection(file, database);
      } catch (error) {
        database.close();
        throw error;
      }
    });
  }

  /** Rows as lists of columns. */
  all(sql: string, parameters: readonly SqlValue[] = []): Row[] {
    return withStoreErrors(this.file, () => this.statement(sql).all(...parameters));
  }

  /** The same for SQL that says `LIMIT @limit`. */
  allUpTo(limit: number, sql: string, parameters: readonly SqlValue[]): Row[] {
    return withStoreErrors(this.file, () => this.statement(sql).all(...parameters, { limit }));
  }

  first(sql: string, parameters: readonly SqlValue[] = []): Row | undefined {
    return withStoreErrors(this.file, () => this.statement(sql).get(...parameters));
  }

  /** How many rows changed. */
  run(sql: string, parameters: readonly SqlValue[] = []): number {
    return withStoreErrors(this.file, () => this.statement(sql).run(...parameters).changes);
  }

  /** Number of the row that was inserted; undefined where a conflict left it out. */
  insert(sql: string, parameters: readonly SqlValue[]): number | undefined {
    return withStoreErrors(this.file, () => {
      const { changes, lastInsertRowid } = this.statement(sql).run(...parameters);
      return changes === 0 ? undefined : Number(lastInsertRowid);
    });
  }

  /** Statements without parameters and rows, such as table definitions; not kept. */
  execute(sql: string): void {
    withStoreErrors(this.file, () => {
      this.requireOpen().exec(sql);
    });
  }

  /** One snapshot for all reads inside. */
  reading<T>(work: () => T): T {
    return this.transaction('BEGIN', work);
  }

  /** All writes inside are stored, or none is. Takes the write lock at once. */
  writing<T>(work: () => T): T {
    return this.transaction('BEGIN IMMEDIATE', work);
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private transaction<T>(begin: string, work: () => T): T {
    this.run(begin);
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      // A full disk or an I/O error has ended the transaction already.
      if (this.database.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  private statement(sql: string): Statement {
    const database = this.requireOpen();
    const kept = this.statements.get(sql);
    const statement = kept ?? prepare(database, sql);
    // Deleted and set again, the least recently used one comes first.
    if (kept !== undefined) this.statements.delete(sql);
    else if (this.statements.size >= STATEMENTS_MAX) this.forgetOldest();
    this.statements.set(sql, statement);
    return statement;
  }

  private forgetOldest(): void {
    for (const sql of this.statements.keys()) {
      this.statements.delete(sql);
      return;
    }
  }

  private requireOpen(): Database.Database {
    if (!this.database.open) throw storeClosed();
    return this.database;
  }
}

function prepare(database: Database.Database, sql: string): Statement {
  const statement = database.prepare<Bound[], Row>(sql);
  return statement.reader ? statement.raw(true) : statement;
}

function configure(database: Database.Database, options: ConnectionOptions): void {
  switchToWal(database);
  // A power failure may cost the newest transactions, never the file: the checkpoint is then
  // older, and the events behind it are folded again.
  database.pragma('synchronous = NORMAL');
  database.pragma(`cache_size = ${-options.cacheKib}`);
  database.pragma(`journal_size_limit = ${JOURNAL_BYTES_MAX}`);
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  // Below it, the many documents of a common value would look as few as those of a rare one.
  database.pragma(`analysis_limit = ${STATISTICS_ROWS}`);
  if (options.isReader) database.pragma('query_only = ON');
  if (options.fileBytesMax !== undefined) {
    const pageBytes = database.pragma('page_size', { simple: true }) as number;
    database.pragma(`max_page_count = ${Math.ceil(options.fileBytesMax / pageBytes)}`);
  }
}

// SQLite does not wait for the lock that the very first switch needs, so two processes that
// create the file at the same instant have to take turns here.
function switchToWal(database: Database.Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const isBusy = (error as { code?: string }).code === 'SQLITE_BUSY';
      if (!isBusy || attempt >= WAL_ATTEMPTS_MAX) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_RETRY_MS);
    }
  }
}
