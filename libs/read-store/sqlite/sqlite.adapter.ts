import type { ReadDocument } from '@ledgerdesk/kernel';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkProjectionName,
  checkStorage,
  requireCollection,
  storageDigest,
} from '../collection-check';
import { encodeCursor } from '../cursor';
import { checkFilter, checkQuery, type CheckedQuery } from '../query-check';
import {
  incompatibleGeneration,
  invalidGeneration,
  missingGeneration,
  projectionUnavailable,
  storeClosed,
} from '../read-store.errors';
import type {
  Filter,
  GenerationStatus,
  GenerationStore,
  Page,
  ProjectionStorage,
  Query,
  ReadStore,
} from '../read-store.port';
import {
  deleteEntry,
  findEntry,
  findLive,
  insertEntry,
  listGenerations,
  makeLive,
  nextGeneration,
  projectionNames,
  storageOf,
  type CatalogEntry,
} from './sqlite.catalog';
import { SqliteConnection, type Row } from './sqlite.connection';
import { incompatibleFile, withStoreErrors } from './sqlite.errors';
import { READ_MODELS_FILE } from './sqlite.files';
import { SqliteGenerationStore } from './sqlite.generation';
import { SqliteLeases } from './sqlite.leases';
import {
  countStatement,
  NARROW_MATCHES_MAX,
  pageStatements,
  reachStatement,
  scalarOf,
  type SearchReach,
} from './sqlite.query';
import {
  collectionTable,
  createIndexes,
  createTable,
  createTextTable,
  dropTables,
  LAYOUT,
  UPGRADES,
  type CollectionTable,
} from './sqlite.schema';

const DEFAULT_BUSY_TIMEOUT_MS = 10_000;
const WRITER_CACHE_KIB = 64 * 1024;
const READER_CACHE_KIB = 64 * 1024;

export interface SqliteReadStoreOptions {
  /** How long a write waits while another process writes, in milliseconds. Default 10,000. */
  readonly busyTimeoutMs?: number;
  /**
   * Largest size of the file, in bytes; beyond it writes are `unavailable.disk-full`. Default: no
   * bound.
   */
  readonly fileBytesMax?: number;
}

interface LiveTables {
  readonly storage: ProjectionStorage;
  readonly tables: ReadonlyMap<string, CollectionTable>;
}

/**
 * Read models in one SQLite file, which several processes may open at the same time. A power
 * failure may cost the newest batches, documents and checkpoint alike. All work is done
 * synchronously on the calling thread, reads and writes on a connection each.
 */
export class SqliteReadStore implements ReadStore {
  readonly leases: SqliteLeases;
  private readonly tables = new Map<string, LiveTables>();
  private isClosed = false;

  private constructor(
    private readonly writer: SqliteConnection,
    private readonly reader: SqliteConnection,
  ) {
    this.leases = new SqliteLeases(writer);
  }

  /**
   * Opens or creates the file in `directory`.
   *
   * @throws LedgerdeskError `corrupt.read-store`, `incompatible.read-store`, `unavailable.*`
   */
  static open(directory: string, options: SqliteReadStoreOptions = {}): SqliteReadStore {
    const file = join(directory, READ_MODELS_FILE);
    withStoreErrors(file, () => mkdirSync(directory, { recursive: true }));
    const { busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS, fileBytesMax } = options;
    const writer = SqliteConnection.open(file, {
      busyTimeoutMs,
      cacheKib: WRITER_CACHE_KIB,
      isReader: false,
      ...(fileBytesMax === undefined ? {} : { fileBytesMax }),
    });
    try {
      layOut(writer);
      const cacheKib = READER_CACHE_KIB;
      const reader = SqliteConnection.open(file, { busyTimeoutMs, cacheKib, isReader: true });
      return new SqliteReadStore(writer, reader);
    } catch (error) {
      writer.close();
      throw error;
    }
  }

  async generations(projection?: string): Promise<readonly GenerationStatus[]> {
    this.assertOpen();
    return listGenerations(this.reader, projection);
  }

  async createGeneration(
    storage: ProjectionStorage,
    options: { readonly deferIndexes?: boolean } = {},
  ): Promise<GenerationStore> {
    this.assertOpen();
    checkStorage(storage);
    const isIndexed = options.deferIndexes !== true;
    const generation = this.writer.writing(() => {
      checkProjectionName(storage.name, projectionNames(this.writer));
      const next = nextGeneration(this.writer, storage.name);
      for (const collection of storage.collections) {
        const table = collectionTable(storage.name, next, collection);
        this.writer.execute(createTable(table));
        if (!isIndexed) continue;
        for (const statement of createIndexes(table)) this.writer.execute(statement);
        if (table.textTable) this.writer.execute(createTextTable(table.textTable));
      }
      insertEntry(this.writer, storage, next, { isIndexed, digest: storageDigest(storage) });
      return next;
    });
    return new SqliteGenerationStore(this.writer, storage, generation);
  }

  async openGeneration(storage: ProjectionStorage, generation: number): Promise<GenerationStore> {
    this.assertOpen();
    checkStorage(storage);
    const { version, digest } = this.requireEntry(storage.name, generation);
    if (version !== storage.version || digest !== storageDigest(storage)) {
      throw incompatibleGeneration(storage.name, generation, version, storage.version);
    }
    return new SqliteGenerationStore(this.writer, storage, generation);
  }

