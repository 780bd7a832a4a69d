import { openEventStoreForReading } from '@ledgerdesk/event-store';
import { createEngineRegistry, rebuildProjection } from '@ledgerdesk/engine';
import type { Projection } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { MemoryReadStore, openReadStore } from '@ledgerdesk/read-store';
import { allDocuments } from '../fault/log-check';
import { until, type SystemUnderTest } from './system-under-test';

/** How often in a row nothing may have happened until everything that follows is done. */
const QUIET_LOOKS = 5;

/**
 * Waits until nothing follows any more: the log stands still, and each read model has all of it.
 * Then gives the documents as the services have stored them, and as one fold of the log gives them.
 */
export async function settledDocuments(
  { eventStore: log, readStore: models }: SystemUnderTest,
  projections: readonly Projection[],
): Promise<{ readonly stored: readonly string[]; readonly fresh: readonly string[] }> {
  const eventStore = await openEventStoreForReading(log.url);
  const readStore = await openReadStore(models.url);
  const fresh = new MemoryReadStore();
  try {
    let head = 0n;
    let quiet = 0;
    await until(async () => {
      const now = await eventStore.head();
      const live = (await readStore.generations()).filter((generation) => generation.live);
      const isLevel = projections.every(({ name }) =>
        live.some(({ projection, checkpoint }) => projection === name && checkpoint >= now),
      );
      quiet = isLevel && now === head ? quiet + 1 : 0;
      head = now;
      return quiet >= QUIET_LOOKS;
    });
    const registry = createEngineRegistry(processes);
    for (const projection of projections) {
      await rebuildProjection({ eventStore, readStore: fresh, registry, projection });
    }
    return {
      stored: await allDocuments(readStore, projections),
      fresh: await allDocuments(fresh, projections),
    };
  } finally {
    await Promise.all([eventStore.close(), readStore.close(), fresh.close()]);
  }
}
