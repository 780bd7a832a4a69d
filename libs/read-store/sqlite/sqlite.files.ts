import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { withStoreErrors } from './sqlite.errors';

/** Name of the one file in the store's folder, beside its -wal and -shm. */
export const READ_MODELS_FILE = 'read-models.sqlite';

// The file itself last: what is left of a rename that was cut short is then never taken for whole.
const PARTS = ['-shm', '-wal', ''] as const;

/**
 * Renames the files of a folder's read models to `<file>.<suffix>`, and gives that path. Nothing
 * may have them open.
 */
export async function setAsideFiles(directory: string, suffix: string): Promise<string> {
  const file = join(directory, READ_MODELS_FILE);
  const kept = `${file}.${suffix}`;
  for (const part of PARTS) {
    if (existsSync(file + part)) await rename(file + part, kept + part);
  }
  return kept;
}

/** Copies the read models of one folder, if it has any, into another that has none. */
export async function copyFiles(directory: string, toDirectory: string): Promise<void> {
  const file = join(directory, READ_MODELS_FILE);
  const copy = join(toDirectory, READ_MODELS_FILE);
  if (!existsSync(file)) return;
  // Without a WAL nothing writes, and SQLite could not even be asked: it would have to make one.
  if (!existsSync(`${file}-wal`)) return copyFile(file, copy);
  const source = withStoreErrors(file, () => new Database(file, { readonly: true }));
  try {
    await source.backup(copy);
  } finally {
    source.close();
  }
}
