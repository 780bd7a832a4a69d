/** Wakes those who wait for the log to grow. Closing it wakes all of them for good. */
export class LogSignal {
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  get closed(): boolean {
    return this.isClosed;
  }

  get waiters(): number {
    return this.waiting.size;
  }

  wake(): void {
    for (const resume of [...this.waiting]) resume();
  }

  close(): void {
    this.isClosed = true;
    this.wake();
  }

  /** Resolves once `isDue` holds. It is asked at once, and again after each wake-up or abort. */
  async until(isDue: () => boolean, abort?: AbortSignal): Promise<void> {
    while (!isDue()) await this.nextWake(abort);
  }

  private async nextWake(abort: AbortSignal | undefined): Promise<void> {
    let resume: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (resume = resolve));
    this.waiting.add(resume);
    abort?.addEventListener('abort', resume);
    try {
      await woken;
    } finally {
      this.waiting.delete(resume);
      abort?.removeEventListener('abort', resume);
    }
  }
}
