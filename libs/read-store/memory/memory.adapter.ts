import type { CollectionDefinition, ReadDocument } from '@ledgerdesk/kernel';
import {
  checkProjectionName,
  checkStorage,
  requireCollection,
  storageDigest,
} from '../collection-check';
import { encodeCursor } from '../cursor';
import { rowsOf } from '../document-row';
import { checkFilter, checkQuery } from '../query-check';
import {
  checkpointConflict,
  fenced,
  incompatibleGeneration,
  invalidCheckpoint,
  invalidGeneration,
  missingGeneration,
  projectionUnavailable,
  storeClosed,
} from '../read-store.errors';
import type {
  CheckpointMark,
  Filter,
  GenerationStatus,
  GenerationStore,
  Page,
  ProjectionStorage,
  Query,
  ReadStore,
  WriteBatch,
} from '../read-store.port';
import { MemoryLeases } from './memory.leases';
import { matches, memoryRow, pageOrder, valueOf, type MemoryRow } from './memory.matching';

interface Generation {
  readonly storage: ProjectionStorage;
  readonly generation: number;
  /** By collection name, then by id. */
  readonly rows: ReadonlyMap<string, Map<string, MemoryRow>>;
  checkpoint: bigint;
  mark: CheckpointMark | undefined;
  fence: number;
  isIndexed: boolean;
}

interface ProjectionEntry {
  lastGeneration: number;
  live: number | undefined;
  readonly generations: Map<number, Generation>;
}

/**
 * All documents in this process's memory: the reference model for the other adapters, and a store
 * for tests and demonstrations. Every query looks at every document; nothing survives the process.
 */
export class MemoryReadStore implements ReadStore {
  readonly leases = new MemoryLeases(() => this.assertOpen());
  private readonly projections = new Map<string, ProjectionEntry>();
  private isClosed = false;

  async generations(projection?: string): Promise<readonly GenerationStatus[]> {
    this.assertOpen();
    const found: GenerationStatus[] = [];
    for (const name of [...this.projections.keys()].sort()) {
      if (projection !== undefined && projection !== name) continue;
      const entry = this.projections.get(name);
      for (const { generation, storage, checkpoint, mark } of entry?.generations.values() ?? []) {
        const live = entry?.live === generation;
        const { version } = storage;
        found.push({
          projection: name,
          version,
          generation,
          checkpoint,
          ...(mark !== undefined && { mark }),
          live,
        });
      }
    }
    return found;
  }

  async createGeneration(
    storage: ProjectionStorage,
    options: { readonly deferIndexes?: boolean } = {},
  ): Promise<GenerationStore> {
    this.assertOpen();
    checkStorage(storage);
    checkProjectionName(storage.name, [...this.projections.keys()]);
    const entry = this.projections.get(storage.name) ?? {
      lastGeneration: 0,
      live: undefined,
      generations: new Map<number, Generation>(),
    };
    entry.lastGeneration += 1;
    const generation: Generation = {
      storage: structuredClone(storage),
      generation: entry.lastGeneration,
      rows: new Map(storage.collections.map(({ name }) => [name, new Map<string, MemoryRow>()])),
      checkpoint: 0n,
      mark: undefined,
      fence: 0,
      isIndexed: options.deferIndexes !== true,
    };
    entry.generations.set(generation.generation, generation);
    this.projections.set(storage.name, entry);
    return this.storeOf(generation);
  }

  async openGeneration(storage: ProjectionStorage, generation: number): Promise<GenerationStore> {
    this.assertOpen();
    checkStorage(storage);
    const found = this.requireGeneration(storage.name, generation);
    const isSame =
      found.storage.version === storage.version &&
      storageDigest(found.storage) === storageDigest(storage);
    if (!isSame) {
      const { version } = found.storage;
      throw incompatibleGeneration(storage.name, generation, version, storage.version);
    }
    return this.storeOf(found);
  }

  async promote(projection: string, generation: number): Promise<void> {
    this.assertOpen();
    const found = this.requireGeneration(projection, generation);
    if (!found.isIndexed) {
      throw invalidGeneration(
        projection,
        generation,
        'has no indexes yet; call buildIndexes first',
      );
    }
    this.requireProjection(projection, generation).live = generation;
  }

  async drop(projection: string, generation: number): Promise<void> {
    this.assertOpen();
    this.requireGeneration(projection, generation);
    const entry = this.requireProjection(projection, generation);
    if (entry.live === generation) {
      throw invalidGeneration(projection, generation, 'is live; promote another one first');
    }
    entry.generations.delete(generation);
  }

