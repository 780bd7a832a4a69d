import type { MessagePort } from 'node:worker_threads';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EventStore } from './event-store.port';
import type { OpenOptions } from './eventstoredb/eventstoredb.adapter';
import { MemoryEventStore } from './memory/memory.adapter';
import { SqliteEventStore } from './sqlite/sqlite.adapter';

/** A URL of a known scheme, or the directory of an SQLite store. */
export type EventStoreLocation = string | { readonly dir: string };

interface Scheme {
  readonly example: string;
  /** Takes what stands behind the first colon, and the whole URL. */
  readonly open: (rest: string, url: string) => Promise<EventStore>;
  readonly openForReading?: (rest: string, url: string) => Promise<EventStore>;
  readonly openBeside?: (rest: string, appends: MessagePort) => EventStore;
}

const eventStoreDb: Scheme = {
  example: 'esdb://<host>:<port>',
  open: (_, url) => openEventStoreDb({ url }),
  openForReading: (_, url) => openEventStoreDb({ url, isReadOnly: true }),
};

// Its client takes ten megabytes and a while to load: who stores in files does not wait for it.
async function openEventStoreDb(options: OpenOptions): Promise<EventStore> {
  const { EventStoreDbEventStore } = await import('./eventstoredb/eventstoredb.adapter');
  return EventStoreDbEventStore.open(options);
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  memory: { example: 'memory:', open: async () => new MemoryEventStore() },
  sqlite: {
    example: 'sqlite:<directory>',
    open: (rest) => SqliteEventStore.open({ dir: directoryOf(rest) }),
    openForReading: (rest) => SqliteEventStore.openForReading({ dir: directoryOf(rest) }),
    openBeside: (rest, appends) => SqliteEventStore.openBeside({ dir: directoryOf(rest), appends }),
  },
  esdb: eventStoreDb,
  'esdb+discover': eventStoreDb,
  kurrentdb: eventStoreDb,
  'kurrentdb+discover': eventStoreDb,
};

/**
 * Opens the store that the location names, for appending and reading: `memory:`,
 * `sqlite:<directory>` or `esdb://<host>:<port>` (also `esdb+discover:`, `kurrentdb:`). Errors:
 * `invalid.event-store-url`, `unavailable.event-store-locked` while another process appends there,
 * and what the adapter's own `open` gives.
 */
export async function openEventStore(location: EventStoreLocation): Promise<EventStore> {
  const { scheme, rest, url } = parse(location);
  return scheme.open(rest, url);
}

/**
 * Opens the store for reading alone, beside a running engine or without one. Needs no lock; its
 * appends are refused with `unavailable.read-only`. Errors: `invalid.event-store-url` for an
 * unknown scheme and for `memory:`, which no second opener could see; `missing.event-store`.
 */
export async function openEventStoreForReading(location: EventStoreLocation): Promise<EventStore> {
  const { scheme, rest, url } = parse(location);
  if (scheme.openForReading === undefined) {
    throw invalidUrl(`"${scheme.example}" cannot be opened for reading`, readableSchemes());
  }
  return scheme.openForReading(rest, url);
}

/**
 * Opens, in another thread, the store that this process has open at the same location, for
 * appending and reading. Takes the port that the open store's `appendPort` gave, and can append for
 * as long as that store is open. Errors: `invalid.event-store-url` for a store that has no such
 * port, and what the adapter's own `open` gives.
 */
export function openEventStoreBeside(
  location: EventStoreLocation,
  appends: MessagePort,
): EventStore {
  const { scheme, rest } = parse(location);
  if (scheme.openBeside === undefined) {
    throw invalidUrl(
      `"${scheme.example}" cannot be opened beside an open one`,
      Object.values(SCHEMES).filter(({ openBeside }) => openBeside !== undefined),
    );
  }
  return scheme.openBeside(rest, appends);
}

function parse(location: EventStoreLocation): { scheme: Scheme; rest: string; url: string } {
  const url = typeof location === 'string' ? location : `sqlite:${location.dir}`;
  const colon = url.indexOf(':');
  const name = url.slice(0, Math.max(colon, 0));
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  // Only the scheme is shown: the rest of a URL may hold a password.
  if (scheme === undefined) throw invalidUrl(`"${name}:" is no known kind of event store`);
  return { scheme, rest: url.slice(colon + 1), url };
}

function directoryOf(rest: string): string {
  const dir = rest.startsWith('//') ? rest.slice(2) : rest;
  if (dir === '') throw invalidUrl('"sqlite:" lacks its directory');
  return dir;
}

function readableSchemes(): Scheme[] {
  return Object.values(SCHEMES).filter((scheme) => scheme.openForReading !== undefined);
}

function invalidUrl(
  message: string,
  schemes: readonly Scheme[] = Object.values(SCHEMES),
): LedgerdeskError {
  const known = [...new Set(schemes.map(({ example }) => example))];
  return new LedgerdeskError('invalid.event-store-url', `${message}; give ${known.join(' or ')}.`, {
    details: { known },
  });
}
