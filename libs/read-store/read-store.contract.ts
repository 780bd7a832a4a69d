import type { MemoryReadStore } from './memory/memory.adapter';
import type { MongoReadStore } from './mongodb/mongodb.adapter';
import type { MongoGenerationStore } from './mongodb/mongodb.generation';
import type { GenerationStore, ReadStore, ReadStoreReader } from './read-store.port';
import type { SqliteReadStore } from './sqlite/sqlite.adapter';
import type { SqliteGenerationStore } from './sqlite/sqlite.generation';

type Fulfils<Port, Adapter extends Port> = Adapter;

/**
 * Compiles only while every adapter offers the whole port and the port stays readable by queries.
 */
export type ReadStoreContract = [
  Fulfils<ReadStore, MemoryReadStore>,
  Fulfils<ReadStore, MongoReadStore>,
  Fulfils<GenerationStore, MongoGenerationStore>,
  Fulfils<ReadStore, SqliteReadStore>,
  Fulfils<GenerationStore, SqliteGenerationStore>,
  Fulfils<ReadStoreReader, ReadStore>,
];
