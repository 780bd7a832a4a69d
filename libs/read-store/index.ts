import { LedgerdeskError } from '@ledgerdesk/kernel';
import { MemoryReadStore } from './memory/memory.adapter';
import type { ReadStore } from './read-store.port';
import { SqliteReadStore } from './sqlite/sqlite.adapter';

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
export { FILTER_LIMITS, parseFilter } from './filter';
export { PAGE_LIMITS } from './query-check';
export { STORAGE_LIMITS } from './collection-check';
export { MemoryReadStore } from './memory/memory.adapter';
export {
  READ_MODELS_FILE,
  SqliteReadStore,
  type SqliteReadStoreOptions,
} from './sqlite/sqlite.adapter';

/**
 * The read store that a URL names: `memory:`, or `sqlite:<folder>` for the file
 * `read-models.sqlite` in that folder, which is created if need be.
 *
 * @throws LedgerdeskError `invalid.read-store-url`, and what opening the store can throw:
 * `corrupt.read-store`, `incompatible.read-store`, `unavailable.*`.
 */
export async function openReadStore(url: string): Promise<ReadStore> {
  const [, scheme, rest] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (scheme === 'memory' && rest === '') return new MemoryReadStore();
  if (scheme === 'sqlite' && rest !== undefined && rest !== '') return SqliteReadStore.open(rest);
  // The URL itself stays out of the message: those of other stores may hold a password.
  throw new LedgerdeskError(
    'invalid.read-store-url',
    `No read store for a URL of scheme "${scheme ?? ''}"; give memory: or sqlite:<folder>, such as sqlite:./var.`,
    { details: { scheme: scheme ?? null } },
  );
}
