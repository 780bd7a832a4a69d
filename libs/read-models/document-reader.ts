import { LedgerdeskError, type ReadDocument } from '@ledgerdesk/kernel';

/** A filter of the read store's language; what it cannot serve, the store refuses. */
export type DocumentFilter = Readonly<Record<string, unknown>>;

export interface DocumentQuery {
  readonly filter?: DocumentFilter;
  readonly sort?: { readonly field: string; readonly direction: 'ascending' | 'descending' };
  /** 1 to 1,000. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface DocumentPage {
  readonly items: readonly { readonly id: string; readonly document: ReadDocument }[];
  readonly nextCursor: string | null;
}

/** What the queries ask of a read store: every `ReadStore` is one. */
export interface DocumentReader {
  find(projection: string, collection: string, query: DocumentQuery): Promise<DocumentPage>;
  count(projection: string, collection: string, filter?: DocumentFilter): Promise<number>;
  get(projection: string, collection: string, id: string): Promise<ReadDocument | undefined>;
  checkpoint(projection: string): Promise<bigint>;
}

/** An answer and the global position that it stands for, as decimal text. */
export interface Positioned {
  readonly position: string;
}

const PAGE_SIZE = 1_000;
/** More documents than this are no dashboard: the caller has to narrow what it asks for. */
const DOCUMENTS_MAX = 100_000;
const CONSISTENT_TRIES_MAX = 5;

/**
 * All documents that a query finds, page by page.
 *
 * @throws LedgerdeskError `limit.query-documents` beyond 100,000 documents.
 */
export async function findAll(
  reader: DocumentReader,
  projection: string,
  collection: string,
  query: Omit<DocumentQuery, 'limit' | 'cursor'> = {},
): Promise<readonly ReadDocument[]> {
  const documents: ReadDocument[] = [];
  let cursor: string | null = null;
  do {
    const page: DocumentPage = await reader.find(projection, collection, {
      ...query,
      limit: PAGE_SIZE,
      ...(cursor !== null && { cursor }),
    });
    for (const { document } of page.items) documents.push(document);
    cursor = page.nextCursor;
    if (documents.length > DOCUMENTS_MAX) throw tooManyDocuments(collection);
  } while (cursor !== null);
  return documents;
}

/**
 * Several reads as of one position: repeated while the projection moves between them, at most five
 * times. The position is the one before the last try, so the answer holds at least everything up to
 * it.
 */
export async function readAsOf<Answer extends object>(
  reader: DocumentReader,
  projection: string,
  read: () => Promise<Answer>,
): Promise<Answer & Positioned> {
  let position = await reader.checkpoint(projection);
  let answer = await read();
  for (let tries = 1; tries < CONSISTENT_TRIES_MAX; tries += 1) {
    const after = await reader.checkpoint(projection);
    if (after === position) break;
    position = after;
    answer = await read();
  }
  return { ...answer, position: position.toString() };
}

/** A sum of an aggregate document; an absent name stands for 0. */
export function amountOf(document: ReadDocument | undefined, name: string): number {
  const amount = document?.[name];
  return typeof amount === 'number' ? amount : 0;
}

export function textOf(document: ReadDocument | undefined, name: string): string | null {
  const text = document?.[name];
  return typeof text === 'string' ? text : null;
}

function tooManyDocuments(collection: string): LedgerdeskError {
  return new LedgerdeskError(
    'limit.query-documents',
    `The question needs more than ${DOCUMENTS_MAX} documents of ${collection}; narrow it.`,
    { details: { collection, documentsMax: DOCUMENTS_MAX } },
  );
}
