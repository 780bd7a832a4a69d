import { isLedgerdeskError, LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';

const DISK_FULL: readonly [ErrorCode, string] = [
  'unavailable.disk-full',
  'The disk is full; nothing was written. Free some space: the store then goes on by itself.',
];
const IO: readonly [ErrorCode, string] = [
  'unavailable.event-store-io',
  'The disk or its file system refused the operation; nothing was written. Check both.',
];
const LOCKED: readonly [ErrorCode, string] = [
  'unavailable.event-store-locked',
  'Another process holds the event store; nothing was written. Try again when it has let go.',
];
const CORRUPT: readonly [ErrorCode, string] = [
  'corrupt.event-store',
  'The event store file is damaged. Keep it as evidence and restore the last verified backup.',
];

/** By the primary result code of SQLite, which an extended one begins with. */
const BY_SQLITE_CODE: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  SQLITE_FULL: DISK_FULL,
  SQLITE_IOERR: IO,
  SQLITE_CANTOPEN: IO,
  SQLITE_PERM: IO,
  SQLITE_READONLY: IO,
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_PROTOCOL: LOCKED,
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_NOTADB: CORRUPT,
};

/** What the driver or the file system threw, in the words of the port. */
export function translateSqliteError(error: unknown, file: string): LedgerdeskError {
  if (isLedgerdeskError(error)) return error;
  const reason = codeOf(error);
  const known = BY_SQLITE_CODE[/^SQLITE_[A-Z]+/.exec(reason)?.[0] ?? ''] ?? bySystemCode(reason);
  const [code, message] = known ?? [
    'defect.event-store' as const,
    'The event store met an error it does not know.',
  ];
  return new LedgerdeskError(code, `${message} (${file}: ${String(error)})`, {
    details: { file, reason },
    cause: error,
  });
}

/** True where a failed COMMIT may yet turn out to be on the disk, by what SQLite says of it. */
export function isIoError(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_IOERR');
}

function bySystemCode(reason: string): readonly [ErrorCode, string] | undefined {
  if (reason === 'ENOSPC' || reason === 'EDQUOT') return DISK_FULL;
  return /^E[A-Z]+$/.test(reason) ? IO : undefined;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}
