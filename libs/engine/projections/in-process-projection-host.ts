import type { EventRegistry, Projection } from '@ledgerdesk/kernel';
import type { EventStore } from '@ledgerdesk/event-store';
import type { ReadStore } from '@ledgerdesk/read-store';
import { clearInterval, setInterval } from 'node:timers';
import { systemClock, type Clock } from '../clock';
import type { ProjectionHost, ProjectionStatus } from '../projection-host';
import type { BackOff } from '../subscriptions/back-off';
import { BatchPacing, DEFAULT_PACING, type BatchPacingOptions } from './batch-pacing';
import { PositionWaits } from './position-waits';
import { ProjectionGroup, type FoldedBatch } from './projection-group';
import { ProjectionRunner, type RunnerParts } from './projection-runner';

export interface InProcessProjectionHostOptions {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly registry: EventRegistry;
  readonly projections: readonly Projection[];
  readonly clock?: Clock;
  readonly pacing?: Partial<BatchPacingOptions>;
  /** Before a subscription that was dropped is begun again. */
  readonly backOff?: Partial<BackOff>;
  /**
   * No progress for so long although the log is ahead is a stall, and restarts the subscription.
   * Default 30 s.
   */
  readonly stallMs?: number;
  /** How often stalls and generations of other processes are looked for. Default 1 s. */
  readonly patrolMs?: number;
  /**
   * Projections that write at the same time. With 1, other work of the thread goes on in between;
   * more are faster where the read store is another process. Default 16.
   */
  readonly storedAtOnce?: number;
  /** For the log of the process: a projection has failed for good. */
  readonly onFailure?: (projection: string, error: unknown) => void;
  /** What was folded and stored in one go, for traces. */
  readonly onBatch?: (batch: FoldedBatch) => void;
}

/** A projection that this process leads, under the token of its lease. */
export interface LedProjection {
  readonly projection: Projection;
  readonly fence: number;
}

type ProgressListener = (projection: string, checkpoint: bigint) => void;

/**
 * Runs projections on the calling thread: for tests, the command line, and inside the
 * background thread. Projections at about the same checkpoint share one subscription;
 * one that is built anew has its own until it is level with the rest.
 */
export class InProcessProjectionHost implements ProjectionHost {
  private readonly runners: Map<string, ProjectionRunner>;
  private readonly groups = new Map<ProjectionGroup, Promise<void>>();
  private readonly waits = new PositionWaits();
  private readonly listeners = new Set<ProgressListener>();
  private readonly patrolTimer: ReturnType<typeof setInterval>;
  private readonly clock: Clock;
  private patrolling: Promise<void> | undefined;
  private joining: Promise<void> | undefined;
  private isStopping = false;
  private stallCount = 0;

  private constructor(private readonly options: InProcessProjectionHostOptions) {
    const { projections, clock = systemClock, patrolMs = 1_000 } = options;
    this.clock = clock;
    this.runners = new Map(
      projections.map((projection) => [
        projection.name,
        new ProjectionRunner(projection, this.parts()),
      ]),
    );
    this.patrolTimer = setInterval(() => {
      this.patrolling ??= this.patrol().finally(() => (this.patrolling = undefined));
    }, patrolMs);
    this.patrolTimer.unref();
  }

  /** Begins to follow the log; does not wait until the projections have caught up. */
  static start(options: InProcessProjectionHostOptions): InProcessProjectionHost {
    const host = new InProcessProjectionHost(options);
    if (host.runners.size > 0) host.begin([...host.runners.values()]);
    return host;
  }

  /** Runs these as well, each under the token of its lease. */
  lead(led: readonly LedProjection[]): void {
    this.release(led.map(({ projection }) => projection.name));
    const runners = led.map(
      ({ projection, fence }) => new ProjectionRunner(projection, this.parts(), fence),
    );
    for (const runner of runners) this.runners.set(runner.name, runner);
    if (runners.length > 0) this.begin(runners);
  }

  /**
   * Runs these no more. What is under way for them may still be stored, unless it is fenced off.
   */
  release(names: readonly string[]): void {
    const expelled = new Set(names);
    for (const name of names) {
      this.runners.get(name)?.stop();
      this.runners.delete(name);
      this.waits.giveUp(name);
    }
    for (const group of this.groups.keys()) {
      if (!group.members.some(({ name }) => expelled.has(name))) continue;
      group.expel(expelled);
      // Its end is waited for with that of all groups.
      if (group.members.length === 0) void group.stop();
    }
  }

