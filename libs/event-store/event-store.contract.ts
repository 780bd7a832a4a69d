import type { EventStore } from './event-store.port';
import type { EventStoreDbEventStore } from './eventstoredb/eventstoredb.adapter';
import type { MemoryEventStore } from './memory/memory.adapter';
import type { SqliteEventStore } from './sqlite/sqlite.adapter';

/** Compiles only where each type given is an event store, with no wider demands of its own. */
type Satisfies<Adapter extends EventStore> = Adapter;

export type Adapters = [
  Satisfies<MemoryEventStore>,
  Satisfies<SqliteEventStore>,
  Satisfies<EventStoreDbEventStore>,
];
