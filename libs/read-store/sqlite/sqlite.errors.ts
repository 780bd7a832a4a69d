import { isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';

/**
 * Runs work on the driver and gives its errors the codes of the port: `unavailable.disk-full`,
 * `unavailable.read-store-locked`, `unavailable.read-store`, `corrupt.read-store`,
 * `defect.read-store` for what is none of these.
 */
export function withStoreErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isLedgerdeskError(error) ? error : storeError(file, error);
  }
}

/** `incompatible.read-store`: another build laid out the file. */
export function incompatibleFile(file: string, found: number, known: number): LedgerdeskError {
  return new LedgerdeskError(
    'incompatible.read-store',
    `${file} has layout ${found}, this build knows ${known}. Delete it with its -wal and -shm ` +
      'files and rebuild the projections, or run the build that made it.',
    { details: { file, found, known } },
  );
}

function storeError(file: string, cause: unknown): LedgerdeskError {
  const sqliteCode = codeOf(cause);
  const details = { file, sqliteCode };
  if (/^(SQLITE_FULL|ENOSPC)/.test(sqliteCode)) {
    return new LedgerdeskError(
      'unavailable.disk-full',
      `No room left for ${file}; nothing was written. Free space on its disk, then try again.`,
      { details, cause },
    );
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode)) {
    return new LedgerdeskError(
      'unavailable.read-store-locked',
      `Another process holds ${file}; nothing was written. Try again, or end that process.`,
      { details, cause },
    );
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode)) {
    return new LedgerdeskError(
      'corrupt.read-store',
      `${file} is damaged. Read models hold no truth of their own: delete the file with its -wal ` +
        'and -shm files and rebuild the projections.',
      { details, cause },
    );
  }
  if (/^(SQLITE_(IOERR|CANTOPEN|READONLY|NOMEM|PERM|AUTH)|E[A-Z]+$)/.test(sqliteCode)) {
    return new LedgerdeskError(
      'unavailable.read-store',
      `${file} cannot be used (${sqliteCode}); nothing was written. Check its folder and disk.`,
      { details, cause },
    );
  }
  return new LedgerdeskError('defect.read-store', `${file}: ${String(cause)}`, { details, cause });
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
