import type { ReadDocument } from '@ledgerdesk/kernel';
import type { Collection, Filter as DriverFilter } from 'mongodb';
import { checkStorage, requireCollection, storageDigest } from '../collection-check';
import { encodeCursor } from '../cursor';
import { checkFilter, checkQuery, type CheckedQuery } from '../query-check';
import {
  incompatibleGeneration,
  invalidGeneration,
  projectionUnavailable,
} from '../read-store.errors';
import type {
  Filter,
  GenerationStatus,
  GenerationStore,
  Page,
  ProjectionStorage,
  Query,
  ReadStore,
  Scalar,
} from '../read-store.port';
import { MongoBatches } from './mongodb.batches';
import {
  MongoCatalog,
  requireEntry,
  type GenerationEntry,
  type LiveGeneration,
} from './mongodb.catalog';
import { MongoConnection, type MongoConnectionOptions } from './mongodb.connection';
import { documentOf, storedField, type StoredDocument } from './mongodb.documents';
import { collectionPlace, MongoGenerationStore, type MongoParts } from './mongodb.generation';
import { indexesOf } from './mongodb.indexes';
import { checkLayout, setAsideCatalogue, textIndexOf } from './mongodb.layout';
import { MongoLeases } from './mongodb.leases';
import { pageSegments, pageSort, storedFilter } from './mongodb.query';
import type { SearchIndex } from './mongodb.search';

/** A reader that meets another promotion each time gives up. */
const PROMOTIONS_SEEN_MAX = 5;

interface LiveTables extends LiveGeneration {
  readonly storage: ProjectionStorage;
  readonly search: SearchIndex;
}

/**
 * Read models in a MongoDB database, which any number of processes share, with and without a
 * replica set. Writes are acknowledged by a majority of the servers. A batch may be half visible to
 * readers while it is carried out; {@link ReadStore.checkpoint} tells of it once it is there
 * wholly.
 */
export class MongoReadStore implements ReadStore {
  readonly leases: MongoLeases;
  private readonly lives = new Map<string, LiveTables>();
  private search: Promise<SearchIndex> | undefined;

  private constructor(private readonly parts: MongoParts) {
    this.leases = new MongoLeases(parts.connection);
  }

