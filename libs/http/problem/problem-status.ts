import { errorKindOf, type ErrorCode, type ErrorKind } from '@ledgerdesk/kernel';

/** Media type of every error answer (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

const TYPE_PREFIX = 'urn:ledgerdesk:problem:';

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  invalid: 422,
  denied: 403,
  missing: 404,
  refused: 409,
  conflict: 409,
  limit: 429,
  unavailable: 503,
  'unknown-outcome': 503,
  incompatible: 500,
  corrupt: 500,
  defect: 500,
};

// What HTTP itself has a narrower status for.
const BY_CODE: Readonly<Record<string, number>> = {
  'denied.actor-missing': 401,
  'conflict.revision-pinned': 412,
  'malformed.method': 405,
  'malformed.media-type': 415,
  'limit.header-size': 431,
  'limit.request-time': 408,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  401: 'The request does not say who acts',
  403: 'Not allowed for this actor',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'The request took too long to arrive',
  409: 'Not possible in the present state',
  412: 'The ticket has changed since you read it',
  413: 'Too large',
  415: 'Media type not supported',
  422: 'The request has invalid fields',
  429: 'Too many requests',
  431: 'The request headers are too large',
  500: 'Internal error',
  503: 'Temporarily unavailable',
};

/**
 * The HTTP status of an error code, by its kind: `limit.*-size` is 413 (smaller is right), any
 * other `limit.*` is 429 (later is right).
 */
export function statusOf(code: ErrorCode): number {
  const exact = BY_CODE[code];
  if (exact !== undefined) return exact;
  const kind = errorKindOf(code);
  if (kind === 'limit' && code.endsWith('-size')) return 413;
  return BY_KIND[kind];
}

/** A stable URN for each error code. */
export function problemTypeOf(code: ErrorCode): string {
  return TYPE_PREFIX + code;
}

/** A short title that is the same for all problems of one status. */
export function problemTitleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}

/** Seconds for `Retry-After`; undefined where trying again does not help. */
export function retryAfterSecondsOf(code: ErrorCode, status: number): number | undefined {
  if (status === 429 || status === 503 || code === 'conflict.revision') return 1;
  return undefined;
}
