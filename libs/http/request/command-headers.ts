import type { IncomingHttpHeaders } from 'node:http';
import { LedgerdeskError } from '@ledgerdesk/kernel';

/** Who sends a command and why, as the request's headers say. */
export interface CommandHeaders {
  readonly actor: string;
  readonly onBehalfOf: string | null;
  /** Absent where the client leaves it to the server to name the command. */
  readonly idempotencyKey: string | undefined;
  readonly expectedRevision: bigint | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly occurredAt: string | undefined;
  /** The piece of work outside that the request is part of. */
  readonly traceparent: TraceParent | undefined;
}

/** Trace and span of W3C Trace Context, in hexadecimal digits. */
interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
}

const NAME = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,200}$/;
const TRACE_PARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}/;
const STRONG_ETAG = /^"(0|[1-9]\d{0,17})"$/;

/**
 * Reads the headers that a command may carry.
 *
 * @throws LedgerdeskError `denied.actor-missing` (401), `malformed.header` that names the header.
 */
export function commandHeadersOf(headers: IncomingHttpHeaders): CommandHeaders {
  const actor = text(headers, 'x-actor', NAME, 'a name of 1 to 200 visible ASCII characters');
  if (actor === undefined) {
    throw new LedgerdeskError(
      'denied.actor-missing',
      'a command needs to say who sends it; name the person or system in the header X-Actor',
    );
  }
  return {
    actor,
    onBehalfOf:
      text(headers, 'x-on-behalf-of', NAME, 'a name of 1 to 200 visible ASCII characters') ?? null,
    idempotencyKey: visible(headers, 'idempotency-key'),
    expectedRevision: expectedRevisionOf(headers['if-match']),
    correlationId: visible(headers, 'x-correlation-id'),
    causationId: visible(headers, 'x-causation-id'),
    occurredAt: visible(headers, 'x-occurred-at'),
    traceparent: traceparentOf(headers['traceparent']),
  };
}

/**
 * The revision that `If-Match` pins; `*` pins none.
 *
 * @throws LedgerdeskError `malformed.header`
 */
export function expectedRevisionOf(header: string | undefined): bigint | undefined {
  if (header === undefined || header === '*') return undefined;
  const revision = STRONG_ETAG.exec(header)?.[1];
  if (revision === undefined) {
    throw malformedHeader('If-Match', 'one strong ETag as a GET answered it, such as "4"');
  }
  return BigInt(revision);
}

/** Whether `If-None-Match` names the tag: by the weak comparison that RFC 9110 asks for. */
export function matchesNone(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => {
    const tag = one.trim();
    return tag === '*' || tag === etag || tag === `W/${etag}`;
  });
}

// W3C Trace Context: one that cannot be read is passed over, and no fault of the request.
function traceparentOf(header: string | string[] | undefined): TraceParent | undefined {
  const [, traceId, spanId] = TRACE_PARENT.exec(typeof header === 'string' ? header : '') ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

function visible(headers: IncomingHttpHeaders, name: string): string | undefined {
  return text(headers, name, VISIBLE_ASCII, '1 to 200 visible ASCII characters without blanks');
}

function text(
  headers: IncomingHttpHeaders,
  name: string,
  pattern: RegExp,
  right: string,
): string | undefined {
  const value = headers[name];
  if (value === undefined || (value === '' && name === 'x-actor')) return undefined;
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw malformedHeader(name, right);
}

function malformedHeader(name: string, right: string): LedgerdeskError {
  return new LedgerdeskError('malformed.header', `the header ${name} is malformed; send ${right}`, {
    details: { header: name },
  });
}
