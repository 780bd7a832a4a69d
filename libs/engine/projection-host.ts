/**
 * `building`: a new generation is filled beside the one that serves (if any). `catching-up`:
 * serving, but behind the log. `failed`: stopped for good, see `lastError`.
 */
export type ProjectionState = 'building' | 'catching-up' | 'live' | 'stopped' | 'failed';

/** How one projection stands. Positions are global positions of the log. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** Of the live generation; 0 while none is live. */
  readonly generation: number;
  /** All events up to here are in the documents. */
  readonly checkpoint: bigint;
  readonly head: bigint;
  readonly lagEvents: bigint;
  readonly state: ProjectionState;
  /** Events that the fold threw on: recorded, counted and passed over. */
  readonly parked: number;
  readonly restarts: number;
  readonly lastError?: string;
}

/** Runs the projections, in this thread or in another. Owned by the engine, which stops it. */
export interface ProjectionHost {
  /**
   * True once the live documents hold all events up to `position`; false when that did not come
   * about in time, the projection failed, or the host has no such projection.
   */
  waitFor(projection: string, position: bigint, timeoutMs: number): Promise<boolean>;
  status(): Promise<readonly ProjectionStatus[]>;
  /** Finishes the batch under way, stores the checkpoints, ends the subscriptions. Idempotent. */
  stop(): Promise<void>;
  /** Calls back after each stored batch until the answer is called. */
  onProgress?(listener: (projection: string, checkpoint: bigint) => void): () => void;
}

/** A host without projections, for a process that only takes commands. */
export const noProjections: ProjectionHost = {
  waitFor: () => Promise.resolve(false),
  status: () => Promise.resolve([]),
  stop: () => Promise.resolve(),
};
