import type { CollectionDefinition, ReadDocument } from '@ledgerdesk/kernel';
import type { LeaseStore } from './lease.port';

export type { CollectionDefinition, FieldKind, ReadDocument } from '@ledgerdesk/kernel';

export type Scalar = string | number | boolean | null;

export interface FieldConditions {
  readonly $eq?: Scalar;
  readonly $ne?: Scalar;
  readonly $in?: readonly Scalar[];
  readonly $gt?: Scalar;
  readonly $gte?: Scalar;
  readonly $lt?: Scalar;
  readonly $lte?: Scalar;
  readonly $exists?: boolean;
}

/**
 * The subset of MongoDB's filter language that every adapter serves alike. A scalar means `$eq`.
 * `$text` stands at the top level only: all its words must occur, the last one as a prefix.
 * Missing and null are the same: `$eq: null` finds both, `$ne: x` finds documents without the
 * field. Comparisons never cross types and never match a missing field.
 */
export type Filter = {
  readonly $and?: readonly Filter[];
  readonly $or?: readonly Filter[];
  readonly $text?: { readonly $search: string };
} & {
  readonly [field: string]:
    FieldConditions | Scalar | readonly Filter[] | { readonly $search: string } | undefined;
};

export interface Sort {
  readonly field: string;
  readonly direction: 'ascending' | 'descending';
}

export interface Query {
  readonly filter?: Filter;
  /**
   * One field; the id breaks ties in the same direction. Default: by id, ascending. Missing sorts
   * lowest.
   */
  readonly sort?: Sort;
  /** 1 to 1000. Default 50. */
  readonly limit?: number;
  /** From the page before; only for the same filter and sort. */
  readonly cursor?: string;
}

export interface Page<D extends ReadDocument = ReadDocument> {
  readonly items: readonly { readonly id: string; readonly document: D }[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface DocumentChange {
  readonly id: string;
  /** Null takes it away. */
  readonly document: ReadDocument | null;
  /**
   * What stands in the store at the checkpoint that the batch comes after, null for nothing: given
   * by a writer that knows it, it saves the store a look.
   */
  readonly before?: ReadDocument | null;
}

/** What a projection keeps: its name, its version and the collections it writes. */
export interface ProjectionStorage {
  readonly name: string;
  readonly version: number;
  readonly collections: readonly CollectionDefinition[];
}

/**
 * The newest event that the documents of a generation have seen: what a log is recognised by, since
 * a restored or replaced one has another event at that position, or none.
 */
export interface CheckpointMark {
  readonly position: bigint;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/**
 * One build of a projection. A new version, or a rebuild of the same one, is a new generation,
 * filled beside the live one and then promoted.
 */
export interface GenerationStatus {
  readonly projection: string;
  readonly version: number;
  /** 1, 2, … for each projection, never used again. */
  readonly generation: number;
  /** All events up to this position are in the documents. */
  readonly checkpoint: bigint;
  /** Absent until a batch has brought one. */
  readonly mark?: CheckpointMark;
  readonly live: boolean;
}

/**
 * Documents and checkpoint: all of it is stored, or none of it. A declared field must be of its
 * declared kind or null, a text field text or a list of texts: otherwise `invalid.document`.
 */
export interface WriteBatch {
  /** By collection name. At most one change for each id. */
  readonly changes: ReadonlyMap<string, readonly DocumentChange[]>;
  /** The checkpoint before this batch; another stored one is a `conflict.checkpoint`. */
  readonly after: bigint;
  /** `after` or later. */
  readonly checkpoint: bigint;
  /** Absent where the batch holds no event: the one stored before stays. */
  readonly mark?: CheckpointMark;
  /**
   * Token of the lease under which it is written. The generation remembers the highest one it has
   * seen; a lower one is `conflict.fenced`. Absent: nobody else writes, nothing is compared.
   */
  readonly fence?: number;
}

/** The write side of one generation, owned by one projection runner at a time. */
export interface GenerationStore {
  readonly info: Omit<GenerationStatus, 'checkpoint' | 'mark' | 'live'>;
  checkpoint(): Promise<bigint>;
  get(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, ReadDocument>>;
  /**
   * @throws `conflict.checkpoint`, `conflict.fenced`, `invalid.document`, `invalid.collection`,
   * `invalid.checkpoint` for one that runs backwards, and `missing.generation` once the generation
   * was dropped. `unknown-outcome.read-store`: the batch is stored wholly or not at all, and the
   * next {@link checkpoint} tells.
   */
  write(batch: WriteBatch): Promise<void>;
  /** Makes the indexes that `createGeneration({ deferIndexes: true })` left out. Idempotent. */
  buildIndexes(): Promise<void>;
}

/** Finds documents in the live generation of a projection. */
export interface ReadStoreReader {
  /**
   * @throws `invalid.query` (unknown or unindexed field, wrong type, bad limit or cursor),
   * `unavailable.projection` when none is live.
   */
  find(projection: string, collection: string, query: Query): Promise<Page>;
  count(projection: string, collection: string, filter?: Filter): Promise<number>;
  get(projection: string, collection: string, id: string): Promise<ReadDocument | undefined>;
  /** Checkpoint of the live generation; 0 when none is live. */
  checkpoint(projection: string): Promise<bigint>;
}

/**
 * Read models: disposable documents folded from the log. Errors: `invalid.query`,
 * `invalid.collection`, `invalid.document`, `invalid.generation`, `invalid.checkpoint`,
 * `conflict.checkpoint`, `conflict.fenced`, `missing.generation`, `incompatible.generation`,
 * `unavailable.*` (nothing was written), `incompatible.read-store` and `corrupt.read-store` (delete
 * and rebuild).
 */
export interface ReadStore extends ReadStoreReader {
  /** Who leads what, in the store that the tokens of leases guard. */
  readonly leases: LeaseStore;
  generations(projection?: string): Promise<readonly GenerationStatus[]>;
  createGeneration(
    storage: ProjectionStorage,
    options?: { readonly deferIndexes?: boolean },
  ): Promise<GenerationStore>;
  /**
   * @throws `missing.generation`, and `incompatible.generation` where it was filled by another
   * version or for other collections.
   */
  openGeneration(storage: ProjectionStorage, generation: number): Promise<GenerationStore>;
  /**
   * One atomic switch: readers see the old generation, then the new one, never neither.
   *
   * @throws `missing.generation`, and `invalid.generation` while its indexes are left out.
   */
  promote(projection: string, generation: number): Promise<void>;
  /** @throws `invalid.generation` for the live one. */
  drop(projection: string, generation: number): Promise<void>;
  close(): Promise<void>;
}
