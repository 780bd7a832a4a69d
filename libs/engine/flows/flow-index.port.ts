/** A timer as the due index knows it. */
export interface DueTimer {
  readonly stream: string;
  readonly name: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly dueAt: string;
  /** Id of the event that gave it this time. */
  readonly setBy: string;
}

/** What a runner finds instances and timers by, so that it need not read the log for them. */
export interface FlowIndex {
  /**
   * True once the index holds all events up to there; false when that did not come about in time.
   */
  reached(position: bigint): Promise<boolean>;
  /** Streams of instances with commands that have no outcome yet. */
  unfinished(): AsyncIterable<string>;
  /** Timers that are due by then, in the order in which they fall due. */
  due(by: string, limit: number): Promise<readonly DueTimer[]>;
  /** When the first timer after that time falls due; undefined where none runs. */
  nextDue(after: string): Promise<string | undefined>;
  /** By flow; one without any is absent. Cost: a document for each flow. */
  counts(): Promise<ReadonlyMap<string, FlowCounts>>;
}

/** How many instances and timers there are. */
export interface FlowCounts {
  /** Not over, parked ones among them. */
  readonly open: number;
  readonly parked: number;
  readonly timers: number;
}