  async promote(projection: string, generation: number): Promise<void> {
    this.assertOpen();
    this.writer.writing(() => {
      if (!this.requireEntry(projection, generation).isIndexed) {
        throw invalidGeneration(
          projection,
          generation,
          'has no indexes yet; call buildIndexes first',
        );
      }
      makeLive(this.writer, projection, generation);
    });
  }

  async drop(projection: string, generation: number): Promise<void> {
    this.assertOpen();
    this.writer.writing(() => {
      const { isLive } = this.requireEntry(projection, generation);
      if (isLive) {
        throw invalidGeneration(projection, generation, 'is live; promote another one first');
      }
      const storage = storageOf(this.writer, projection, generation);
      for (const collection of storage?.collections ?? []) {
        const table = collectionTable(projection, generation, collection);
        for (const statement of dropTables(table)) this.writer.execute(statement);
      }
      deleteEntry(this.writer, projection, generation);
    });
  }

  async find(projection: string, collection: string, query: Query): Promise<Page> {
    this.assertOpen();
    return this.reader.reading(() => {
      const table = this.liveTable(projection, collection);
      const checked = checkQuery(table.definition, query);
      return pageOf(table, checked, this.readPage(table, checked));
    });
  }

  async count(projection: string, collection: string, filter?: Filter): Promise<number> {
    this.assertOpen();
    return this.reader.reading(() => {
      const table = this.liveTable(projection, collection);
      const { sql, parameters } = countStatement(table, checkFilter(table.definition, filter));
      return Number(this.reader.first(sql, parameters)?.[0]);
    });
  }

  async get(projection: string, collection: string, id: string): Promise<ReadDocument | undefined> {
    this.assertOpen();
    return this.reader.reading(() => {
      const { sql } = this.liveTable(projection, collection);
      const row = this.reader.first(sql.get, [id]);
      return row && (JSON.parse(String(row[0])) as ReadDocument);
    });
  }

  async checkpoint(projection: string): Promise<bigint> {
    this.assertOpen();
    return findLive(this.reader, projection)?.checkpoint ?? 0n;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.reader.close();
    this.writer.close();
  }

  /** Up to one row more than the page holds, which tells whether there is a next one. */
  private readPage(table: CollectionTable, query: CheckedQuery): Row[] {
    const rows: Row[] = [];
    for (const { sql, parameters } of pageStatements(table, query, this.reachOf(table, query))) {
      const missing = query.limit + 1 - rows.length;
      if (missing <= 0) break;
      for (const row of this.reader.allUpTo(missing, sql, parameters)) rows.push(row);
    }
    return rows;
  }

  private reachOf({ textTable }: CollectionTable, { words }: CheckedQuery): SearchReach {
    if (textTable === undefined || words === undefined) return 'narrow';
    const { sql, parameters } = reachStatement(textTable, words);
    const matches = Number(this.reader.first(sql, parameters)?.[0]);
    return matches > NARROW_MATCHES_MAX ? 'wide' : 'narrow';
  }

  private liveTable(projection: string, collection: string): CollectionTable {
    const live = findLive(this.reader, projection);
    if (live === undefined) throw projectionUnavailable(projection);
    const { storage, tables } = this.liveTables(projection, live.generation);
    const { name } = requireCollection(storage, collection);
    const table = tables.get(name);
    if (table === undefined) throw missingGeneration(projection, live.generation);
    return table;
  }

  /**
   * Numbers are never used again, so what was read once stays right. One entry for each promotion
   * seen.
   */
  private liveTables(projection: string, generation: number): LiveTables {
    const key = `${projection} ${generation}`;
    const known = this.tables.get(key);
    if (known !== undefined) return known;
    const storage = storageOf(this.reader, projection, generation);
    if (storage === undefined) throw missingGeneration(projection, generation);
    const tables = new Map(
      storage.collections.map((c) => [c.name, collectionTable(projection, generation, c)]),
    );
    this.tables.set(key, { storage, tables });
    return { storage, tables };
  }

  private requireEntry(projection: string, generation: number): CatalogEntry {
    const entry = findEntry(this.writer, projection, generation);
    if (entry === undefined) throw missingGeneration(projection, generation);
    return entry;
  }

  private assertOpen(): void {
    if (this.isClosed) throw storeClosed();
  }
}

function layOut(writer: SqliteConnection): void {
  const layout = Number(writer.first('PRAGMA user_version')?.[0]);
  if (layout === LAYOUT) return;
  if (UPGRADES[layout] === undefined) throw incompatibleFile(writer.file, layout, LAYOUT);
  writer.writing(() => {
    // Another process may have come first.
    const now = Number(writer.first('PRAGMA user_version')?.[0]);
    if (now !== LAYOUT) writer.execute(UPGRADES[now] ?? '');
  });
}

function pageOf(table: CollectionTable, query: CheckedQuery, rows: readonly Row[]): Page {
  const page = rows.slice(0, query.limit);
  const items = page.map(([id, , doc]) => ({
    id: String(id),
    document: JSON.parse(String(doc)) as ReadDocument,
  }));
  const last = page.at(-1);
  if (last === undefined || rows.length <= query.limit) return { items, nextCursor: null };
  const kind = (query.sort && table.definition.fields[query.sort.field]) ?? 'text';
  const end = { id: String(last[0]), value: scalarOf(last[1] ?? null, kind) };
  return { items, nextCursor: encodeCursor(query.digest, end) };
}
