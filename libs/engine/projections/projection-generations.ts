import { LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import type { GenerationStatus, GenerationStore, ReadStore } from '@ledgerdesk/read-store';
import { PARKED_COLLECTION, storageOf } from './projection-storage';

/** The generation that a projection's events go to. */
export interface OpenGeneration {
  readonly store: GenerationStore;
  readonly checkpoint: bigint;
  readonly parked: number;
  /** It is filled beside the live one (if any), and serves only once it has been promoted. */
  readonly isBuild: boolean;
}

/**
 * Opens the live generation where it has the projection's version; begins a build otherwise. On an
 * empty log, a first generation is promoted at once.
 *
 * @throws LedgerdeskError `corrupt.checkpoint-ahead` where the log is shorter than what the
 * documents hold, and those of the read store.
 */
export async function openGeneration(
  readStore: ReadStore,
  projection: Projection,
  head: bigint,
): Promise<OpenGeneration> {
  const { name, version } = projection;
  const live = await liveGeneration(readStore, name);
  if (live?.version !== version) {
    if (live !== undefined || head > 0n) return beginBuild(readStore, projection);
    const store = await readStore.createGeneration(storageOf(projection));
    await readStore.promote(name, store.info.generation);
    return { store, checkpoint: 0n, parked: 0, isBuild: false };
  }
  const store = await readStore.openGeneration(storageOf(projection), live.generation);
  const checkpoint = await store.checkpoint();
  if (checkpoint > head) throw checkpointAhead(name, checkpoint, head);
  const parked = await readStore.count(name, PARKED_COLLECTION);
  return { store, checkpoint, parked, isBuild: false };
}

/**
 * A new, empty generation without indexes. What earlier builds left unfinished is dropped: one
 * that another process is still filling ends there with `missing.generation`.
 */
export async function beginBuild(
  readStore: ReadStore,
  projection: Projection,
): Promise<OpenGeneration> {
  for (const { live, generation } of await readStore.generations(projection.name)) {
    if (!live) await readStore.drop(projection.name, generation);
  }
  const store = await readStore.createGeneration(storageOf(projection), { deferIndexes: true });
  return { store, checkpoint: 0n, parked: 0, isBuild: true };
}

/** Makes a finished build the one that serves, and drops those before it. */
export async function promoteBuild(readStore: ReadStore, store: GenerationStore): Promise<void> {
  const { projection, generation } = store.info;
  await readStore.promote(projection, generation);
  for (const other of await readStore.generations(projection)) {
    if (other.generation < generation) await readStore.drop(projection, other.generation);
  }
}

export async function liveGeneration(
  readStore: ReadStore,
  projection: string,
): Promise<GenerationStatus | undefined> {
  return (await readStore.generations(projection)).find(({ live }) => live);
}

function checkpointAhead(projection: string, checkpoint: bigint, head: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.checkpoint-ahead',
    `Projection ${projection} holds events up to position ${checkpoint}, the log ends at ${head}: ` +
      'the log was restored from a backup or is another one. Run ' +
      `\`ledgerdesk projections rebuild ${projection}\`.`,
    { details: { projection, checkpoint: String(checkpoint), head: String(head) } },
  );
}
