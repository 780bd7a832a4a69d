import type { MessagePort } from 'node:worker_threads';
import type { LedgerdeskError } from '@ledgerdesk/kernel';

/** Where an event stands in its stream: 0 for the first. Text outside the process. */
export type Revision = bigint;

/**
 * Where an event stands in the whole log. Grows with each event, gaps allowed; only order is
 * promised. Text outside the process.
 */
export type GlobalPosition = bigint;

/** Before the first event of the log: reading or subscribing from here yields everything. */
export const LOG_START: GlobalPosition = 0n;

/**
 * What the stream must look like for an append to be accepted. An exact revision is the revision
 * of the stream's last event.
 */
export type ExpectedRevision = 'any' | 'no-stream' | 'stream-exists' | Revision;

/** An event on its way in. The store does not look into `body`. */
export interface EventToAppend {
  /** UUID, made by the caller; what makes a repeated append recognisable. */
  readonly id: string;
  readonly type: string;
  /** JSON text, stored byte for byte: for a sealed event the canonical JSON that `hash` covers. */
  readonly body: string;
  /** SHA-256 of the sealed body, 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

export interface StoredEvent extends EventToAppend {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: GlobalPosition;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expectedRevision: ExpectedRevision;
  /** 1 to `limits.batchEventsMax` events; all are stored or none is. */
  readonly events: readonly EventToAppend[];
}

export interface AppendResult {
  /** Revision and position of the batch's last event. */
  readonly revision: Revision;
  readonly position: GlobalPosition;
  /**
   * True where the very same ids were stored before: nothing was appended, the first outcome is
   * given.
   */
  readonly repeated: boolean;
}

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards';
  /**
   * First revision to give, inclusive in both directions. Default: the start, or the end when
   * backwards.
   */
  readonly from?: Revision;
  /** How many events at the most, 1 or more. Default: all. */
  readonly limit?: number;
}

/** Events that match any of the prefixes and any of the types; an absent list matches all. */
export interface EventFilter {
  readonly streamPrefixes?: readonly string[];
  readonly eventTypes?: readonly string[];
}

export interface ReadAllOptions {
  /** Exclusive: events behind this position. Default {@link LOG_START}. */
  readonly after?: GlobalPosition;
  /** Inclusive upper bound. Default: the head of the log. */
  readonly until?: GlobalPosition;
  readonly direction?: 'forwards' | 'backwards';
  readonly filter?: EventFilter;
  readonly limit?: number;
}

export interface SubscribeOptions {
  /** Exclusive: the position of the last event whose effect is stored. */
  readonly after: GlobalPosition;
  readonly filter?: EventFilter;
  /** Ends the iteration cleanly. */
  readonly signal?: AbortSignal;
  /** How many events a batch holds at the most. Default 500. */
  readonly batchEventsMax?: number;
  /**
   * The events alone count, not how far the log is: behind the first `caught-up`, none need come for
   * events that the filter passes over. A store on another machine may then keep those to itself.
   */
  readonly isSparse?: boolean;
}

/**
 * What a subscription yields, in log order. `caught-up` says that all events up to `position` have
 * been yielded before it: also those that the filter passed over, so that a checkpoint may move to
 * `position`. It comes each time the subscription runs out of stored events, and again when events
 * arrived that the filter passed over.
 */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[] }
  | { readonly kind: 'caught-up'; readonly position: GlobalPosition };

export interface StreamMetadata {
  readonly [key: string]: unknown;
}

export interface EventStoreLimits {
  /** Largest body of one event, in bytes of UTF-8. */
  readonly eventBytesMax: number;
  readonly batchEventsMax: number;
  /** Largest batch, in bytes of UTF-8 over all bodies. */
  readonly batchBytesMax: number;
}

/** A stream of which the server is told to let events vanish, and by what. */
export interface StreamRetention {
  readonly stream: string;
  readonly reason: string;
}

export interface EventStoreStatistics {
  readonly events: number;
  readonly streams: number;
  /** By category: the stream name before its first dash. */
  readonly streamsByCategory: Readonly<Record<string, number>>;
}

/**
 * The one truth. Errors, by code: `conflict.revision` (details: stream, expected, actual),
 * `limit.event-size`, `limit.batch-size`, `invalid.append`, `unavailable.*` (nothing was written),
 * `unknown-outcome.append` (resolve by reading, then repeat the very same append),
 * `corrupt.event-store`.
 *
 * Idempotency: an append whose event ids already stand in this stream, in the same order and
 * contiguous, answers `repeated: true`: behind an exact revision (or no-stream) when they stand
 * exactly there, and for `any` and `stream-exists` wherever they stand. A batch of which only a
 * part is stored, or stored elsewhere than expected, is a `conflict.revision`. The id decides,
 * bodies are not compared. An id that stands in the stream can never be stored there twice.
 */
export interface EventStore {
  readonly limits: EventStoreLimits;
  /**
   * True where the events of one append always stand at consecutive positions, so that the last
   * one's tells all.
   */
  readonly positionsAreConsecutive?: boolean;
  /**
   * About how far apart the positions of two events that follow each other are, to tell from two
   * positions how many events lie between. Default 1.
   */
  readonly positionsPerEvent?: bigint;
  append(request: AppendRequest): Promise<AppendResult>;
  /**
   * Yields nothing for a stream that does not exist. A snapshot: later appends may or may not
   * appear.
   */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>;
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  /**
   * Those of the streams that have events: one question for many, where a read of each would find
   * most of them empty. Absent from a store that could do no better than read each.
   */
  existingStreams?(streams: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Lives until the signal aborts, the consumer leaves the loop, or it throws. Holds back when the
   * consumer is slow.
   */
  subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage>;
  /** Position of the newest event, {@link LOG_START} when the log is empty. */
  head(): Promise<GlobalPosition>;
  /**
   * Why nothing can be appended at present, such as `unavailable.disk-full`; undefined where
   * nothing is known to stand against it. Costs nothing while appends succeed. After one that
   * failed the store is tried with a small write or read, so that one to which nobody writes
   * learns that it is well again.
   */
  appendObstacle?(): Promise<LedgerdeskError | undefined>;
  /**
   * A port for another thread of this process, which opens the same store with it and appends
   * beside this one: see `openEventStoreBeside`. Absent where each thread opens the store anew, or
   * where it lives in the memory of one.
   */
  appendPort?(): MessagePort;
  streamMetadata(stream: string): Promise<StreamMetadata>;
  setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void>;
  statistics(): Promise<EventStoreStatistics>;
  /**
   * Streams whose events may vanish by a setting of the server, which an adapter refuses to read or
   * append to with `corrupt.stream-retention`. Absent where the store never forgets.
   */
  forgetfulStreams?(): Promise<readonly StreamRetention[]>;
  /** Waits for appends under way, ends subscriptions, frees the store. Idempotent. */
  close(): Promise<void>;
}