  async find(projection: string, collection: string, query: Query): Promise<Page> {
    const live = this.requireLive(projection);
    const definition = requireCollection(live.storage, collection);
    const checked = checkQuery(definition, query);
    const { sort, after, limit } = checked;
    const inOrder = pageOrder(sort);
    const found = this.matching(live, definition, checked)
      .map((row) => ({ ...row, value: sort ? valueOf(definition, row, sort.field) : null }))
      .filter((row) => after === undefined || inOrder(row, after) > 0)
      .sort(inOrder);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ id, text }) => ({ id, document: parse(text) })),
      nextCursor:
        last === undefined || found.length <= limit ? null : encodeCursor(checked.digest, last),
    };
  }

  async count(projection: string, collection: string, filter?: Filter): Promise<number> {
    const live = this.requireLive(projection);
    const definition = requireCollection(live.storage, collection);
    return this.matching(live, definition, checkFilter(definition, filter)).length;
  }

  async get(projection: string, collection: string, id: string): Promise<ReadDocument | undefined> {
    const live = this.requireLive(projection);
    const row = rowsIn(live, collection).get(id);
    return row && parse(row.text);
  }

  async checkpoint(projection: string): Promise<bigint> {
    this.assertOpen();
    const entry = this.projections.get(projection);
    return entry?.generations.get(entry.live ?? 0)?.checkpoint ?? 0n;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.projections.clear();
  }

  private storeOf({ storage, generation }: Generation): GenerationStore {
    const require = (): Generation => {
      this.assertOpen();
      return this.requireGeneration(storage.name, generation);
    };
    return {
      info: { projection: storage.name, version: storage.version, generation },
      checkpoint: async () => require().checkpoint,
      get: async (collection, ids) => {
        const rows = rowsIn(require(), collection);
        const found = new Map<string, ReadDocument>();
        for (const id of ids) {
          const row = rows.get(id);
          if (row !== undefined) found.set(id, parse(row.text));
        }
        return found;
      },
      write: async (batch) => write(require(), batch),
      buildIndexes: async () => {
        require().isIndexed = true;
      },
    };
  }

  private matching(
    generation: Generation,
    definition: CollectionDefinition,
    tree: Parameters<typeof matches>[1],
  ): MemoryRow[] {
    const rows = [...rowsIn(generation, definition.name).values()];
    return rows.filter((row) => matches(definition, tree, row));
  }

  private requireProjection(projection: string, generation: number): ProjectionEntry {
    const entry = this.projections.get(projection);
    if (entry === undefined) throw missingGeneration(projection, generation);
    return entry;
  }

  private requireGeneration(projection: string, generation: number): Generation {
    const found = this.projections.get(projection)?.generations.get(generation);
    if (found === undefined) throw missingGeneration(projection, generation);
    return found;
  }

  private requireLive(projection: string): Generation {
    this.assertOpen();
    const entry = this.projections.get(projection);
    const live = entry?.generations.get(entry.live ?? 0);
    if (live === undefined) throw projectionUnavailable(projection);
    return live;
  }

  private assertOpen(): void {
    if (this.isClosed) throw storeClosed();
  }
}

function rowsIn({ storage, rows }: Generation, collection: string): Map<string, MemoryRow> {
  const { name } = requireCollection(storage, collection);
  return rows.get(name) ?? new Map<string, MemoryRow>();
}

function write(
  generation: Generation,
  { changes, after, checkpoint, mark, fence = generation.fence }: WriteBatch,
): void {
  const { storage } = generation;
  if (after < 0n || checkpoint < after) throw invalidCheckpoint(after, checkpoint);
  const checked = [...changes].map(([collection, list]) => {
    const definition = requireCollection(storage, collection);
    const rows = rowsOf(definition, list).map((row) => memoryRow(definition, row));
    return { stored: rowsIn(generation, collection), rows };
  });
  if (fence < generation.fence) {
    throw fenced(storage.name, generation.generation, fence, generation.fence);
  }
  if (generation.checkpoint !== after) {
    const { name } = storage;
    throw checkpointConflict(name, generation.generation, after, generation.checkpoint);
  }
  for (const { stored, rows } of checked) {
    for (const row of rows) {
      if (row.text === null) stored.delete(row.id);
      else stored.set(row.id, row);
    }
  }
  generation.checkpoint = checkpoint;
  generation.fence = fence;
  generation.mark = mark ?? generation.mark;
}

function parse(text: string | null): ReadDocument {
  return JSON.parse(text ?? '{}') as ReadDocument;
}
