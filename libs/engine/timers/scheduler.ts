import { clearTimeout, setTimeout } from 'node:timers';

/** Wakes somebody at a time; tests hand in one with a clock of its own. */
export interface Scheduler {
  /** Calls the task once after so many milliseconds; the answer takes it back. */
  after(delayMs: number, task: () => void): () => void;
}

/** The longest delay that Node's timers take; whoever is woken early looks at the clock again. */
const DELAY_MAX_MS = 2 ** 31 - 1;

/** Timers of the operating system. They do not keep the process alive. */
export const systemScheduler: Scheduler = {
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(Math.max(0, delayMs), DELAY_MAX_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