  /** Subscriptions that were begun again because nothing moved. */
  get stalls(): number {
    return this.stallCount;
  }

  async waitFor(projection: string, position: bigint, timeoutMs: number): Promise<boolean> {
    const runner = this.runners.get(projection);
    if (runner === undefined || runner.state === 'failed') return false;
    const reached = this.waits.until(projection, position, timeoutMs);
    if (this.waits.hasWaits(projection)) this.hurry(projection);
    return reached;
  }

  async status(): Promise<readonly ProjectionStatus[]> {
    const head = await this.options.eventStore.head();
    return [...this.runners.values()].map((runner) => runner.status(head));
  }

  onProgress(listener: ProgressListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets the group of a projection take its next batch at once: somebody waits for it. */
  hurry(projection: string): void {
    for (const group of this.groups.keys()) {
      if (group.members.some(({ name }) => name === projection)) group.hurry();
    }
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.patrolTimer);
    this.waits.close();
    await this.joining;
    await this.patrolling;
    const running = [...this.groups];
    await Promise.all(running.map(([group]) => group.stop()));
    await Promise.all(running.map(([, end]) => end));
    for (const runner of this.runners.values()) runner.stop();
  }

  private begin(runners: readonly ProjectionRunner[]): void {
    if (this.isStopping) return;
    const { eventStore, registry, pacing, backOff = {}, onBatch, storedAtOnce } = this.options;
    const nowMs = (): number => this.clock.now().getTime();
    const isHurried = (): boolean => runners.some(({ name }) => this.waits.hasWaits(name));
    const group = new ProjectionGroup(runners, {
      eventStore,
      registry,
      backOff,
      nowMs,
      ...(storedAtOnce !== undefined && { storedAtOnce }),
      pacing: new BatchPacing({ ...DEFAULT_PACING, ...pacing }, nowMs, isHurried),
      events: {
        advanced: (runner) => this.advance(runner),
        failed: (runner, error) => this.fail(runner, error),
        fenced: (runner) => this.yieldTo(runner),
        settled: () => this.joinSettledGroups(),
        strayed: (strayed) => this.begin(strayed),
        ...(onBatch && { folded: onBatch }),
      },
    });
    const end = group.run().finally(() => this.groups.delete(group));
    this.groups.set(group, end);
  }

  /** Another process leads it now; perhaps this one leads it anew, under a later token. */
  private yieldTo(runner: ProjectionRunner): void {
    if (this.runs(runner)) this.release([runner.name]);
  }

  private parts(): RunnerParts {
    const { eventStore, readStore } = this.options;
    return { eventStore, readStore, clock: this.clock };
  }

  private runs(runner: ProjectionRunner): boolean {
    return this.runners.get(runner.name) === runner;
  }

  private advance({ name, checkpoint }: ProjectionRunner): void {
    if (this.waits.reached(name) === checkpoint) return;
    this.waits.advance(name, checkpoint);
    for (const listener of this.listeners) listener(name, checkpoint);
  }

  private fail({ name }: ProjectionRunner, error: unknown): void {
    this.waits.giveUp(name);
    this.options.onFailure?.(name, error);
  }

  /** Called from within a group's step, so the joining waits for its end elsewhere. */
  private joinSettledGroups(): void {
    if (this.isStopping) return;
    this.joining ??= this.join().finally(() => (this.joining = undefined));
  }

  private async join(): Promise<void> {
    const settled = [...this.groups.keys()].filter((group) => group.isSettled());
    if (settled.length < 2) return;
    await Promise.all(settled.map((group) => group.stop()));
    const runners = settled.flatMap(({ members }) => members).filter((one) => this.runs(one));
    if (runners.length > 0) this.begin(runners);
  }

  private async patrol(): Promise<void> {
    const { eventStore, readStore, stallMs = 30_000 } = this.options;
    if (this.groups.size === 0) return;
    try {
      const [head, generations] = await Promise.all([eventStore.head(), readStore.generations()]);
      for (const group of [...this.groups.keys()]) {
        const isBehind = group.members.some(({ checkpoint }) => checkpoint < head);
        const idleMs = this.clock.now().getTime() - group.lastProgressMs;
        if (isBehind && idleMs > stallMs) {
          this.stallCount += 1;
          group.lastProgressMs = this.clock.now().getTime();
          group.restart();
        } else if (group.members.some((runner) => runner.isOvertaken(generations))) {
          group.restart();
        }
      }
    } catch (error) {
      // A store that does not answer shows in the groups, which wait for it with back-off.
      for (const runner of this.runners.values()) runner.noteError(error);
    }
  }
}
