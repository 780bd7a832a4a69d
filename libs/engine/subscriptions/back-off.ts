import { setTimeout as delayMs } from 'node:timers/promises';

/** How long to wait before trying again: doubled with each failure in a row, with jitter. */
export interface BackOff {
  readonly initialMs: number;
  readonly maxMs: number;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  /** Resolves after the time, or at once when the signal aborts. */
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** 100 ms, doubled up to 30 s. */
export const DEFAULT_BACK_OFF: BackOff = {
  initialMs: 100,
  maxMs: 30_000,
  random: () => Math.random(),
  delay: abortableDelay,
};

/** The wait before try `failures + 1`: between half of the doubled time and all of it. */
export function backOffMs(failures: number, { initialMs, maxMs, random }: BackOff): number {
  const ceiling = Math.min(maxMs, initialMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** Waits; an abort ends the wait early and is no error. */
export async function abortableDelay(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delayMs(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
