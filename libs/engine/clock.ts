/** Where the engine takes the time from; tests hand in one that stands still. */
export interface Clock {
  now(): Date;
}

/** The time of the operating system. */
export const systemClock: Clock = { now: () => new Date() };
