import { LedgerdeskError } from '@ledgerdesk/kernel';
import { MemoryReadStore } from './memory/memory.adapter';
import type { MongoReadStore } from './mongodb/mongodb.adapter';
import type { ReadStore } from './read-store.port';
import { SqliteReadStore } from './sqlite/sqlite.adapter';
import { copyFiles, setAsideFiles } from './sqlite/sqlite.files';

export type {
  CheckpointMark,
  CollectionDefinition,
  DocumentChange,
  FieldConditions,
  FieldKind,
  Filter,
  GenerationStatus,
  GenerationStore,
  Page,
  ProjectionStorage,
  Query,
  ReadDocument,
  ReadStore,
  ReadStoreReader,
  Scalar,
  Sort,
  WriteBatch,
} from './read-store.port';
export type { Lease, LeaseStore } from './lease.port';
export { FILTER_LIMITS, parseFilter } from './filter';
export { PAGE_LIMITS } from './query-check';
export { STORAGE_LIMITS } from './collection-check';
export { MemoryReadStore } from './memory/memory.adapter';
export { READ_MODELS_FILE } from './sqlite/sqlite.files';
export { SqliteReadStore, type SqliteReadStoreOptions } from './sqlite/sqlite.adapter';

/**
 * The read store that a URL names: `memory:`, `sqlite:<folder>` for the file `read-models.sqlite`
 * in that folder, which is created if need be, or `mongodb://…` for a database, `ledgerdesk` where
 * the URL names none.
 *
 * @throws LedgerdeskError `invalid.read-store-url`, and what opening the store can throw:
 * `corrupt.read-store`, `incompatible.read-store`, `unavailable.*`.
 */
export async function openReadStore(url: string): Promise<ReadStore> {
  if (isMongoDb(url)) return (await mongoReadStore()).open(url);
  const folder = folderOf(url);
  return folder === undefined ? new MemoryReadStore() : SqliteReadStore.open(folder);
}

/**
 * Puts the read models that a URL names out of the way: their files stay beside, with `suffix`
 * behind their names, and the next store that is opened there is empty. Of a database, the
 * catalogue is renamed so. Gives the path of what was kept, undefined where the URL names nothing
 * that lasts. Nothing may have the store open.
 *
 * @throws LedgerdeskError `invalid.read-store-url`, `unavailable.read-store`
 */
export async function setAsideReadStore(url: string, suffix: string): Promise<string | undefined> {
  if (isMongoDb(url)) return (await mongoReadStore()).setAside(url, suffix);
  const folder = folderOf(url);
  return folder === undefined ? undefined : setAsideFiles(folder, suffix);
}

/**
 * Copies the read models that a URL names into a folder, for those who may only read them; what an
 * engine writes meanwhile is not in the copy. Copies nothing where there is nothing, and nothing of
 * a database, which many may read at the same time: a copy is then filled from the log.
 *
 * @throws LedgerdeskError `invalid.read-store-url`, `unavailable.read-store`
 */
export async function copyReadStore(url: string, toFolder: string): Promise<void> {
  const folder = isMongoDb(url) ? undefined : folderOf(url);
  if (folder !== undefined) await copyFiles(folder, toFolder);
}

/** Its driver is large: only those who use it load it. */
async function mongoReadStore(): Promise<typeof MongoReadStore> {
  return (await import('./mongodb/mongodb.adapter')).MongoReadStore;
}

function isMongoDb(url: string): boolean {
  return /^mongodb(\+srv)?:/.test(url);
}

/** Undefined for a store in memory. */
function folderOf(url: string): string | undefined {
  const [, scheme, rest] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (scheme === 'memory' && rest === '') return undefined;
  if (scheme === 'sqlite' && rest !== undefined && rest !== '') return rest;
  // The URL itself stays out of the message: those of other stores may hold a password.
  throw new LedgerdeskError(
    'invalid.read-store-url',
    `No read store for a URL of scheme "${scheme ?? ''}"; give memory:, mongodb://<hosts>/<database>, or sqlite:<folder>, such as sqlite:./var.`,
    { details: { scheme: scheme ?? null } },
  );
}
