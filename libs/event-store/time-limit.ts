interface Waiting {
  readonly until: number;
  readonly expire: () => void;
}

/** Bounds how long each of many pieces of work may take, all of them as long: by one timer. */
export class TimeLimit {
  /** In the order in which their time is over. */
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly timeoutMs: number) {}

  /** Rejects with what `late` gives once the time is over. What the work does then is passed over. */
  within<T>(work: Promise<T>, late: (timeoutMs: number) => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting = {
        until: performance.now() + this.timeoutMs,
        expire: () => reject(late(this.timeoutMs)),
      };
      this.add(waiting);
      work.then(
        (result) => {
          this.remove(waiting);
          resolve(result);
        },
        (error: unknown) => {
          this.remove(waiting);
          // What the work gives is passed on as it is.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as given
          reject(error);
        },
      );
    });
  }

  private add(waiting: Waiting): void {
    this.waiting.add(waiting);
    if (this.timer === undefined) this.arm(this.timeoutMs);
    else if (this.waiting.size === 1) this.timer.ref();
  }

  // The timer runs on, for who comes next; it keeps no process alive in which nobody waits.
  private remove(waiting: Waiting): void {
    if (this.waiting.delete(waiting) && this.waiting.size === 0) this.timer?.unref();
  }

  private arm(ms: number): void {
    this.timer = setTimeout(() => this.expire(), ms);
  }

  private expire(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const waiting of this.waiting) {
      if (waiting.until > now) {
        this.arm(Math.ceil(waiting.until - now));
        return;
      }
      this.waiting.delete(waiting);
      waiting.expire();
    }
  }
}
