import { isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';
import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError } from 'mongodb';

/** Code of a server that meets the same `_id`, or another unique key, a second time. */
const DUPLICATE_KEY = 11000;
const DISK_FULL = 14031;
const NAMESPACE_NOT_FOUND = 26;

/**
 * Codes of servers that step down, shut down, are overloaded or give up waiting: the same request
 * may succeed a moment later.
 */
const TRANSIENT_CODES: ReadonlySet<unknown> = new Set([
  ...[6, 7, 24, 43, 46, 50, 63, 64, 89, 91, 112, 117, 133, 134, 175, 189, 202, 262, 290],
  ...[9001, 10107, 11600, 11601, 11602, 13435, 13436],
]);
const TRANSIENT_NAMES: ReadonlySet<string> = new Set([
  'MongoServerSelectionError',
  'MongoOperationTimeoutError',
  'MongoWaitQueueTimeoutError',
  // Of a client that begins anew: see MongoConnection.
  'MongoClientClosedError',
  'MongoTopologyClosedError',
  'MongoPoolClosedError',
  'MongoExpiredSessionError',
  'MongoNotConnectedError',
]);
const NAMES_WITHOUT_SERVER: ReadonlySet<string> = new Set([
  'MongoServerSelectionError',
  'MongoNotConnectedError',
]);

/** Whether the same request may succeed a moment later, perhaps on another server. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  return (
    error instanceof MongoNetworkError ||
    TRANSIENT_NAMES.has(error.name) ||
    TRANSIENT_CODES.has(codeOf(error)) ||
    error.hasErrorLabel('RetryableWriteError')
  );
}

/** Whether the driver knows of no server, which it may never do again by itself. */
export function findsNoServer(error: unknown): boolean {
  return error instanceof MongoError && NAMES_WITHOUT_SERVER.has(error.name);
}

/**
 * The error of a bulk write without the repetitions of what is stored already; undefined if there
 * is nothing else. What the driver wraps in the error of a bulk write has lost its class: without a
 * code, it is a connection that broke.
 */
export function bulkFailure(error: unknown): Error | undefined {
  if (!(error instanceof MongoBulkWriteError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const all = [error.writeErrors].flat();
  const fault = all.find(({ code }) => code !== DUPLICATE_KEY);
  const notReplicated = error.result.getWriteConcernError();
  if (fault !== undefined) return serverError(fault.errmsg, fault.code);
  if (notReplicated !== undefined) return serverError(notReplicated.errmsg, notReplicated.code);
  if (all.length > 0) return undefined;
  return typeof error.code === 'number'
    ? serverError(error.message, error.code)
    : new MongoNetworkError(error.message, { cause: error });
}

/** Whether a server refused the request itself, so that it had no effect. */
export function isRefusal(error: unknown): boolean {
  return error instanceof MongoServerError && !isTransient(error);
}

/** Whether there is no such collection. */
export function isNotThere(error: unknown): boolean {
  return error instanceof MongoServerError && codeOf(error) === NAMESPACE_NOT_FOUND;
}

/**
 * `unavailable.disk-full`, `unavailable.read-store`, or `defect.read-store` for what is neither.
 */
export function storeError(place: string, cause: unknown): LedgerdeskError {
  if (isLedgerdeskError(cause)) return cause;
  const details = { place, mongoCode: codeOf(cause) ?? null };
  if (codeOf(cause) === DISK_FULL) {
    return new LedgerdeskError(
      'unavailable.disk-full',
      `No room left for ${place}; nothing was written. Free space on its disk, then try again.`,
      { details, cause },
    );
  }
  if (cause instanceof MongoError && (isTransient(cause) || isDenied(cause))) {
    return new LedgerdeskError(
      'unavailable.read-store',
      `${place} cannot be used (${cause.name}: ${cause.message}); nothing was written. Check that ` +
        'its servers run, have a primary, and accept the user of READ_STORE_URL.',
      { details, cause },
    );
  }
  return new LedgerdeskError('defect.read-store', `${place}: ${String(cause)}`, { details, cause });
}

/** `unknown-outcome.read-store`: a batch may be stored; whoever looks next finds out. */
export function unknownOutcome(place: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.read-store',
    `${place} stopped answering while a batch was on its way. It is stored wholly or not at all; ` +
      'read the checkpoint, and go on from there.',
    { details: { place }, cause },
  );
}

/** `corrupt.read-store`: what this adapter wrote before is not there any more. */
export function corruptStore(place: string, what: string): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.read-store',
    `${place} is damaged: ${what}. Read models hold no truth of their own: they are built anew.`,
    { details: { place } },
  );
}

/** `incompatible.read-store`: another build laid out the database. */
export function incompatibleLayout(place: string, found: number, known: number): LedgerdeskError {
  return new LedgerdeskError(
    'incompatible.read-store',
    `${place} has layout ${found}, this build knows ${known}. Drop the database and rebuild the ` +
      'projections, or run the build that made it.',
    { details: { place, found, known } },
  );
}

/** `invalid.read-store-url`; neither the URL nor the driver's words, which may hold a password. */
export function invalidUrl(): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.read-store-url',
    'The URL of the read store is none that MongoDB knows; give one such as ' +
      'mongodb://host1,host2/ledgerdesk?replicaSet=rs0, with @ : / % of a password as %40 %3A %2F %25.',
    { details: { scheme: 'mongodb' } },
  );
}

function serverError(message: string | undefined, code: number | undefined): MongoServerError {
  return new MongoServerError({ message: message ?? 'the write failed', code: code ?? 0 });
}

// Wrong password, missing right.
function isDenied(error: MongoError): boolean {
  return error.code === 18 || error.code === 13 || error.code === 8000;
}

function codeOf(error: unknown): string | number | undefined {
  return error instanceof MongoError ? error.code : undefined;
}
