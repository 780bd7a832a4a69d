import type { CollectionDefinition, FieldKind, ReadDocument } from '@ledgerdesk/kernel';
import { invalidDocument } from './read-store.errors';
import type { DocumentChange, Scalar } from './read-store.port';

/** Longest id of a document, in UTF-16 code units. */
const ID_LENGTH_MAX = 512;
/**
 * Longest text in a declared field, in UTF-16 code units: it is an index key and part of cursors.
 */
const INDEXED_TEXT_LENGTH_MAX = 10_000;

/** A document on its way into a store: checked, as text, with its declared values taken out. */
export interface DocumentRow {
  readonly id: string;
  /** JSON text; null where the document goes away. */
  readonly text: string | null;
  /** In the order in which the collection declares its fields; null for missing. */
  readonly values: readonly Scalar[];
}

/**
 * @throws LedgerdeskError `invalid.document` for an id that is empty or stands twice, a declared
 * field of another kind, or what JSON cannot carry.
 */
export function rowsOf(
  collection: CollectionDefinition,
  changes: readonly DocumentChange[],
): DocumentRow[] {
  const fields = Object.entries(collection.fields);
  const seen = new Set<string>();
  const rows: DocumentRow[] = [];
  for (const { id, document } of changes) {
    checkId(collection.name, id);
    if (seen.has(id)) throw invalidDocument(collection.name, id, 'it stands twice in one batch');
    seen.add(id);
    rows.push(
      document === null
        ? { id, text: null, values: [] }
        : {
            id,
            text: jsonOf(collection, id, document),
            values: fields.map(([field, kind]) => valueOf(collection, id, document, field, kind)),
          },
    );
  }
  return rows;
}

/** All that `$text` searches in a document, as one text. */
export function searchedText(collection: CollectionDefinition, document: ReadDocument): string {
  const texts: string[] = [];
  for (const field of collection.textFields ?? []) {
    const value = document[field];
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) texts.push(...(value as readonly string[]));
  }
  return texts.join('\n');
}

function checkId(collection: string, id: unknown): void {
  const isRight =
    typeof id === 'string' && id !== '' && id.length <= ID_LENGTH_MAX && id.isWellFormed();
  if (!isRight) {
    throw invalidDocument(
      collection,
      id,
      `an id is 1 to ${ID_LENGTH_MAX} characters of well-formed text`,
    );
  }
}

function jsonOf(collection: CollectionDefinition, id: string, document: ReadDocument): string {
  if (typeof document !== 'object' || Array.isArray(document)) {
    throw invalidDocument(collection.name, id, 'a document is a JSON object');
  }
  for (const field of collection.textFields ?? []) {
    const value = document[field] ?? null;
    const isText =
      value === null ||
      typeof value === 'string' ||
      (Array.isArray(value) && value.every((part) => typeof part === 'string'));
    if (!isText) {
      throw invalidDocument(collection.name, id, `${field} must be text or a list of texts`);
    }
  }
  try {
    return JSON.stringify(document);
  } catch (error) {
    throw invalidDocument(collection.name, id, `it is not JSON (${String(error)})`);
  }
}

function valueOf(
  collection: CollectionDefinition,
  id: string,
  document: ReadDocument,
  field: string,
  kind: FieldKind,
): Scalar {
  const value = document[field] ?? null;
  if (value === null) return null;
  if (!isOfKind(value, kind)) {
    throw invalidDocument(
      collection.name,
      id,
      `${field} must be ${describeKind(kind)} or null, as the collection declares it`,
    );
  }
  if (typeof value === 'string' && value.length > INDEXED_TEXT_LENGTH_MAX) {
    throw invalidDocument(
      collection.name,
      id,
      `${field} has ${value.length} characters; an indexed text has at most ${INDEXED_TEXT_LENGTH_MAX}`,
    );
  }
  // JSON has no negative zero: 0 here, so that the value equals what comes back.
  return value === 0 ? 0 : value;
}

/** Whether a value may stand in, or be compared with, a field of that kind. Null is of none. */
export function isOfKind(value: unknown, kind: FieldKind): value is string | number | boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string' && value.isWellFormed();
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
  }
}

/** For messages: `a finite number`. */
export function describeKind(kind: FieldKind): string {
  return { text: 'well-formed text', number: 'a finite number', boolean: 'true or false' }[kind];
}
