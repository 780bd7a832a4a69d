import { LedgerdeskError } from '@ledgerdesk/kernel';
import BetterSqlite, { type Database } from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Long enough for a holder that is just letting go, in milliseconds. */
const HOLDER_GRACE_MS = 250;

/**
 * Keeps every other writer out of the directory, in this process and in others. The operating
 * system ends the lock with its process, however that dies, so no lock is ever stale.
 */
export class WriterLock {
  private constructor(
    private readonly lock: Database,
    private readonly pidFile: string,
  ) {}

  /** Error: `unavailable.event-store-locked`, naming the holder's process id. */
  static acquire(dir: string): WriterLock {
    // A file of its own and no WAL: a WAL database never locks its readers out.
    // Nothing else in the process may open it, for closing any descriptor drops POSIX locks.
    const lock = new BetterSqlite(join(dir, 'writer.lock'), { timeout: HOLDER_GRACE_MS });
    const pidFile = join(dir, 'writer.pid');
    try {
      // Nothing is ever written to it, so its journal needs no file, nor room on a full disk.
      lock.pragma('journal_mode = MEMORY');
      lock.exec('BEGIN EXCLUSIVE');
      writeFileSync(pidFile, String(process.pid));
      return new WriterLock(lock, pidFile);
    } catch (error) {
      lock.close();
      throw isBusy(error) ? lockedBy(dir, readPid(pidFile)) : error;
    }
  }

  release(): void {
    // First, while the lock still keeps a next holder from having written its own.
    rmSync(this.pidFile, { force: true });
    this.lock.close();
  }
}

function lockedBy(dir: string, pid: string): LedgerdeskError {
  const holder = pid === String(process.pid) ? `this very process (${pid})` : `process ${pid}`;
  return new LedgerdeskError(
    'unavailable.event-store-locked',
    `The event store in ${dir} is open for writing in ${holder}. ` +
      'Stop that one first, or open this one for reading.',
    { details: { dir, pid } },
  );
}

function readPid(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8');
  } catch {
    return '(unknown)';
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code).startsWith('SQLITE_BUSY')
    : false;
}
