import BetterSqlite, { type Database } from 'better-sqlite3';
import { join } from 'node:path';

/** How long a connection waits for another one's lock before it gives up, in milliseconds. */
const LOCK_WAIT_MS = 2_000;
const WRITER_CACHE_KIB = 65_536;
const READER_CACHE_KIB = 16_384;
/** Of the WAL file once it is reset, so that one burst does not hold the space for ever. */
const WAL_BYTES_KEPT = 64 * 1024 * 1024;

/** The one file of the log. */
export function eventsFile(dir: string): string {
  return join(dir, 'events.sqlite');
}

/** For the writer thread alone. Each COMMIT waits until the disk has it. */
export function openForWriting(dir: string): Database {
  const db = new BetterSqlite(eventsFile(dir), { timeout: LOCK_WAIT_MS });
  return configured(db, () => {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${WAL_BYTES_KEPT}`);
    db.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  });
}

/** Any number of these, in any number of processes, beside a writer or without one. */
export function openForReads(dir: string): Database {
  const options = { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS };
  const db = new BetterSqlite(eventsFile(dir), options);
  return configured(db, () => db.pragma(`cache_size = -${READER_CACHE_KIB}`));
}

function configured(db: Database, configure: () => void): Database {
  try {
    configure();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
