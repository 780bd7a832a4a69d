import { createEngineRegistry, InProcessProjectionHost } from '@ledgerdesk/engine';
import { openEventStoreForReading, type EventStore } from '@ledgerdesk/event-store';
import { canonicalJson, parseSealedEvent, type Projection } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';
import { MemoryReadStore, openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import type { Acknowledged } from './desk-clients';

/** What stands in the log of an engine that is not running. */
export interface LogContent {
  readonly eventIds: ReadonlySet<string>;
  /** By stream, in the order of the log. */
  readonly revisions: ReadonlyMap<string, readonly number[]>;
  /** By command id: how many events it led to, and in which streams. */
  readonly commands: ReadonlyMap<string, { events: number; streams: Set<string> }>;
}

/** @param url - of the event store. */
export async function readLog(url: string): Promise<LogContent> {
  const store = await openEventStoreForReading(url);
  const eventIds = new Set<string>();
  const revisions = new Map<string, number[]>();
  const commands = new Map<string, { events: number; streams: Set<string> }>();
  for await (const event of store.readAll()) {
    const { commandId } = parseSealedEvent(event);
    eventIds.add(event.id);
    revisions.set(event.stream, [...(revisions.get(event.stream) ?? []), Number(event.revision)]);
    const command = commands.get(commandId) ?? { events: 0, streams: new Set<string>() };
    command.events += 1;
    command.streams.add(event.stream);
    commands.set(commandId, command);
  }
  await store.close();
  return { eventIds, revisions, commands };
}

/**
 * Acknowledged commands of which an event is not in the log, or which had another effect than told.
 */
export function lostOrDoubled(
  acknowledged: readonly Acknowledged[],
  log: LogContent,
): readonly string[] {
  return acknowledged
    .filter(({ key, answer }) => {
      const recorded = log.commands.get(key);
      return (
        recorded?.events !== answer.events.length ||
        recorded.streams.size !== 1 ||
        answer.events.some(({ id }) => !log.eventIds.has(id))
      );
    })
    .map(({ key }) => key);
}

/** Streams whose revisions are not 0, 1, 2 and so on. */
export function brokenStreams({ revisions }: LogContent): readonly string[] {
  return [...revisions]
    .filter(([, found]) => found.some((revision, index) => revision !== index))
    .map(([stream]) => stream);
}

/** Documents of the stored read models, and those of a fresh fold of the same log, as text. */
export async function storedAndFreshDocuments(
  dataDir: string,
): Promise<{ readonly stored: readonly string[]; readonly fresh: readonly string[] }> {
  const eventStore = await openEventStoreForReading(`sqlite:${dataDir}`);
  const stored = await openReadStore(`sqlite:${dataDir}`);
  const fresh = new MemoryReadStore();
  try {
    await foldAll(eventStore, stored);
    await foldAll(eventStore, fresh);
    return { stored: await allDocuments(stored), fresh: await allDocuments(fresh) };
  } finally {
    await Promise.all([eventStore.close(), stored.close(), fresh.close()]);
  }
}

// A killed engine may have left the read models behind the log: they go on from where they are.
async function foldAll(eventStore: EventStore, readStore: ReadStore): Promise<void> {
  const host = InProcessProjectionHost.start({
    eventStore,
    readStore,
    registry: createEngineRegistry(processes),
    projections: readModels,
  });
  const head = await eventStore.head();
  for (const { name } of readModels) {
    if (!(await host.waitFor(name, head, 10_000))) throw new Error(`${name} did not catch up`);
  }
  await host.stop();
}

/** As lines of text, in an order of their own. */
export async function allDocuments(
  store: ReadStore,
  projections: readonly Projection[] = readModels,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { name, documents, aggregates = [] } of projections) {
    const collections = [documents, ...aggregates.map(({ collection }) => collection)];
    for (const { name: collection } of collections) {
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = await store.find(name, collection, {
          limit: 1000,
          ...(cursor !== undefined && { cursor }),
        });
        for (const { id, document } of page.items) {
          texts.push(`${collection} ${id} ${canonicalJson(document)}`);
        }
        cursor = page.nextCursor;
      }
    }
  }
  return texts;
}
