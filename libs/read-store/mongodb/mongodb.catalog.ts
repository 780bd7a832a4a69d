import { randomUUID } from 'node:crypto';
import type { Collection, Filter, UpdateFilter, UpdateResult } from 'mongodb';
import { checkProjectionName, storageDigest } from '../collection-check';
import { invalidGeneration, missingGeneration } from '../read-store.errors';
import type {
  CheckpointMark,
  GenerationStatus,
  ProjectionStorage,
  WriteBatch,
} from '../read-store.port';
import type { BatchRows } from './mongodb.batches';
import type { MongoConnection } from './mongodb.connection';
import { bulkFailure } from './mongodb.errors';
import type { SearchIndex } from './mongodb.search';

/** The one collection that says which generations there are. */
export const PROJECTIONS = 'ledgerdesk.projections';

interface StoredMark {
  readonly position: string;
  readonly hash: string;
}

/** A batch that is decided, and perhaps not carried out yet. */
export interface PendingBatch extends BatchRows {
  readonly number: number;
  /** Decimal text. */
  readonly checkpoint: string;
  readonly mark: StoredMark | null;
}

/** One generation in the catalogue. */
export interface GenerationEntry {
  /** Never used again, unlike the number of a generation in another database. */
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  /** Of the newest batch that is carried out, as decimal text. */
  readonly checkpoint: string;
  readonly mark: StoredMark | null;
  /** Number of the newest batch that is carried out. */
  readonly batch: number;
  /** Id of the newest change of the checkpoint. */
  readonly last: string | null;
  readonly pending: PendingBatch | null;
  /** Highest token of a lease under which it was written. */
  readonly fence: number;
  readonly indexed: boolean;
  readonly search: SearchIndex;
}

/** Which generation serves. */
export interface LiveGeneration {
  readonly generation: number;
  readonly id: string;
}

interface ProjectionEntry {
  /** The name in lower case: names that differ only in case are one. */
  readonly _id: string;
  readonly name: string;
  readonly lastGeneration: number;
  readonly live: LiveGeneration | null;
  /** By `g` and the number. */
  readonly generations: Readonly<Record<`g${number}`, GenerationEntry>>;
  /** What each generation declares, as JSON, so that the rest can be read without. */
  readonly storages: Readonly<Record<`g${number}`, string>>;
}

const CREATE_ATTEMPTS_MAX = 20;

/**
 * Which generations there are, how far each is, and which one serves. All of a projection is one
 * document, so each step is one atomic change, with and without a replica set.
 */
export class MongoCatalog {
  constructor(private readonly connection: MongoConnection) {}

  async list(projection?: string): Promise<GenerationStatus[]> {
    const filter = projection === undefined ? {} : byName(projection);
    const found = await this.connection.reading(() =>
      this.entries().find(filter).project<ProjectionEntry>({ storages: 0 }).toArray(),
    );
    return found.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(statusesOf);
  }

  /** Undefined where there is no such generation. */
  async find(projection: string, generation: number): Promise<GenerationEntry | undefined> {
    const place = `g${generation}` as const;
    const found = await this.connection.reading(() =>
      this.entries().findOne<Pick<ProjectionEntry, 'generations'>>(byName(projection), {
        projection: { [`generations.${place}`]: 1 },
      }),
    );
    return found?.generations[place];
  }

  async live(projection: string): Promise<LiveGeneration | undefined> {
    const found = await this.connection.reading(() =>
      this.entries().findOne<Pick<ProjectionEntry, 'live'>>(byName(projection), {
        projection: { live: 1 },
      }),
    );
    return found?.live ?? undefined;
  }

  async storageOf(projection: string, generation: number): Promise<ProjectionStorage | undefined> {
    const place = `g${generation}` as const;
    const found = await this.connection.reading(() =>
      this.entries().findOne<Pick<ProjectionEntry, 'storages'>>(byName(projection), {
        projection: { [`storages.${place}`]: 1 },
      }),
    );
    const storage = found?.storages[place];
    return storage === undefined ? undefined : (JSON.parse(storage) as ProjectionStorage);
  }

  /** A new generation without indexes; gives its number. */
  async create(storage: ProjectionStorage, search: SearchIndex): Promise<number> {
    const entry: GenerationEntry = {
      id: randomUUID(),
      version: storage.version,
      digest: storageDigest(storage),
      checkpoint: '0',
      mark: null,
      batch: 0,
      last: null,
      pending: null,
      fence: 0,
      indexed: false,
      search,
    };
    for (let attempt = 1; attempt <= CREATE_ATTEMPTS_MAX; attempt += 1) {
      const known = await this.projectionOf(storage.name);
      const { lastGeneration } = known;
      if (known.generations[`g${lastGeneration}`]?.id === entry.id) return lastGeneration;
      const next = lastGeneration + 1;
      const { modifiedCount } = await this.update(
        { ...byName(storage.name), lastGeneration },
        {
          lastGeneration: next,
          [`generations.g${next}`]: entry,
          [`storages.g${next}`]: JSON.stringify(storage),
        },
      );
      if (modifiedCount === 1) return next;
    }
    throw invalidGeneration(storage.name, 0, 'is created by too many at once; try again');
  }

  /** Whether the batch is decided now, also where it was before and the answer was lost. */
  async decide(of: GenerationPlace, batch: WriteBatch, pending: PendingBatch): Promise<boolean> {
    const { filter, path, fence } = openPlaceOf(of, batch);
    const before = { [`${path}.batch`]: pending.number - 1 };
    const { matchedCount } = await this.update(
      { ...filter, ...before },
      { [`${path}.pending`]: pending, ...fence },
    );
    if (matchedCount === 1) return true;
    const entry = await this.find(of.projection, of.generation);
    return entry?.pending?.id === pending.id || entry?.last === pending.id;
  }

