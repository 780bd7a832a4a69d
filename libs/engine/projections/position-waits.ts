import { LedgerdeskError } from '@ledgerdesk/kernel';
import { clearTimeout, setTimeout } from 'node:timers';

/** Waits that may be open at once; more would mean that clients wait instead of back off. */
export const OPEN_WAITS_MAX = 10_000;

interface Wait {
  readonly projection: string;
  readonly position: bigint;
  readonly settle: (reached: boolean) => void;
}

/**
 * Those who wait until a projection has reached a position. Woken by progress, never by polling.
 */
export class PositionWaits {
  private readonly waits = new Set<Wait>();
  private readonly reachedPositions = new Map<string, bigint>();
  private isClosed = false;

  hasWaits(projection: string): boolean {
    for (const wait of this.waits) if (wait.projection === projection) return true;
    return false;
  }

  reached(projection: string): bigint | undefined {
    return this.reachedPositions.get(projection);
  }

  /** The documents that serve now hold all events up to `position`. */
  advance(projection: string, position: bigint): void {
    this.reachedPositions.set(projection, position);
    for (const wait of [...this.waits]) {
      if (wait.projection === projection && wait.position <= position) wait.settle(true);
    }
  }

  /**
   * False after `timeoutMs` milliseconds, or when the waits are closed.
   *
   * @throws LedgerdeskError `limit.projection-waits`
   */
  async until(projection: string, position: bigint, timeoutMs: number): Promise<boolean> {
    const reached = this.reachedPositions.get(projection);
    if (reached !== undefined && reached >= position) return true;
    if (this.isClosed || timeoutMs <= 0) return false;
    if (this.waits.size >= OPEN_WAITS_MAX) throw tooManyWaits();
    return new Promise((resolve) => {
      const wait: Wait = {
        projection,
        position,
        settle: (isReached) => {
          clearTimeout(timer);
          this.waits.delete(wait);
          resolve(isReached);
        },
      };
      const timer = setTimeout(() => wait.settle(false), timeoutMs);
      this.waits.add(wait);
    });
  }

  /** Answers false to all who wait for a projection that will not go on. */
  giveUp(projection: string): void {
    for (const wait of [...this.waits]) if (wait.projection === projection) wait.settle(false);
  }

  close(): void {
    this.isClosed = true;
    for (const wait of [...this.waits]) wait.settle(false);
  }
}

function tooManyWaits(): LedgerdeskError {
  return new LedgerdeskError(
    'limit.projection-waits',
    `${OPEN_WAITS_MAX} requests wait for a projection already; try again with back-off.`,
    { details: { waitsMax: OPEN_WAITS_MAX } },
  );
}
