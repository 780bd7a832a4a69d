import { LedgerdeskError } from '@ledgerdesk/kernel';

/** Counts the commands under way: refuses more than its bound, and waits for all when it closes. */
export class CommandIntake {
  private isOpen = true;
  private count = 0;
  private whenIdle: (() => void)[] = [];

  constructor(private readonly inFlightMax: number) {}

  get inFlight(): number {
    return this.count;
  }

  /** @throws LedgerdeskError `unavailable.shutting-down`, `limit.commands-in-flight` */
  enter(): void {
    if (!this.isOpen) {
      throw new LedgerdeskError(
        'unavailable.shutting-down',
        'the engine is stopping and takes no more commands; nothing was written, try again',
      );
    }
    if (this.count >= this.inFlightMax) {
      throw new LedgerdeskError(
        'limit.commands-in-flight',
        `${this.count} commands are under way, more are not taken; try again later`,
        { details: { inFlightMax: this.inFlightMax } },
      );
    }
    this.count += 1;
  }

  leave(): void {
    this.count -= 1;
    if (this.count > 0) return;
    const waiting = this.whenIdle;
    this.whenIdle = [];
    for (const resume of waiting) resume();
  }

  /** Takes nothing more and waits until what is under way is done. Idempotent. */
  async close(): Promise<void> {
    this.isOpen = false;
    if (this.count > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }
}
