/** Every bound of the flow runner. Times in milliseconds. */
export interface FlowLimits {
  /** Instances that are shown events at the same time: each waits for the disk, and shares it. */
  readonly reactionsAtOnceMax: number;
  /** Instances whose commands are sent at the same time: people's commands wait beside them. */
  readonly concurrencyMax: number;
  /** Instances with commands to send; with more, the log is read no further. */
  readonly dispatchBacklogMax: number;
  /** How often a command is sent before its instance is parked. */
  readonly commandAttemptsMax: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  /** How often a decision is made again because somebody else wrote first. */
  readonly conflictRetriesMax: number;
  readonly cachedInstancesMax: number;
  /** The checkpoint is stored at most so often; behind it, events are looked at again. */
  readonly checkpointEveryMs: number;
  /** Timers that are looked up, and elapse, at a time. */
  readonly timersPageMax: number;
  readonly batchEventsMax: number;
  /** Between two looks at a log that grows all the time; a quiet one is looked at at once. */
  readonly busyRestMs: number;
  /**
   * The same where many events came since the last look, one millisecond for each: a look at many
   * costs little more than a look at one.
   */
  readonly busyRestMaxMs: number;
}

/** For one process that runs all flows. */
export const DEFAULT_FLOW_LIMITS: FlowLimits = {
  reactionsAtOnceMax: 256,
  concurrencyMax: 64,
  dispatchBacklogMax: 2_000,
  commandAttemptsMax: 8,
  retryInitialMs: 200,
  retryMaxMs: 30_000,
  conflictRetriesMax: 20,
  cachedInstancesMax: 20_000,
  checkpointEveryMs: 1_000,
  timersPageMax: 200,
  batchEventsMax: 500,
  busyRestMs: 5,
  busyRestMaxMs: 40,
};
