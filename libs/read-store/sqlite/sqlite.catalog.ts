import type { GenerationStatus, ProjectionStorage, WriteBatch } from '../read-store.port';
import type { SqliteConnection } from './sqlite.connection';

/** One row of the table of generations. */
export interface CatalogEntry {
  readonly version: number;
  readonly checkpoint: bigint;
  readonly isLive: boolean;
  /** False while the indexes are left out. */
  readonly isIndexed: boolean;
  readonly digest: string;
  /** Highest token of a lease under which it was written. */
  readonly fence: number;
}

/** How a write moves a generation along the log. */
export type CheckpointMove = Omit<WriteBatch, 'changes'>;

/** All generations, or those of one projection, by name and number. */
export function listGenerations(
  connection: SqliteConnection,
  projection?: string,
): GenerationStatus[] {
  const where = projection === undefined ? '' : 'WHERE projection = ?';
  const rows = connection.all(
    `SELECT projection, generation, version, checkpoint, live, mark_position, mark_hash
     FROM generations ${where}
     ORDER BY projection, generation`,
    projection === undefined ? [] : [projection],
  );
  return rows.map(([name, generation, version, checkpoint, live, position, hash]) => ({
    projection: String(name),
    version: Number(version),
    generation: Number(generation),
    checkpoint: BigInt(checkpoint ?? 0),
    ...(typeof position === 'string' &&
      typeof hash === 'string' && { mark: { position: BigInt(position), hash } }),
    live: live === 1,
  }));
}

export function findEntry(
  connection: SqliteConnection,
  projection: string,
  generation: number,
): CatalogEntry | undefined {
  const row = connection.first(
    `SELECT version, checkpoint, live, indexed, digest, fence FROM generations
     WHERE projection = ? AND generation = ?`,
    [projection, generation],
  );
  if (row === undefined) return undefined;
  const [version, checkpoint, live, indexed, digest, fence] = row;
  return {
    version: Number(version),
    checkpoint: BigInt(checkpoint ?? 0),
    isLive: live === 1,
    isIndexed: indexed === 1,
    digest: String(digest),
    fence: Number(fence),
  };
}

/** Number and checkpoint of the live generation. */
export function findLive(
  connection: SqliteConnection,
  projection: string,
): { readonly generation: number; readonly checkpoint: bigint } | undefined {
  const row = connection.first(
    'SELECT generation, checkpoint FROM generations WHERE projection = ? AND live = 1',
    [projection],
  );
  return row && { generation: Number(row[0]), checkpoint: BigInt(row[1] ?? 0) };
}

/** What the projection declared when the generation was created. */
export function storageOf(
  connection: SqliteConnection,
  projection: string,
  generation: number,
): ProjectionStorage | undefined {
  const row = connection.first(
    'SELECT storage FROM generations WHERE projection = ? AND generation = ?',
    [projection, generation],
  );
  return row && (JSON.parse(String(row[0])) as ProjectionStorage);
}

export function projectionNames(connection: SqliteConnection): string[] {
  return connection.all('SELECT name FROM projections').map(([name]) => String(name));
}

/** The next number; never given again, also when its generation is dropped. */
export function nextGeneration(connection: SqliteConnection, projection: string): number {
  const row = connection.first(
    `INSERT INTO projections (name, last_generation) VALUES (?, 1)
     ON CONFLICT (name) DO UPDATE SET last_generation = last_generation + 1
     RETURNING last_generation`,
    [projection],
  );
  return Number(row?.[0]);
}

export function insertEntry(
  connection: SqliteConnection,
  storage: ProjectionStorage,
  generation: number,
  entry: Pick<CatalogEntry, 'isIndexed' | 'digest'>,
): void {
  connection.run(
    `INSERT INTO generations
     (projection, generation, version, checkpoint, live, indexed, digest, storage)
     VALUES (?, ?, ?, '0', 0, ?, ?, ?)`,
    [
      storage.name,
      generation,
      storage.version,
      Number(entry.isIndexed),
      entry.digest,
      JSON.stringify(storage),
    ],
  );
}

export function deleteEntry(
  connection: SqliteConnection,
  projection: string,
  generation: number,
): void {
  connection.run('DELETE FROM generations WHERE projection = ? AND generation = ?', [
    projection,
    generation,
  ]);
}

export function makeLive(
  connection: SqliteConnection,
  projection: string,
  generation: number,
): void {
  connection.run('UPDATE generations SET live = 0 WHERE projection = ? AND live = 1', [projection]);
  connection.run('UPDATE generations SET live = 1 WHERE projection = ? AND generation = ?', [
    projection,
    generation,
  ]);
}

export function markIndexed(
  connection: SqliteConnection,
  projection: string,
  generation: number,
): void {
  connection.run('UPDATE generations SET indexed = 1 WHERE projection = ? AND generation = ?', [
    projection,
    generation,
  ]);
}

/** Moves the checkpoint if it stands at `after` and nobody has fenced it off; undefined if not. */
export function moveCheckpoint(
  connection: SqliteConnection,
  projection: string,
  generation: number,
  { after, checkpoint, mark, fence }: CheckpointMove,
): { readonly isIndexed: boolean } | undefined {
  const row = connection.first(
    `UPDATE generations SET checkpoint = ?,
       mark_position = coalesce(?, mark_position), mark_hash = coalesce(?, mark_hash),
       fence = coalesce(?, fence)
     WHERE projection = ? AND generation = ? AND checkpoint = ? AND fence <= coalesce(?, fence)
     RETURNING indexed`,
    [
      String(checkpoint),
      mark === undefined ? null : String(mark.position),
      mark?.hash ?? null,
      fence ?? null,
      projection,
      generation,
      String(after),
      fence ?? null,
    ],
  );
  return row && { isIndexed: row[0] === 1 };
}
