import { hasErrorKind, type ReadDocument } from '@ledgerdesk/kernel';
import type { Collection } from 'mongodb';
import { requireCollection } from '../collection-check';
import { rowsOf, type DocumentRow } from '../document-row';
import { checkpointConflict, fenced, invalidCheckpoint } from '../read-store.errors';
import type {
  DocumentChange,
  GenerationStore,
  ProjectionStorage,
  WriteBatch,
} from '../read-store.port';
import type { BatchRow, MongoBatches } from './mongodb.batches';
import {
  requireEntry,
  storedMark,
  type GenerationEntry,
  type GenerationPlace,
  type MongoCatalog,
  type PendingBatch,
} from './mongodb.catalog';
import type { MongoConnection } from './mongodb.connection';
import { checkSize, documentOf, writeOf, type StoredDocument } from './mongodb.documents';
import { bulkFailure, corruptStore, unknownOutcome } from './mongodb.errors';
import { indexesOf } from './mongodb.indexes';
import type { SearchIndex } from './mongodb.search';

const WRITES_PER_REQUEST = 1_000;
const SETTLE_ATTEMPTS_MAX = 10;
const DECIDE_ATTEMPTS_MAX = 3;
/**
 * Building an index takes as long as it takes; asked again, a server waits for the one it builds.
 */
const INDEX_RETRY_MS = 60 * 60_000;

/** The rows of a batch, by collection. */
type CollectionRows = ReadonlyMap<string, readonly DocumentRow[]>;

/** What all generations of a store share. */
export interface MongoParts {
  readonly connection: MongoConnection;
  readonly catalog: MongoCatalog;
  readonly batches: MongoBatches;
}

/** Where the documents of a collection are; no other generation ever has the same place. */
export function collectionPlace(
  { projection, generation, id }: GenerationPlace,
  collection: string,
): string {
  return `${projection}.${generation}-${id.slice(0, 8)}.${collection}`;
}

/**
 * The write side of one generation. A batch is kept, then decided by one change of the catalogue,
 * then carried out, then noted as complete. Whoever finds a decided batch completes it, so a crash
 * anywhere leaves all of it or nothing; carried out twice, or late, it changes nothing.
 *
 * Cost of a batch: three requests one after the other, and one for each thousand documents; a
 * fourth for batches over 64 KiB, which are kept outside the catalogue.
 */
export class MongoGenerationStore implements GenerationStore {
  readonly info: GenerationStore['info'];
  private readonly place: GenerationPlace;
  private readonly search: SearchIndex;
  /** What the catalogue says unless somebody else writes, too. */
  private known: GenerationEntry | undefined;

  constructor(
    private readonly parts: MongoParts,
    private readonly storage: ProjectionStorage,
    generation: number,
    entry: GenerationEntry,
  ) {
    const { name: projection, version } = storage;
    this.info = { projection, version, generation };
    this.place = { projection, generation, id: entry.id };
    this.search = entry.search;
  }

  async checkpoint(): Promise<bigint> {
    return BigInt((await this.settled()).checkpoint);
  }

