import { abortableDelay } from '../subscriptions/back-off';

export interface BatchPacingOptions {
  /** Time between batches under load, in milliseconds. */
  readonly intervalMs: number;
  /** The same while somebody waits for the projection. */
  readonly hurriedIntervalMs: number;
  /** The same behind a large batch. */
  readonly busyIntervalMs: number;
  /** Events that make a batch large. */
  readonly busyEvents: number;
  /** Batches that may follow each other at once after a quiet time. */
  readonly burst: number;
}

/**
 * 8 batches a second, 100 while somebody waits, 8 at once after a second of quiet. Hundreds of
 * events a second share two or three batches: their tickets change several times in each, and the
 * pages of the indexes are written once.
 */
export const DEFAULT_PACING: BatchPacingOptions = {
  intervalMs: 125,
  busyIntervalMs: 400,
  busyEvents: 64,
  hurriedIntervalMs: 10,
  burst: 8,
};

/**
 * Decides how long to wait before the next batch is taken. A batch costs a write of its own for
 * each projection, whatever its size: under load the events of a moment share one, after a quiet
 * time the first event is folded at once.
 */
export class BatchPacing {
  private allowance: number;
  private lastMs: number | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly options: BatchPacingOptions,
    private readonly nowMs: () => number,
    private readonly isHurried: () => boolean,
  ) {
    this.allowance = options.burst;
  }

  /** Milliseconds to wait now that a batch of `events` is stored. */
  restMs(events: number): number {
    const { intervalMs, busyIntervalMs, busyEvents, burst } = this.options;
    const now = this.nowMs();
    const elapsed = this.lastMs === undefined ? 0 : Math.max(0, now - this.lastMs);
    this.lastMs = now;
    // Never below -1: time that was not rested is not owed for ever.
    this.allowance = Math.max(-1, Math.min(burst, this.allowance + elapsed / intervalMs) - 1);
    const isBusy = events >= busyEvents;
    if (this.allowance >= 0 && !isBusy) return 0;
    const longest = isBusy ? busyIntervalMs : -this.allowance * intervalMs;
    return this.isHurried() ? Math.min(this.options.hurriedIntervalMs, longest) : longest;
  }

  /** Resolves when the next batch may be taken, or at once on an abort. */
  async rest(signal: AbortSignal, events: number): Promise<void> {
    const ms = this.restMs(events);
    if (ms < 1 || signal.aborted) return;
    const woken = new AbortController();
    this.wake = () => woken.abort();
    const startMs = this.nowMs();
    await abortableDelay(ms, AbortSignal.any([signal, woken.signal]));
    this.wake = undefined;
    if (!woken.signal.aborted) return;
    const leftMs = this.options.hurriedIntervalMs - (this.nowMs() - startMs);
    if (leftMs >= 1) await abortableDelay(leftMs, signal);
  }

  /** Cuts the present rest short. */
  hurry(): void {
    this.wake?.();
  }
}
