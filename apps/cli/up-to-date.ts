import { assertSameLog, InProcessProjectionHost, recogniseLog } from '@ledgerdesk/engine';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { hasErrorCode, LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import { readModels } from '@ledgerdesk/read-models';
import type { CliIo } from './cli-io';
import type { StoreLocation } from './location';
import { beginProgress } from './progress';
import type { ReadStores } from './stores';

/** How long a running engine may take to catch up before the answer is given as it stands. */
const ENGINE_WAIT_MS = 10_000;
const ENGINE_POLL_MS = 50;
/** How long a projection may go without storing anything before the verb gives up. */
const SILENCE_MAX_MS = 120_000;

/**
 * Brings the read models level with the log before they are asked. Where an engine runs, that is
 * its work: then this waits for it, for a bounded time. A private copy is folded here in any case.
 *
 * @throws LedgerdeskError `unavailable.projection` where a projection cannot go on;
 * `corrupt.checkpoint-ahead` and `corrupt.other-log` where the read models are of another log.
 */
export async function bringUpToDate(
  stores: ReadStores,
  names: readonly string[],
  location: StoreLocation,
  io: CliIo,
): Promise<void> {
  const projections = readModels.filter(({ name }) => names.includes(name));
  await assertSameLog(stores, projections);
  const head = await stores.eventStore.head();
  if (await areLevel(stores, projections, head)) return;
  if (stores.isPrivate) {
    await catchUp(stores, projections, head, io);
    return;
  }
  const writer = await writerUnlessEngine(location);
  if (writer === undefined) {
    await waitForEngine(stores, projections, head, io);
    return;
  }
  try {
    await catchUp({ ...stores, eventStore: writer }, projections, head, io);
  } finally {
    await writer.close();
  }
}

async function areLevel(
  { eventStore, readStore }: ReadStores,
  projections: readonly Projection[],
  head: bigint,
): Promise<boolean> {
  const live = (await readStore.generations()).filter(({ live: isLive }) => isLive);
  for (const projection of projections) {
    const found = live.find(({ projection: name }) => name === projection.name);
    if (found?.version !== projection.version || found.checkpoint < head) return false;
    if ((await recogniseLog(eventStore, projection, found)).kind !== 'same') return false;
  }
  return true;
}

/** Whoever holds the writer's lock is the one who folds; undefined where an engine holds it. */
async function writerUnlessEngine({
  eventStoreUrl,
}: StoreLocation): Promise<EventStore | undefined> {
  try {
    return await openEventStore(eventStoreUrl);
  } catch (error) {
    if (hasErrorCode(error, 'unavailable.event-store-locked')) return undefined;
    throw error;
  }
}

async function waitForEngine(
  stores: ReadStores,
  projections: readonly Projection[],
  head: bigint,
  { signal }: CliIo,
): Promise<void> {
  const endMs = Date.now() + ENGINE_WAIT_MS;
  while (Date.now() < endMs && !(await areLevel(stores, projections, head))) {
    signal.throwIfAborted();
    await new Promise((resume) => setTimeout(resume, ENGINE_POLL_MS));
  }
}

async function catchUp(
  { eventStore, readStore, registry }: ReadStores,
  projections: readonly Projection[],
  head: bigint,
  io: CliIo,
): Promise<void> {
  const host = InProcessProjectionHost.start({ eventStore, readStore, registry, projections });
  const progress = beginProgress(io, 'read models');
  const interrupted = (): void => void host.stop();
  io.signal.addEventListener('abort', interrupted);
  try {
    for (const { name } of projections) {
      const stopListening = host.onProgress((projection, checkpoint) => {
        if (projection === name) progress.update(Number(checkpoint), Number(head));
      });
      const isLevel = await waitWhileItMoves(host, name, head);
      stopListening();
      io.signal.throwIfAborted();
      if (!isLevel) throw await stuck(host, name);
    }
  } finally {
    io.signal.removeEventListener('abort', interrupted);
    progress.stop();
    await host.stop();
  }
}

async function waitWhileItMoves(
  host: InProcessProjectionHost,
  name: string,
  head: bigint,
): Promise<boolean> {
  let before: bigint | undefined;
  while (!(await host.waitFor(name, head, SILENCE_MAX_MS))) {
    const status = (await host.status()).find((projection) => projection.name === name);
    if (status === undefined || status.state === 'failed' || status.state === 'stopped') {
      return false;
    }
    if (status.state !== 'building' && status.checkpoint === before) return false;
    before = status.checkpoint;
  }
  return true;
}

async function stuck(host: InProcessProjectionHost, name: string): Promise<LedgerdeskError> {
  const status = (await host.status()).find((projection) => projection.name === name);
  const why = status?.lastError ?? 'it does not move';
  return new LedgerdeskError(
    'unavailable.projection',
    `the read model ${name} cannot go on: ${why}. ` +
      `Rebuild it: ledgerdesk projections rebuild ${name}`,
    { details: { projection: name, lastError: status?.lastError ?? null } },
  );
}
