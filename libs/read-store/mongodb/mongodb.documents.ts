import type { CollectionDefinition, ReadDocument } from '@ledgerdesk/kernel';
import type { AnyBulkWriteOperation } from 'mongodb';
import { searchedText, type DocumentRow } from '../document-row';
import { invalidDocument } from '../read-store.errors';
import { searchWords } from '../search-words';
import { searchTerms, type SearchIndex } from './mongodb.search';

/** A stored document with all that belongs to it stays below a server's limit of 16 MiB. */
const DOCUMENT_BYTES_MAX = 2_000_000;

/**
 * A document of a read model, or the trace of one that went away: without it, a delayed repetition
 * of the batch that made the document would bring it back.
 */
export interface StoredDocument {
  readonly _id: string;
  readonly live: boolean;
  /** Number of the batch that wrote it: a batch with a lower or the same number leaves it alone. */
  readonly batch: number;
  /** Checkpoint of that batch, as decimal text. */
  readonly position: string;
  /** The document as it came; absent where it went away, as all that follows. */
  readonly json?: string;
  readonly words?: readonly string[];
  /** Only where a text index reads it. */
  readonly terms?: string;
  /** Declared fields, each under `f_` and its name; absent where null. */
  readonly [field: `f_${string}`]: string | number | boolean;
}

/** The batch that a document belongs to. */
export interface BatchStamp {
  readonly number: number;
  readonly checkpoint: string;
}

/** Name of a declared field in stored documents, which keeps clear of their own fields. */
export function storedField(field: string): `f_${string}` {
  return `f_${field}`;
}

export function documentOf({ json = '{}' }: Pick<StoredDocument, 'json'>): ReadDocument {
  return JSON.parse(json) as ReadDocument;
}

/**
 * Writes one document of a batch; done again, or after a later batch, it changes nothing. For a
 * document that a later batch has written it may give a duplicate key, which means just that.
 */
export function writeOf(
  definition: CollectionDefinition,
  row: DocumentRow,
  stamp: BatchStamp,
  search: SearchIndex,
): AnyBulkWriteOperation<StoredDocument> {
  const { number: batch, checkpoint: position } = stamp;
  const filter = { _id: row.id, batch: { $lt: batch } };
  if (row.text === null) {
    return { replaceOne: { filter, replacement: { live: false, batch, position }, upsert: false } };
  }
  const replacement = {
    live: true,
    batch,
    position,
    json: row.text,
    ...valuesOf(definition, row),
    ...searchedOf(definition, row.text, search),
  };
  return { replaceOne: { filter, replacement, upsert: true } };
}

/** @throws LedgerdeskError `invalid.document` for one that is too large for a server. */
export function checkSize(collection: string, { id, text }: DocumentRow): void {
  const bytes = text === null ? 0 : Buffer.byteLength(text);
  if (bytes <= DOCUMENT_BYTES_MAX) return;
  throw invalidDocument(
    collection,
    id,
    `it has ${bytes} bytes of JSON; a document has at most ${DOCUMENT_BYTES_MAX}`,
  );
}

function valuesOf(
  { fields }: CollectionDefinition,
  { values }: DocumentRow,
): Record<`f_${string}`, string | number | boolean> {
  const stored: Record<`f_${string}`, string | number | boolean> = {};
  for (const [i, field] of Object.keys(fields).entries()) {
    const value = values[i] ?? null;
    if (value !== null) stored[storedField(field)] = value;
  }
  return stored;
}

function searchedOf(
  definition: CollectionDefinition,
  text: string,
  search: SearchIndex,
): Pick<StoredDocument, 'words' | 'terms'> {
  if ((definition.textFields ?? []).length === 0) return {};
  const words = searchWords(searchedText(definition, JSON.parse(text) as ReadDocument));
  return search === 'text' ? { words, terms: searchTerms(words) } : { words };
}
