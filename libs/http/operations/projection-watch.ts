import type { Engine, ProjectionStatus } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { HttpApiSettings } from '../http-api.options';

/** What the last look at the projections found. */
export interface ProjectionLook {
  readonly statuses: readonly ProjectionStatus[];
  /** Why they could not be looked at. */
  readonly error?: unknown;
}

/**
 * Looks at the projections again and again, so that a command can ask for nothing whether they keep
 * up. Owned by the API, which stops it.
 */
export class ProjectionWatch {
  private readonly engine: Engine;
  private readonly lagMax: bigint;
  private readonly lookMs: number;
  private look: ProjectionLook = { statuses: [] };
  private behind: ProjectionStatus | undefined;
  private caughtUp = false;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isStopped = false;

  constructor({ engine, limits }: HttpApiSettings) {
    this.engine = engine;
    this.lagMax = BigInt(limits.projectionLagMax);
    this.lookMs = limits.projectionLookMs;
  }

  /** Takes a first look, then looks on by itself. */
  async start(): Promise<void> {
    await this.lookNow();
    this.schedule();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  get last(): ProjectionLook {
    return this.look;
  }

  /** Whether each projection has been level with the log at least once since the start. */
  get hasCaughtUp(): boolean {
    return this.caughtUp;
  }

  /** The first projection that is too far behind. */
  get laggard(): ProjectionStatus | undefined {
    return this.behind;
  }

  /** @throws LedgerdeskError `limit.projection-lag` while a projection is too far behind. */
  assertKeepsUp(): void {
    if (this.behind === undefined) return;
    const { name, lagEvents } = this.behind;
    throw new LedgerdeskError(
      'limit.projection-lag',
      `the read model ${name} is ${String(lagEvents)} events behind; nothing was written, try again later`,
      { details: { projection: name, lagEvents: String(lagEvents), lagMax: String(this.lagMax) } },
    );
  }

  /** Looks at once; several callers share one look. */
  lookNow(): Promise<void> {
    this.looking ??= this.takeLook().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      void this.lookNow().then(() => this.schedule());
    }, this.lookMs);
    this.timer.unref();
  }

  private async takeLook(): Promise<void> {
    try {
      const statuses = await this.engine.projections.status();
      this.look = { statuses };
      this.behind = statuses.find(({ lagEvents }) => lagEvents > this.lagMax);
      this.caughtUp ||= statuses.every(({ state }) => state === 'live');
    } catch (error) {
      // What is not known is not held against the commands: the store answers for itself.
      this.look = { statuses: this.look.statuses, error };
      this.behind = undefined;
    }
  }
}
