/**
 * The kinds of failure, as the stem of an error code. What each means, whether a retry helps and
 * what a client or a runner sees of it is tabled in docs/reference/errors.md.
 */
export type ErrorKind =
  | 'malformed'
  | 'invalid'
  | 'denied'
  | 'missing'
  | 'refused'
  | 'conflict'
  | 'limit'
  | 'unavailable'
  | 'unknown-outcome'
  | 'incompatible'
  | 'corrupt'
  | 'defect';

export type ErrorCode = `${ErrorKind}.${string}`;

export interface ErrorOptionsWithDetails {
  /** Machine-readable particulars, JSON-serialisable; they reach the problem document. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

const MARK = Symbol.for('ledgerdesk.error');

/**
 * The one family of errors. The message says what was wrong and what would be right. Recognised
 * by {@link isLedgerdeskError} and {@link hasErrorCode}, never by class identity, so that two
 * copies of this library in one process still understand each other.
 */
export class LedgerdeskError extends Error {
  readonly [MARK] = true;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptionsWithDetails = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LedgerdeskError';
    this.details = options.details ?? {};
  }

  get kind(): ErrorKind {
    return errorKindOf(this.code);
  }
}

/** The kind in a code: `conflict` of `conflict.revision`. */
export function errorKindOf(code: ErrorCode): ErrorKind {
  return code.slice(0, code.indexOf('.')) as ErrorKind;
}

/** Whether it is one of the family, also one made by another copy of this library. */
export function isLedgerdeskError(error: unknown): error is LedgerdeskError {
  return typeof error === 'object' && error !== null && MARK in error;
}

/** Whether it is an error of exactly this code. */
export function hasErrorCode(error: unknown, code: ErrorCode): error is LedgerdeskError {
  return isLedgerdeskError(error) && error.code === code;
}

/** Whether it is an error of this kind: what decides if a retry makes sense. */
export function hasErrorKind(error: unknown, kind: ErrorKind): error is LedgerdeskError {
  return isLedgerdeskError(error) && error.kind === kind;
}

/** Whether a store or server cannot be reached, or fell silent: the same may succeed later. */
export function mayPass(error: unknown): boolean {
  return hasErrorKind(error, 'unavailable') || hasErrorKind(error, 'unknown-outcome');
}

/** What to show of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The same thing fails each time: no further try is worth it. */
const FINAL: readonly ErrorKind[] = [
  'malformed',
  'invalid',
  'denied',
  'missing',
  'refused',
  'incompatible',
  'corrupt',
];

/**
 * Whether a message that failed so goes to the dead letters: a handler that records its failures
 * decides it as the delivery does.
 *
 * @param attempt - tries so far, without those that failed by `unavailable`
 */
export function isLastTry(error: unknown, attempt: number, attemptsMax: number): boolean {
  if (FINAL.some((kind) => hasErrorKind(error, kind))) return true;
  return !hasErrorKind(error, 'unavailable') && attempt >= attemptsMax;
}