  /**
   * Connects to the database that the URL names (`ledgerdesk` where it names none), and lays it out
   * if need be.
   *
   * @throws LedgerdeskError `invalid.read-store-url`, `incompatible.read-store`, `unavailable.*`
   */
  static async open(url: string, options: MongoConnectionOptions = {}): Promise<MongoReadStore> {
    const connection = MongoConnection.to(url, options);
    const batches = new MongoBatches(connection);
    try {
      await checkLayout(connection, batches);
      return new MongoReadStore({ connection, catalog: new MongoCatalog(connection), batches });
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /**
   * Begins anew, and keeps what was there: see `setAsideReadStore`.
   *
   * @throws LedgerdeskError `invalid.read-store-url`, `unavailable.*`
   */
  static async setAside(url: string, suffix: string): Promise<string> {
    const connection = MongoConnection.to(url);
    try {
      return await setAsideCatalogue(connection, suffix);
    } finally {
      await connection.close();
    }
  }

  async generations(projection?: string): Promise<readonly GenerationStatus[]> {
    this.parts.connection.assertOpen();
    return this.parts.catalog.list(projection);
  }

  async createGeneration(
    storage: ProjectionStorage,
    options: { readonly deferIndexes?: boolean } = {},
  ): Promise<GenerationStore> {
    const { connection, catalog } = this.parts;
    connection.assertOpen();
    checkStorage(storage);
    const search = await this.searchIndex(storage);
    // Refuses what a server would refuse only when a long build is done.
    for (const definition of storage.collections) indexesOf(definition, search);
    const generation = await catalog.create(storage, search);
    const entry = await this.requireEntry(storage.name, generation);
    const store = new MongoGenerationStore(this.parts, storage, generation, entry);
    if (options.deferIndexes !== true) await store.buildIndexes();
    return store;
  }

  async openGeneration(storage: ProjectionStorage, generation: number): Promise<GenerationStore> {
    this.parts.connection.assertOpen();
    checkStorage(storage);
    const entry = await this.requireEntry(storage.name, generation);
    if (entry.version !== storage.version || entry.digest !== storageDigest(storage)) {
      throw incompatibleGeneration(storage.name, generation, entry.version, storage.version);
    }
    return new MongoGenerationStore(this.parts, storage, generation, entry);
  }

  async promote(projection: string, generation: number): Promise<void> {
    const { id } = await this.requireEntry(projection, generation);
    if (await this.parts.catalog.promote({ projection, generation, id })) return;
    await this.requireEntry(projection, generation);
    throw invalidGeneration(projection, generation, 'has no indexes yet; call buildIndexes first');
  }

  async drop(projection: string, generation: number): Promise<void> {
    const { connection, catalog, batches } = this.parts;
    const { id } = await this.requireEntry(projection, generation);
    const storage = await catalog.storageOf(projection, generation);
    await catalog.remove({ projection, generation, id });
    for (const { name } of storage?.collections ?? []) {
      const place = collectionPlace({ projection, generation, id }, name);
      await connection.writing(() => connection.collection(place).drop());
    }
    await batches.clearAll(id);
  }

  async find(projection: string, collection: string, query: Query): Promise<Page> {
    return this.onLive(projection, async (live) => {
      const checked = checkQuery(requireCollection(live.storage, collection), query);
      return pageOf(checked, await this.readPage(projection, live, collection, checked));
    });
  }

  async count(projection: string, collection: string, filter?: Filter): Promise<number> {
    return this.onLive(projection, async (live) => {
      const tree = checkFilter(requireCollection(live.storage, collection), filter);
      const stored = this.stored(projection, live, collection);
      const { connection } = this.parts;
      const found = storedFilter(tree, live.search) as DriverFilter<StoredDocument>;
      return connection.reading(() => stored.countDocuments(found));
    });
  }

  async get(projection: string, collection: string, id: string): Promise<ReadDocument | undefined> {
    return this.onLive(projection, async (live) => {
      const { name } = requireCollection(live.storage, collection);
      const stored = this.stored(projection, live, name);
      const found = await this.parts.connection.reading(() =>
        stored.findOne({ _id: id, live: true }, { projection: { json: 1 } }),
      );
      return found === null ? undefined : documentOf(found);
    });
  }

  async checkpoint(projection: string): Promise<bigint> {
    this.parts.connection.assertOpen();
    const generations = await this.parts.catalog.list(projection);
    return generations.find(({ live }) => live)?.checkpoint ?? 0n;
  }

  async close(): Promise<void> {
    await this.parts.connection.close();
  }

  /** Up to one document more than the page holds, which tells whether there is a next one. */
  private async readPage(
    projection: string,
    live: LiveTables,
    collection: string,
    query: CheckedQuery,
  ): Promise<StoredDocument[]> {
    const filter = storedFilter(query, live.search);
    const stored = this.stored(projection, live, collection);
    const sorted = query.sort === undefined ? {} : { [storedField(query.sort.field)]: 1 };
    const found: StoredDocument[] = [];
    for (const segment of pageSegments(query)) {
      const missing = query.limit + 1 - found.length;
      if (missing <= 0) break;
      const page = await this.parts.connection.reading(() =>
        stored
          .find({ ...filter, $and: [...filter.$and, segment] } as DriverFilter<StoredDocument>)
          .sort(pageSort(query))
          .limit(missing)
          .batchSize(missing)
          .project<StoredDocument>({ json: 1, ...sorted })
          .toArray(),
      );
      found.push(...page);
    }
    return found;
  }

  /**
   * Asks the generation that serves, as far as this reader knows, and only then looks whether it
   * still does: so an answer never comes from one that was dropped meanwhile, and costs one short
   * request more.
   */
  private async onLive<T>(projection: string, ask: (live: LiveTables) => Promise<T>): Promise<T> {
    this.parts.connection.assertOpen();
    for (let attempt = 1; attempt <= PROMOTIONS_SEEN_MAX; attempt += 1) {
      const live = this.lives.get(projection) ?? (await this.loadLive(projection));
      if (live === undefined) continue;
      const [answer] = await Promise.allSettled([ask(live)]);
      const now = await this.parts.catalog.live(projection);
      if (now?.id !== live.id) {
        this.lives.delete(projection);
        continue;
      }
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    }
    throw projectionUnavailable(projection);
  }

  /** Undefined where another one was promoted meanwhile. */
  private async loadLive(projection: string): Promise<LiveTables | undefined> {
    const { catalog } = this.parts;
    const live = await catalog.live(projection);
    if (live === undefined) throw projectionUnavailable(projection);
    const storage = await catalog.storageOf(projection, live.generation);
    const entry = await catalog.find(projection, live.generation);
    if (storage === undefined || entry?.id !== live.id) return undefined;
    const tables = { ...live, storage, search: entry.search };
    this.lives.set(projection, tables);
    return tables;
  }

  private stored(
    projection: string,
    { generation, id }: LiveTables,
    collection: string,
  ): Collection<StoredDocument> {
    const place = collectionPlace({ projection, generation, id }, collection);
    return this.parts.connection.collection<StoredDocument>(place);
  }

  /** Asked once for each store, at the first projection that is searched. */
  private async searchIndex({ collections }: ProjectionStorage): Promise<SearchIndex> {
    const isSearched = collections.some(({ textFields = [] }) => textFields.length > 0);
    if (!isSearched) return 'words';
    this.search ??= textIndexOf(this.parts.connection).catch((error: unknown) => {
      this.search = undefined;
      throw error;
    });
    return this.search;
  }

  private async requireEntry(projection: string, generation: number): Promise<GenerationEntry> {
    this.parts.connection.assertOpen();
    const entry = await this.parts.catalog.find(projection, generation);
    return requireEntry(entry, projection, generation);
  }
}

function pageOf(query: CheckedQuery, found: readonly StoredDocument[]): Page {
  const page = found.slice(0, query.limit);
  const items = page.map((stored) => ({ id: stored._id, document: documentOf(stored) }));
  const last = page.at(-1);
  if (last === undefined || found.length <= query.limit) return { items, nextCursor: null };
  const value: Scalar = query.sort ? (last[storedField(query.sort.field)] ?? null) : null;
  return { items, nextCursor: encodeCursor(query.digest, { id: last._id, value }) };
}
