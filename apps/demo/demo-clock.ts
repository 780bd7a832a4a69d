/**
 * The time of the demonstration, which the engine works by: it stands where it is put, so that a
 * month passes in seconds and is the same each time, and runs on only when it is released.
 */
export class DemoClock {
  private releasedAt: number | undefined;

  constructor(private ms: number) {}

  now(): Date {
    const gone = this.releasedAt === undefined ? 0 : performance.now() - this.releasedAt;
    return new Date(this.ms + gone);
  }

  /** Never back: what is in the log has happened. */
  moveTo(instant: string): void {
    this.ms = Math.max(this.ms, Date.parse(instant));
  }

  /** From here on, time goes by as it does elsewhere. */
  release(): void {
    this.releasedAt ??= performance.now();
  }
}
