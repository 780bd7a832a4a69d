import { ErrorType, isCommandError } from '@eventstore/db-client';
import { LedgerdeskError, messageOf } from '@ledgerdesk/kernel';

/**
 * What a failure of the client means. `lost`: nothing is known of what the server did.
 * `not-sent`: the call never reached a server. `misplaced`: no event begins at the position.
 */
export type Failure =
  | 'wrong-revision'
  | 'lost'
  | 'not-sent'
  | 'not-leader'
  | 'no-stream'
  | 'misplaced'
  | 'stream-deleted'
  | 'denied'
  | 'too-large';

/** A failure of the adapter's own call of appends, sorted where it was met. */
export class AppendFailed extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
  ) {
    super(message);
  }
}

const INVALID_ARGUMENT = 3;
const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;

/** What is said of a call that waited for a connection in vain, and so was never sent. */
const NOT_SENT = new RegExp(
  'No connection established|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|' +
    'Name resolution failed|Failed to discover',
  'i',
);

const FAILURES: Readonly<Partial<Record<ErrorType, Failure>>> = {
  [ErrorType.WRONG_EXPECTED_VERSION]: 'wrong-revision',
  [ErrorType.STREAM_NOT_FOUND]: 'no-stream',
  [ErrorType.NO_STREAM]: 'no-stream',
  [ErrorType.NOT_LEADER]: 'not-leader',
  [ErrorType.STREAM_DELETED]: 'stream-deleted',
  [ErrorType.ACCESS_DENIED]: 'denied',
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED]: 'too-large',
};

/** Sorts a failure. Whatever is not known for certain is `lost`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppendFailed) return error.failure;
  const message = messageOf(error);
  if (isCommandError(error as Error)) {
    const command = error as Error & { type: ErrorType; code?: number };
    const failure = FAILURES[command.type];
    if (failure !== undefined) return failure;
    if (command.code === UNAUTHENTICATED || command.code === PERMISSION_DENIED) {
      return 'denied';
    }
    if (command.code === INVALID_ARGUMENT && /invalid position/i.test(message)) {
      return 'misplaced';
    }
  }
  return NOT_SENT.test(message) ? 'not-sent' : 'lost';
}

/** Whether the failure is one of the connection, so that trying again may help. */
export function tellsNothing(failure: Failure): boolean {
  return failure === 'lost' || failure === 'not-sent';
}

/** Whether the same may go well on another try, perhaps on another node. */
export function isCurable(failure: Failure): boolean {
  return failure === 'not-leader' || tellsNothing(failure);
}

/** `unavailable.event-store-unreachable` */
export function unreachable(doing: string, cause?: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.event-store-unreachable',
    `EventStoreDB could not be reached while ${doing}; nothing was written. ` +
      'Look whether a node of the cluster leads, and try again with back-off.',
    { details: { doing }, ...(cause !== undefined && { cause }) },
  );
}

/** `unavailable.event-store-no-leader` */
export function noLeader(stream: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.event-store-no-leader',
    `The nodes of EventStoreDB agree on no leader yet; nothing was written to "${stream}". ` +
      'Try again with back-off.',
    { details: { stream }, cause },
  );
}

/** `denied.event-store` */
export function accessDenied(doing: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'denied.event-store',
    `EventStoreDB refuses the account while ${doing}. ` +
      'Give one in EVENT_STORE_URL that may read $all and write the streams of the engine.',
    { details: { doing }, cause },
  );
}

/** `corrupt.stream-deleted` */
export function streamIsDeleted(stream: string, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.stream-deleted',
    `Stream "${stream}" was deleted on the server: its history is gone. Restore it from a backup.`,
    { details: { stream }, cause },
  );
}

/** `corrupt.stream-retention` */
export function streamForgets(stream: string, reason: string): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.stream-retention',
    `The metadata of stream "${stream}" lets events vanish (${reason}); a history is kept whole. ` +
      'Remove it from the metadata of the stream, and verify the log.',
    { details: { stream, reason } },
  );
}

/** A failure of a read as an error of the port. */
export function readError(error: unknown, doing: string, stream?: string): LedgerdeskError {
  const failure = failureOf(error);
  if (failure === 'denied') return accessDenied(doing, error);
  if (failure === 'stream-deleted') return streamIsDeleted(stream ?? '', error);
  return unreachable(doing, error);
}
