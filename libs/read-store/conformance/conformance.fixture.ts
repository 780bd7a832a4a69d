import type { ReadDocument } from '@ledgerdesk/kernel';
import type {
  DocumentChange,
  Filter,
  GenerationStore,
  ProjectionStorage,
  Query,
  ReadStore,
} from '../read-store.port';

/** A place where one store lives; each test gets its own. */
export interface ReadStoreFixture {
  /** Opens the store; for a durable adapter each call opens the same one. */
  open(): Promise<ReadStore>;
  /** Takes away whatever the store left behind. All stores are closed before. */
  dispose(): Promise<void>;
}

export type ReadStoreFactory = () => Promise<ReadStoreFixture>;

/** Where adapters may differ. */
export interface ReadStoreCapabilities {
  /** What was written is there after closing and opening again. */
  readonly durable: boolean;
  /** Compares random queries with the reference model; the reference model itself says no. */
  readonly comparedWithReference: boolean;
  /** How many random sets of documents are compared; fewer over a network. Default 60. */
  readonly comparisons?: number;
  /**
   * Of updates at the same time that each leave the filter of the others unmet, one takes effect.
   * Default: so it is; a server that reads first and writes then gives one lease to several.
   */
  readonly updatesAreAtomic?: boolean;
}

/** What a suite runs on: a store for each test, and the means to fill it. */
export interface SuiteContext {
  readonly store: () => ReadStore;
  readonly reopen: () => Promise<ReadStore>;
}

/** A list of tickets, small. */
export const BOARD: ProjectionStorage = {
  name: 'board',
  version: 1,
  collections: [
    {
      name: 'tickets',
      fields: {
        state: 'text',
        points: 'number',
        breached: 'boolean',
        opened: 'text',
        closed: 'text',
        resolution: 'text',
      },
      timeFields: ['closed'],
      wordFields: { resolution: ['fixed', 'rejected'] },
      compoundIndexes: [
        ['state', 'opened'],
        ['breached', 'state', 'points'],
      ],
      textFields: ['title', 'tags'],
    },
    { name: 'counters', fields: { open: 'number' } },
  ],
};

/** Changes of `tickets` that store the documents under their keys. */
export function tickets(documents: Readonly<Record<string, ReadDocument | null>>): {
  readonly changes: ReadonlyMap<string, readonly DocumentChange[]>;
} {
  const list = Object.entries(documents).map(([id, document]) => ({ id, document }));
  return { changes: new Map([['tickets', list]]) };
}

/** A live generation of the board that holds the documents, at checkpoint 1. */
export async function liveBoard(
  store: ReadStore,
  documents: Readonly<Record<string, ReadDocument>>,
): Promise<GenerationStore> {
  const generation = await store.createGeneration(BOARD);
  await generation.write({ ...tickets(documents), after: 0n, checkpoint: 1n });
  await store.promote('board', generation.info.generation);
  return generation;
}

/** The ids that a filter finds, in order. */
export async function idsOf(store: ReadStore, filter: Filter): Promise<string[]> {
  const page = await store.find('board', 'tickets', { filter, limit: 1000 });
  return page.items.map(({ id }) => id);
}

/** The ids of all pages of a query, in order. */
export async function idsOfAllPages(store: ReadStore, query: Query): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.find('board', 'tickets', { ...query, ...(cursor && { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}
