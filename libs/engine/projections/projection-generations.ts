import type { Projection } from '@ledgerdesk/kernel';
import type { EventStore } from '@ledgerdesk/event-store';
import type { GenerationStatus, GenerationStore, ReadStore } from '@ledgerdesk/read-store';
import { recogniseLog } from './log-recognition';
import { PARKED_COLLECTION, storageOf } from './projection-storage';

/** Where events come from and documents go to. */
export interface ProjectionStores {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
}

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
 * empty log, a first generation is promoted at once. One that bears no mark of the log serves until
 * another is built, as one of another version does.
 *
 * @throws LedgerdeskError those of the stores; `corrupt.checkpoint-ahead` and `corrupt.other-log`
 * where the documents are of another log, which an operator has to look at.
 */
export async function openGeneration(
  { readStore, eventStore }: ProjectionStores,
  projection: Projection,
): Promise<OpenGeneration> {
  const { name, version } = projection;
  const live = await liveGeneration(readStore, name);
  if (live === undefined) return openFirst({ readStore, eventStore }, projection);
  // A generation of another version is judged as well: it serves until the build is done.
  const recognition = await recogniseLog(eventStore, projection, live);
  if (recognition.kind === 'other') throw recognition.reason;
  if (recognition.kind === 'unmarked' || live.version !== version) {
    return beginBuild(readStore, projection);
  }
  const store = await readStore.openGeneration(storageOf(projection), live.generation);
  const checkpoint = await store.checkpoint();
  const parked = await readStore.count(name, PARKED_COLLECTION);
  return { store, checkpoint, parked, isBuild: false };
}

async function openFirst(
  { readStore, eventStore }: ProjectionStores,
  projection: Projection,
): Promise<OpenGeneration> {
  if ((await eventStore.head()) > 0n) return beginBuild(readStore, projection);
  const store = await readStore.createGeneration(storageOf(projection));
  await readStore.promote(projection.name, store.info.generation);
  return { store, checkpoint: 0n, parked: 0, isBuild: false };
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
