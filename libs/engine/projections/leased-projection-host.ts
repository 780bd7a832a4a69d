import { setTimeout } from 'node:timers';
import type { Projection } from '@ledgerdesk/kernel';
import { Leadership, type LeadershipStatus } from '../leases/leadership';
import type { ProjectionHost, ProjectionStatus } from '../projection-host';
import {
  InProcessProjectionHost,
  type InProcessProjectionHostOptions,
  type LedProjection,
} from './in-process-projection-host';
import { StoredProjectionHost } from './stored-projection-host';

/** Group of the leases of projections. */
const GROUP = 'projection';
/** How long leases are gathered before what they are for begins. */
const GATHER_MS = 50;

export interface LeasedProjectionHostOptions extends InProcessProjectionHostOptions {
  /** Names of those that this process may run; it runs as many as its leases. Default: all. */
  readonly hosted?: readonly string[];
  /** This process, under an id that no other start has had. */
  readonly holder: string;
  readonly leaseTtlMs?: number;
  /** For the log of the process. */
  readonly onLeading?: (projections: readonly LeadershipStatus[]) => void;
  /** For the log of the process: the leases cannot be reached. */
  readonly onLeaseFailure?: (error: unknown) => void;
}

/**
 * Runs projections beside other processes that run the same: each projection is led by one of them
 * at a time, under a lease whose token goes into each write of documents and checkpoint. Waits
 * are about all projections, whoever leads them.
 */
export class LeasedProjectionHost implements ProjectionHost {
  private readonly own: InProcessProjectionHost;
  private readonly all: StoredProjectionHost;
  private readonly leadership: Leadership;
  private readonly pending = new Map<string, LedProjection>();
  private isScheduled = false;
  private isStopping = false;

  private constructor(private readonly options: LeasedProjectionHostOptions) {
    const { projections, readStore, holder, leaseTtlMs, onLeaseFailure } = options;
    const hosted = hostedOf(options);
    this.all = new StoredProjectionHost(options);
    this.own = InProcessProjectionHost.start({ ...options, projections: [] });
    const byName = new Map(projections.map((projection) => [projection.name, projection]));
    this.leadership = new Leadership({
      leases: readStore.leases,
      group: GROUP,
      names: hosted.map(({ name }) => name),
      holder,
      ...(leaseTtlMs !== undefined && { ttlMs: leaseTtlMs }),
      ...(onLeaseFailure && { onFailure: onLeaseFailure }),
      onLead: (name, fence) => {
        const projection = byName.get(name);
        if (projection !== undefined) this.lead({ projection, fence });
      },
      onLose: (name) => this.lose(name),
    });
  }

  /** Begins to look for leases; does not wait until it leads anything. */
  static start(options: LeasedProjectionHostOptions): LeasedProjectionHost {
    const host = new LeasedProjectionHost(options);
    host.leadership.start();
    return host;
  }

  /** What this process leads now. */
  leading(): readonly LeadershipStatus[] {
    return this.leadership.status();
  }

  waitFor(projection: string, position: bigint, timeoutMs: number): Promise<boolean> {
    this.own.hurry(projection);
    return this.all.waitFor(projection, position, timeoutMs);
  }

  /** Of those that this process may run. */
  async status(): Promise<readonly ProjectionStatus[]> {
    const [all, own] = await Promise.all([this.all.status(), this.own.status()]);
    const led = new Map(own.map((status) => [status.name, status]));
    const hosted = new Set(hostedOf(this.options).map(({ name }) => name));
    return all
      .filter(({ name }) => hosted.has(name))
      .map((status) => led.get(status.name) ?? status);
  }

  onProgress(listener: (projection: string, checkpoint: bigint) => void): () => void {
    return this.own.onProgress(listener);
  }

  /** Stops what is led here first, so that the next leader finds it whole. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.own.stop();
    await this.leadership.stop();
    await this.all.stop();
  }

  // Leases come one after another; those of one look begin together, with one subscription.
  private lead(led: LedProjection): void {
    this.pending.set(led.projection.name, led);
    if (this.isScheduled) return;
    this.isScheduled = true;
    setTimeout(() => this.begin(), GATHER_MS).unref();
  }

  private begin(): void {
    this.isScheduled = false;
    const led = [...this.pending.values()];
    this.pending.clear();
    if (this.isStopping || led.length === 0) return;
    this.own.lead(led);
    this.options.onLeading?.(this.leadership.status());
  }

  private lose(name: string): void {
    this.pending.delete(name);
    this.own.release([name]);
    if (!this.isStopping) this.options.onLeading?.(this.leadership.status());
  }
}

function hostedOf({ projections, hosted }: LeasedProjectionHostOptions): readonly Projection[] {
  if (hosted === undefined) return projections;
  return projections.filter(({ name }) => hosted.includes(name));
}
