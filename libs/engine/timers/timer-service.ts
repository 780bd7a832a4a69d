import type { Clock } from '../clock';
import type { DueTimer, FlowIndex } from '../flows/flow-index.port';
import { backOffMs, type BackOff } from '../subscriptions/back-off';
import type { Scheduler } from './scheduler';

export interface TimerServiceOptions {
  readonly index: Pick<FlowIndex, 'due' | 'nextDue' | 'reached'>;
  /**
   * Records that a timer fell due, unless it was moved, cancelled or recorded before. Gives the
   * position from which the index knows, undefined where nothing was recorded.
   */
  readonly elapse: (timer: DueTimer) => Promise<bigint | undefined>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly backOff: BackOff;
  readonly pageMax: number;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Lets timers elapse when they fall due: sleeps until the next one, however many there are, and
 * after downtime lets the late ones elapse in order. Owns one loop; {@link stop} waits for it.
 */
export class TimerService {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** The index must have reached this position to know of all timers that were set here. */
  private knownFrom = 0n;
  /** What has elapsed, while the index may still show it: by the event that gave it its time. */
  private readonly elapsed = new Set<string>();
  private wake: () => void = () => undefined;
  private wakesAt = '';
  private isAwake = false;
  private isIndexServing = false;

  constructor(private readonly options: TimerServiceOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** A timer was set or moved here. */
  hint(dueAt: string, position: bigint): void {
    if (position > this.knownFrom) this.knownFrom = position;
    if (this.wakesAt === '' || dueAt < this.wakesAt) this.rouse();
  }

  /** Looks at the clock again. */
  rouse(): void {
    this.isAwake = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.rouse();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.isStopping()) {
      this.isAwake = false;
      try {
        if (!(await this.indexServes())) continue;
        const now = this.options.clock.now();
        const hasMore = await this.elapseDue(now);
        failures = 0;
        if (!hasMore) await this.sleep(now);
      } catch (error) {
        failures += 1;
        this.options.onFailure(error);
        const { backOff } = this.options;
        await backOff.delay(backOffMs(failures, backOff), this.stopping.signal);
      }
    }
  }

  /** A new index cannot be asked before it is built; one that serves can, also while it lags. */
  private async indexServes(): Promise<boolean> {
    this.isIndexServing ||= await this.options.index.reached(0n);
    const { backOff } = this.options;
    if (!this.isIndexServing) await backOff.delay(backOffMs(1, backOff), this.stopping.signal);
    return this.isIndexServing;
  }

  /** True where more may be due. */
  private async elapseDue(now: Date): Promise<boolean> {
    const { index, pageMax, backOff } = this.options;
    const isLevel = await index.reached(this.knownFrom);
    const page = await index.due(now.toISOString(), pageMax + this.elapsed.size);
    const due = page.filter(({ setBy }) => !this.elapsed.has(setBy));
    if (isLevel) this.forgetAllBut(page);
    for (const timer of due.slice(0, pageMax)) {
      if (this.isStopping()) return false;
      const position = await this.options.elapse(timer);
      this.elapsed.add(timer.setBy);
      if (position !== undefined && position > this.knownFrom) this.knownFrom = position;
    }
    if (isLevel || due.length > 0) return due.length > 0;
    await backOff.delay(backOffMs(1, backOff), this.stopping.signal);
    return true;
  }

  private forgetAllBut(page: readonly DueTimer[]): void {
    const shown = new Set(page.map(({ setBy }) => setBy));
    for (const setBy of this.elapsed) if (!shown.has(setBy)) this.elapsed.delete(setBy);
  }

  private async sleep(now: Date): Promise<void> {
    const { index, scheduler } = this.options;
    const next = await index.nextDue(now.toISOString());
    if (this.isAwake || this.isStopping()) return;
    this.wakesAt = next ?? '';
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      const take =
        next === undefined
          ? () => undefined
          : scheduler.after(Date.parse(next) - now.getTime(), resolve);
      const wake = this.wake;
      this.wake = () => {
        take();
        wake();
      };
    });
    this.wake = () => undefined;
    this.wakesAt = '';
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}
