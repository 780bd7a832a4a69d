import { canonicalJson, type FieldKind } from '@ledgerdesk/kernel';
import { createHash } from 'node:crypto';
import type { Condition } from './filter';
import { isOfKind } from './document-row';
import { invalidQuery } from './read-store.errors';
import type { Scalar, Sort } from './read-store.port';

/** Where a page ended: the sort value and the id of its last document. */
export interface PageEnd {
  readonly value: Scalar;
  readonly id: string;
}

/** Cursors longer than this are refused unread, in characters. */
const CURSOR_LENGTH_MAX = 100_000;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** What a cursor belongs to: 16 characters that differ for another collection, filter or sort. */
export function queryDigest(
  collection: string,
  condition: Condition,
  words: readonly string[] | undefined,
  sort: Sort | undefined,
): string {
  const identity = canonicalJson([collection, shapeOf(condition), words ?? null, sort ?? null]);
  return createHash('sha256').update(identity).digest('base64url').slice(0, 16);
}

/** Opaque text; holds the digest of its query, so that another query refuses it. */
export function encodeCursor(digest: string, end: PageEnd): string {
  return Buffer.from(JSON.stringify([digest, end.value, end.id])).toString('base64url');
}

/**
 * @param kind - of the field that is sorted by; undefined when the id alone orders.
 * @throws LedgerdeskError `invalid.query` at `cursor` for one that is broken or of another query.
 */
export function decodeCursor(
  cursor: unknown,
  digest: string,
  kind: FieldKind | undefined,
): PageEnd {
  const parts = partsOf(cursor);
  const [from, value, id] = parts ?? [];
  const isOrdered = value === null || (kind !== undefined && isOfKind(value, kind));
  if (parts?.length !== 3 || typeof from !== 'string' || typeof id !== 'string' || !isOrdered) {
    throw invalidQuery('cursor', 'it is broken; give the nextCursor of a page as it came');
  }
  if (from !== digest) {
    throw invalidQuery('cursor', 'it is of another query; keep filter and sort between pages');
  }
  return { value, id };
}

function partsOf(cursor: unknown): readonly unknown[] | undefined {
  if (typeof cursor !== 'string' || cursor.length > CURSOR_LENGTH_MAX || !BASE64URL.test(cursor)) {
    return undefined;
  }
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function shapeOf(condition: Condition): readonly unknown[] {
  return condition.kind === 'compare'
    ? [condition.field, condition.comparison, condition.operand]
    : [condition.kind, ...condition.parts.map(shapeOf)];
}
