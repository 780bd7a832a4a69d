import { constants, existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLedgerdeskError } from '@ledgerdesk/kernel';
import { eventsFile } from './sqlite.connection';
import { translateSqliteError } from './sqlite.errors';
import { SqliteReader } from './sqlite.reader';

/** A reader of a log, and what has to go when it is closed. */
export interface OpenedReader {
  readonly reader: SqliteReader;
  /** Folder of a private copy that was read instead. */
  readonly copyDir?: string;
}

/**
 * Opens the log of a folder for reading. Where no writer runs and the caller may not write into the
 * folder, SQLite cannot read a WAL database at all: then a private copy in the system's folder for
 * temporary files is read, which costs the time and the space of the file.
 *
 * @throws LedgerdeskError as {@link SqliteReader.open}; `unavailable.disk-full` for the copy.
 */
export async function openReader(dir: string): Promise<OpenedReader> {
  try {
    return { reader: SqliteReader.open(dir) };
  } catch (error) {
    if (!isReadOnlyFolder(error)) throw error;
  }
  const copyDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-log-'));
  try {
    await copyFile(eventsFile(dir), eventsFile(copyDir), constants.COPYFILE_FICLONE);
    // A writer that has come meanwhile may have changed the file while it was copied; beside it
    // the file can be read where it is.
    if (!existsSync(`${eventsFile(dir)}-wal`)) {
      return { reader: SqliteReader.open(copyDir), copyDir };
    }
  } catch (error) {
    await removeCopy(copyDir);
    throw translateSqliteError(error, eventsFile(copyDir));
  }
  await removeCopy(copyDir);
  return { reader: SqliteReader.open(dir) };
}

/** Removes a private copy whose reader is closed. */
export async function removeCopy(copyDir: string | undefined): Promise<void> {
  if (copyDir !== undefined) await rm(copyDir, { recursive: true, force: true });
}

function isReadOnlyFolder(error: unknown): boolean {
  return isLedgerdeskError(error) && error.details['reason'] === 'SQLITE_READONLY_DIRECTORY';
}
