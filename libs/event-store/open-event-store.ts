import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EventStore } from './event-store.port';
import { MemoryEventStore } from './memory/memory.adapter';
import { SqliteEventStore } from './sqlite/sqlite.adapter';

/** A URL of a known scheme, or the directory of an SQLite store. */
export type EventStoreLocation = string | { readonly dir: string };

interface Scheme {
  readonly example: string;
  readonly open: (rest: string) => Promise<EventStore>;
  readonly openForReading?: (rest: string) => Promise<EventStore>;
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  memory: { example: 'memory:', open: async () => new MemoryEventStore() },
  sqlite: {
    example: 'sqlite:<directory>',
    open: (rest) => SqliteEventStore.open({ dir: directoryOf(rest) }),
    openForReading: (rest) => SqliteEventStore.openForReading({ dir: directoryOf(rest) }),
  },
};

/**
 * Opens the store that the location names, for appending and reading: `memory:` or
 * `sqlite:<directory>`. Errors: `invalid.event-store-url`, `unavailable.event-store-locked` while
 * another process appends there, and what the adapter's own `open` gives.
 */
export async function openEventStore(location: EventStoreLocation): Promise<EventStore> {
  const { scheme, rest } = parse(location);
  return scheme.open(rest);
}

/**
 * Opens the store for reading alone, beside a running engine or without one. Needs no lock; its
 * appends are refused with `unavailable.read-only`. Errors: `invalid.event-store-url` for an
 * unknown scheme and for `memory:`, which no second opener could see; `missing.event-store`.
 */
export async function openEventStoreForReading(location: EventStoreLocation): Promise<EventStore> {
  const { scheme, rest } = parse(location);
  if (scheme.openForReading === undefined) {
    throw invalidUrl(`"${scheme.example}" cannot be opened for reading`, readableSchemes());
  }
  return scheme.openForReading(rest);
}

function parse(location: EventStoreLocation): { scheme: Scheme; rest: string } {
  const url = typeof location === 'string' ? location : `sqlite:${location.dir}`;
  const colon = url.indexOf(':');
  const name = url.slice(0, Math.max(colon, 0));
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  // Only the scheme is shown: the rest of a URL may hold a password.
  if (scheme === undefined) throw invalidUrl(`"${name}:" is no known kind of event store`);
  return { scheme, rest: url.slice(colon + 1) };
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
  const known = schemes.map(({ example }) => example);
  return new LedgerdeskError('invalid.event-store-url', `${message}; give ${known.join(' or ')}.`, {
    details: { known },
  });
}
