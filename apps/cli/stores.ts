import { createEngineRegistry } from '@ledgerdesk/engine';
import { openEventStore, openEventStoreForReading, type EventStore } from '@ledgerdesk/event-store';
import { hasErrorCode, LedgerdeskError, type EventRegistry } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import type { ReadStore } from '@ledgerdesk/read-store';
import type { StoreLocation } from './location';
import { openReadModels } from './read-models';

/** The log, opened so that an engine may run beside. */
export interface LogStores {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
}

export interface ReadStores extends LogStores {
  readonly readStore: ReadStore;
  /** They are a copy of this process's own: the caller may not write those of the engine. */
  readonly isPrivate: boolean;
}

/** All event types that this build knows. */
function knownEvents(): EventRegistry {
  return createEngineRegistry(processes);
}

/** Lends the log for reading. Errors: those of opening it, `missing.event-store` above all. */
export async function withLog<Answer>(
  { eventStoreUrl }: StoreLocation,
  use: (stores: LogStores) => Promise<Answer>,
): Promise<Answer> {
  const eventStore = await openEventStoreForReading(eventStoreUrl);
  try {
    return await use({ eventStore, registry: knownEvents() });
  } finally {
    await eventStore.close();
  }
}

/** Lends the log for reading, with the read models beside it. */
export function withReadStores<Answer>(
  location: StoreLocation,
  use: (stores: ReadStores) => Promise<Answer>,
): Promise<Answer> {
  return withLog(location, async (log) => {
    const opened = await openReadModels(location.readStoreUrl);
    try {
      return await use({ ...log, readStore: opened.readStore, isPrivate: opened.isPrivate });
    } finally {
      await opened.close();
    }
  });
}

/**
 * Lends the log for appending, which one process at a time may do.
 *
 * @throws LedgerdeskError `unavailable.event-store-locked` while an engine runs on it.
 */
export async function withWriter<Answer>(
  { eventStoreUrl }: StoreLocation,
  use: (stores: LogStores) => Promise<Answer>,
): Promise<Answer> {
  const eventStore = await openWriter(eventStoreUrl);
  try {
    return await use({ eventStore, registry: knownEvents() });
  } finally {
    await eventStore.close();
  }
}

async function openWriter(url: string): Promise<EventStore> {
  try {
    return await openEventStore(url);
  } catch (error) {
    if (!hasErrorCode(error, 'unavailable.event-store-locked')) throw error;
    throw new LedgerdeskError(
      error.code,
      `this needs the log for itself, and another process has it: ${error.message} ` +
        'Stop the engine that runs there, then try again.',
      { cause: error, details: error.details },
    );
  }
}