  async get(
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ReadDocument>> {
    const { name } = requireCollection(this.storage, collection);
    const [entry, found] = await Promise.all([this.entry(), this.documents(name, ids)]);
    if (entry.pending === null) return found;
    await this.settled();
    return this.documents(name, ids);
  }

  async write(batch: WriteBatch): Promise<void> {
    const { after, checkpoint } = batch;
    if (after < 0n || checkpoint < after) throw invalidCheckpoint(after, checkpoint);
    const rows = this.rowsOf(batch.changes);
    const { projection, generation } = this.info;
    for (let attempt = 1; attempt <= DECIDE_ATTEMPTS_MAX; attempt += 1) {
      const entry = this.known ?? (await this.settled());
      this.known = undefined;
      if (rows.size === 0) {
        if (await this.orUnknown(() => this.parts.catalog.move(this.place, batch))) return;
      } else if (entry.checkpoint === String(after)) {
        const pending = await this.keep(entry, rows, batch);
        if (await this.carryOut(batch, pending, rows)) {
          this.known = completed(entry, pending);
          return;
        }
      }
      const now = await this.settled();
      const { fence = now.fence } = batch;
      if (fence < now.fence) throw fenced(projection, generation, fence, now.fence);
      const actual = BigInt(now.checkpoint);
      if (actual !== after) throw checkpointConflict(projection, generation, after, actual);
    }
    throw checkpointConflict(projection, generation, after, after);
  }

  async buildIndexes(): Promise<void> {
    if ((await this.settled()).indexed) return;
    for (const definition of this.storage.collections) {
      const indexes = indexesOf(definition, this.search);
      await this.parts.connection.writing(
        () => this.stored(definition.name).createIndexes(indexes),
        INDEX_RETRY_MS,
      );
    }
    await this.parts.catalog.markIndexed(this.place);
    this.known = undefined;
  }

  /** All rows of a batch, checked. */
  private rowsOf(changes: WriteBatch['changes']): CollectionRows {
    const all = new Map<string, readonly DocumentRow[]>();
    for (const [collection, list] of changes) {
      const rows = rowsOf(requireCollection(this.storage, collection), list);
      for (const row of rows) checkSize(collection, row);
      if (rows.length > 0) all.set(collection, rows);
    }
    return all;
  }

  private async keep(
    { id, batch }: GenerationEntry,
    rows: CollectionRows,
    { checkpoint, mark }: WriteBatch,
  ): Promise<PendingBatch> {
    const number = batch + 1;
    const [kept] = await Promise.all([
      this.parts.batches.keep(id, number, batchRows(rows)),
      this.parts.batches.clear(id, batch),
    ]);
    return {
      ...kept,
      number,
      checkpoint: String(checkpoint),
      mark: mark === undefined ? null : storedMark(mark),
    };
  }

  /** False where somebody else has moved the checkpoint meanwhile. */
  private async carryOut(
    batch: WriteBatch,
    pending: PendingBatch,
    rows: CollectionRows,
  ): Promise<boolean> {
    return this.orUnknown(async () => {
      if (!(await this.parts.catalog.decide(this.place, batch, pending))) return false;
      await this.apply(pending, rows);
      return true;
    });
  }

  /** What cannot be used now may have taken the step before: whoever looks next completes it. */
  private async orUnknown<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (!hasErrorKind(error, 'unavailable')) throw error;
      throw unknownOutcome(this.parts.connection.place, error);
    }
  }

  /** The entry once no batch is pending. */
  private async settled(): Promise<GenerationEntry> {
    for (let attempt = 1; attempt <= SETTLE_ATTEMPTS_MAX; attempt += 1) {
      const entry = await this.entry();
      if (entry.pending === null) return entry;
      const rows = await this.parts.batches.rowsOf(entry.pending);
      if (rows !== undefined) {
        await this.apply(entry.pending, this.rowsOf(changesOf(rows)));
      } else if ((await this.entry()).pending?.id === entry.pending.id) {
        throw corruptStore(this.parts.connection.place, 'a batch has lost its rows');
      }
    }
    throw corruptStore(this.parts.connection.place, 'a batch cannot be completed');
  }

  private async apply(pending: PendingBatch, rows: CollectionRows): Promise<void> {
    const work = [...rows].map(([name, list]) => this.applyTo(name, list, pending));
    // Waits for all of it, so that nothing goes on behind a failure.
    await Promise.allSettled(work);
    await Promise.all(work);
    await this.parts.catalog.complete(this.place, pending);
  }

  private async applyTo(
    name: string,
    rows: readonly DocumentRow[],
    stamp: PendingBatch,
  ): Promise<void> {
    const definition = requireCollection(this.storage, name);
    for (let from = 0; from < rows.length; from += WRITES_PER_REQUEST) {
      const writes = rows
        .slice(from, from + WRITES_PER_REQUEST)
        .map((row) => writeOf(definition, row, stamp, this.search));
      await this.parts.connection.writing(async () => {
        try {
          await this.stored(name).bulkWrite(writes, { ordered: false });
        } catch (error) {
          const failure = bulkFailure(error);
          if (failure !== undefined) throw failure;
        }
      });
    }
  }

  private async entry(): Promise<GenerationEntry> {
    const { projection, generation } = this.info;
    this.parts.connection.assertOpen();
    const entry = await this.parts.catalog.find(projection, generation);
    const own = entry?.id === this.place.id ? entry : undefined;
    return requireEntry(own, projection, generation);
  }

  private async documents(
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ReadDocument>> {
    if (ids.length === 0) return new Map();
    const found = await this.parts.connection.reading(() =>
      this.stored(collection)
        .find({ _id: { $in: [...ids] }, live: true })
        .project<Pick<StoredDocument, '_id' | 'json'>>({ json: 1 })
        .batchSize(ids.length)
        .toArray(),
    );
    return new Map(found.map((document) => [document._id, documentOf(document)]));
  }

  private stored(collection: string): Collection<StoredDocument> {
    return this.parts.connection.collection(collectionPlace(this.place, collection));
  }
}

function batchRows(rows: CollectionRows): BatchRow[] {
  return [...rows].flatMap(([collection, list]) =>
    list.map(({ id, text }) => ({ collection, id, text })),
  );
}

function changesOf(rows: readonly BatchRow[]): WriteBatch['changes'] {
  const changes = new Map<string, DocumentChange[]>();
  for (const { collection, id, text } of rows) {
    const list = changes.get(collection) ?? [];
    changes.set(collection, list);
    const document = text === null ? null : (JSON.parse(text) as ReadDocument);
    list.push({ id, document });
  }
  return changes;
}

function completed(entry: GenerationEntry, pending: PendingBatch): GenerationEntry {
  const { id, number, checkpoint, mark } = pending;
  return {
    ...entry,
    checkpoint,
    mark: mark ?? entry.mark,
    batch: number,
    last: id,
    pending: null,
  };
}
