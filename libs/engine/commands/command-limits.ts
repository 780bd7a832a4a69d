/** Every bound of the command pipeline. Times in milliseconds. */
export interface CommandLimits {
  /** Commands under way in this process; more are `limit.commands-in-flight`. */
  readonly commandsInFlightMax: number;
  /** Commands that wait for the same ticket; more are `limit.stream-queue`. */
  readonly streamQueueMax: number;
  /** How often a command is decided again because someone else wrote first. */
  readonly conflictRetriesMax: number;
  /** Longest wait between two such decisions. */
  readonly conflictDelayMs: number;
  /** After that the answer to an append counts as lost. */
  readonly appendTimeoutMs: number;
  /** How often a lost answer is looked for, and the very same append sent again. */
  readonly lostAnswerTriesMax: number;
  readonly lostAnswerDelayMs: number;
  /** How far ahead of our clock a business time may lie. */
  readonly clockToleranceMs: number;
  readonly relatedTicketsMax: number;
  readonly relatedBlobsMax: number;
  /** Companions of companions of … */
  readonly companionDepthMax: number;
  /** How often a command lets go because it has to look at further tickets. */
  readonly jointTurnsMax: number;
}

export const DEFAULT_COMMAND_LIMITS: CommandLimits = {
  commandsInFlightMax: 5000,
  streamQueueMax: 256,
  conflictRetriesMax: 5,
  conflictDelayMs: 20,
  appendTimeoutMs: 10_000,
  lostAnswerTriesMax: 4,
  lostAnswerDelayMs: 100,
  clockToleranceMs: 5 * 60_000,
  relatedTicketsMax: 200,
  relatedBlobsMax: 100,
  companionDepthMax: 3,
  jointTurnsMax: 6,
};
