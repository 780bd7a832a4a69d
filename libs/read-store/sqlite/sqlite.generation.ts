import type { ReadDocument } from '@ledgerdesk/kernel';
import { requireCollection } from '../collection-check';
import { rowsOf, type DocumentRow } from '../document-row';
import {
  checkpointConflict,
  fenced,
  invalidCheckpoint,
  missingGeneration,
} from '../read-store.errors';
import type {
  DocumentChange,
  GenerationStore,
  ProjectionStorage,
  WriteBatch,
} from '../read-store.port';
import {
  findEntry,
  markIndexed,
  moveCheckpoint,
  type CatalogEntry,
  type CheckpointMove,
} from './sqlite.catalog';
import type { SqliteConnection } from './sqlite.connection';
import { buildTableIndexes, refreshStatistics } from './sqlite.indexes';
import { collectionTable, type CollectionTable } from './sqlite.schema';
import { loadRow, writeRow } from './sqlite.writer';

/** Statistics are taken when so many documents have been written, and at each tenfold of it. */
const STATISTICS_AFTER = 1000;

interface TableChanges {
  readonly table: CollectionTable;
  readonly rows: readonly DocumentRow[];
  readonly changes: readonly DocumentChange[];
}

/** The write side of one generation in an SQLite file. */
export class SqliteGenerationStore implements GenerationStore {
  readonly info: GenerationStore['info'];
  private readonly tables: ReadonlyMap<string, CollectionTable>;
  private written = 0;
  private statisticsAt = STATISTICS_AFTER;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly storage: ProjectionStorage,
    generation: number,
  ) {
    const { name: projection, version, collections } = storage;
    this.info = { projection, version, generation };
    this.tables = new Map(
      collections.map((c) => [c.name, collectionTable(projection, generation, c)]),
    );
  }

  async checkpoint(): Promise<bigint> {
    return this.requireEntry().checkpoint;
  }

  async get(
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ReadDocument>> {
    const { sql } = this.tableOf(collection);
    return this.connection.reading(() => {
      this.requireEntry();
      const found = new Map<string, ReadDocument>();
      for (const [id, doc] of this.connection.all(sql.getAll, [JSON.stringify(ids)])) {
        found.set(String(id), JSON.parse(String(doc)) as ReadDocument);
      }
      return found;
    });
  }

  async write({ changes, ...move }: WriteBatch): Promise<void> {
    const { after, checkpoint } = move;
    if (after < 0n || checkpoint < after) throw invalidCheckpoint(after, checkpoint);
    const all: TableChanges[] = [];
    for (const [collection, list] of changes) {
      const table = this.tableOf(collection);
      all.push({ table, rows: rowsOf(table.definition, list), changes: list });
    }
    const isIndexed = this.connection.writing(() => {
      const moved = this.moveCheckpoint(move);
      for (const part of all) this.writeChanges(part, moved.isIndexed);
      return moved.isIndexed;
    });
    if (isIndexed) this.countWritten(all);
  }

  async buildIndexes(): Promise<void> {
    const before = this.requireEntry();
    if (before.isIndexed) return;
    const { projection, generation } = this.info;
    const tables = [...this.tables.values()];
    for (const table of tables) buildTableIndexes(this.connection, table);
    this.connection.writing(() => {
      const now = this.requireEntry();
      // Documents that someone else wrote meanwhile might lack their search words.
      if (now.checkpoint !== before.checkpoint) {
        throw checkpointConflict(projection, generation, before.checkpoint, now.checkpoint);
      }
      markIndexed(this.connection, projection, generation);
    });
    refreshStatistics(this.connection, tables);
  }

  private writeChanges({ table, rows, changes }: TableChanges, isIndexed: boolean): void {
    for (const [i, row] of rows.entries()) {
      const change = changes[i];
      if (change === undefined) continue;
      if (isIndexed) writeRow(this.connection, table, row, change);
      else loadRow(this.connection, table, row, change);
    }
  }

  private moveCheckpoint(move: CheckpointMove): { readonly isIndexed: boolean } {
    const { projection, generation } = this.info;
    const moved = moveCheckpoint(this.connection, projection, generation, move);
    if (moved !== undefined) return moved;
    const { checkpoint: actual, fence } = this.requireEntry();
    if (move.fence !== undefined && move.fence < fence) {
      throw fenced(projection, generation, move.fence, fence);
    }
    throw checkpointConflict(projection, generation, move.after, actual);
  }

  private countWritten(all: readonly TableChanges[]): void {
    for (const { rows } of all) this.written += rows.length;
    if (this.written < this.statisticsAt) return;
    while (this.statisticsAt <= this.written) this.statisticsAt *= 10;
    refreshStatistics(this.connection, [...this.tables.values()]);
  }

  private requireEntry(): CatalogEntry {
    const { projection, generation } = this.info;
    const entry = findEntry(this.connection, projection, generation);
    if (entry === undefined) throw missingGeneration(projection, generation);
    return entry;
  }

  private tableOf(collection: string): CollectionTable {
    const { name } = requireCollection(this.storage, collection);
    const table = this.tables.get(name);
    if (table === undefined) throw missingGeneration(this.info.projection, this.info.generation);
    return table;
  }
}