  /** Notes that a decided batch is carried out. Others may have done so before. */
  async complete(of: GenerationPlace, pending: PendingBatch): Promise<void> {
    const { filter, path } = placeOf(of);
    const { id, number, checkpoint, mark } = pending;
    await this.update(
      { ...filter, [`${path}.pending.id`]: id },
      {
        [`${path}.checkpoint`]: checkpoint,
        [`${path}.batch`]: number,
        [`${path}.last`]: id,
        [`${path}.pending`]: null,
        ...(mark !== null && { [`${path}.mark`]: mark }),
      },
    );
  }

  /** Moves a checkpoint without documents; gives whether it did, now or before. */
  async move(of: GenerationPlace, batch: WriteBatch): Promise<boolean> {
    const { filter, path, fence } = openPlaceOf(of, batch);
    const { checkpoint, mark } = batch;
    const id = randomUUID();
    const { matchedCount } = await this.update(filter, {
      [`${path}.checkpoint`]: String(checkpoint),
      [`${path}.last`]: id,
      ...(mark && { [`${path}.mark`]: storedMark(mark) }),
      ...fence,
    });
    if (matchedCount === 1) return true;
    return (await this.find(of.projection, of.generation))?.last === id;
  }

  async markIndexed(of: GenerationPlace): Promise<void> {
    const { filter, path } = placeOf(of);
    await this.update(filter, { [`${path}.indexed`]: true });
  }

  /** Gives whether the generation serves now. */
  async promote(of: GenerationPlace): Promise<boolean> {
    const { filter, path } = placeOf(of);
    const live: LiveGeneration = { generation: of.generation, id: of.id };
    const { matchedCount } = await this.update({ ...filter, [`${path}.indexed`]: true }, { live });
    return matchedCount === 1;
  }

  /** @throws LedgerdeskError `invalid.generation` for the live one. */
  async remove(of: GenerationPlace): Promise<void> {
    const { filter, path } = placeOf(of);
    const place = `g${of.generation}`;
    await this.connection.writing(() =>
      this.entries().updateOne(
        { ...filter, [`${path}.id`]: of.id, 'live.id': { $ne: of.id } },
        { $unset: { [path]: '', [`storages.${place}`]: '' } },
      ),
    );
    const live = await this.live(of.projection);
    if (live?.id !== of.id) return;
    throw invalidGeneration(of.projection, of.generation, 'is live; promote another one first');
  }

  private async projectionOf(name: string): Promise<ProjectionEntry> {
    const _id = name.toLowerCase();
    const known = await this.connection.reading(() => this.entries().findOne({ _id }));
    if (known !== null) {
      checkProjectionName(name, [known.name]);
      return known;
    }
    const first = { _id, name, lastGeneration: 0, live: null, generations: {}, storages: {} };
    await this.connection.writing(async () => {
      try {
        await this.entries().insertMany([first]);
      } catch (error) {
        if (bulkFailure(error) !== undefined) throw error;
      }
    });
    return this.projectionOf(name);
  }

  private update(
    filter: Filter<ProjectionEntry>,
    $set: Readonly<Record<string, unknown>>,
  ): Promise<UpdateResult> {
    const change = { $set } as UpdateFilter<ProjectionEntry>;
    return this.connection.writing(() => this.entries().updateOne(filter, change));
  }

  private entries(): Collection<ProjectionEntry> {
    return this.connection.collection<ProjectionEntry>(PROJECTIONS);
  }
}

/** One generation, by its number and by its id. */
export interface GenerationPlace {
  readonly projection: string;
  readonly generation: number;
  readonly id: string;
}

/** @throws LedgerdeskError `missing.generation` */
export function requireEntry(
  entry: GenerationEntry | undefined,
  projection: string,
  generation: number,
): GenerationEntry {
  if (entry === undefined) throw missingGeneration(projection, generation);
  return entry;
}

/** A mark as the catalogue keeps it. */
export function storedMark({ position, hash }: CheckpointMark): StoredMark {
  return { position: String(position), hash };
}

function byName(name: string): Filter<ProjectionEntry> {
  return { _id: name.toLowerCase(), name };
}

function placeOf({ projection, generation, id }: GenerationPlace): {
  readonly filter: Filter<ProjectionEntry>;
  readonly path: string;
} {
  const path = `generations.g${generation}`;
  return { filter: { ...byName(projection), [`${path}.id`]: id }, path };
}

/** A place that the batch may follow on: at its checkpoint, nothing pending, not fenced off. */
function openPlaceOf(
  of: GenerationPlace,
  { after, fence }: WriteBatch,
): {
  readonly filter: Filter<ProjectionEntry>;
  readonly path: string;
  readonly fence: Readonly<Record<string, number>>;
} {
  const { filter, path } = placeOf(of);
  const open = { [`${path}.checkpoint`]: String(after), [`${path}.pending`]: null };
  if (fence === undefined) return { filter: { ...filter, ...open }, path, fence: {} };
  const token = { [`${path}.fence`]: { $lte: fence } };
  return { filter: { ...filter, ...open, ...token }, path, fence: { [`${path}.fence`]: fence } };
}

function statusesOf({ name, live, generations }: ProjectionEntry): GenerationStatus[] {
  return Object.entries(generations)
    .map(([place, { id, version, checkpoint, mark }]) => ({
      projection: name,
      version,
      generation: Number(place.slice(1)),
      checkpoint: BigInt(checkpoint),
      ...(mark !== null && { mark: { position: BigInt(mark.position), hash: mark.hash } }),
      live: live?.id === id,
    }))
    .sort((a, b) => a.generation - b.generation);
}
