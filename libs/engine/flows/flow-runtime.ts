import type { EventStore } from '@ledgerdesk/event-store';
import type { EventRegistry, FlowDefinition } from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CertainAppend } from '../commands/certain-append';
import type { PolicyBook } from '../policies/policy-book';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../subscriptions/back-off';
import { TimerElapser } from '../timers/elapse-timer';
import { systemScheduler, type Scheduler } from '../timers/scheduler';
import { TimerService } from '../timers/timer-service';
import type { Tracing } from '../tracing/tracing.port';
import type { CommandDispatch } from './command-dispatch.port';
import { FlowCatalogue } from './flow-catalogue';
import { FlowCheckpoints } from './flow-checkpoints';
import { FlowDispatcher } from './flow-dispatcher';
import { FlowCountStore } from './flow-count-store';
import type { FlowHost } from './flow-host.port';
import type { FlowIndex } from './flow-index.port';
import { FlowInstanceStore } from './flow-instance-store';
import { DEFAULT_FLOW_LIMITS, type FlowLimits } from './flow-limits';
import { flowMetricsOf, type FlowMetrics, type FlowRun } from './flow-metrics';
import { FlowOperations } from './flow-operations';
import { FlowReactor, type FlowTimerHint } from './flow-reactor';
import { recount } from './flow-recount';
import { FlowRunner } from './flow-runner';
import { FlowTally } from './flow-tally';

/** Due timers that are looked through for one that a flow of this process has. */
const DUE_LOOK_MAX = 200;

export interface FlowRuntimeOptions {
  readonly flows: readonly FlowDefinition[];
  readonly eventStore: EventStore;
  readonly appender: Pick<CertainAppend, 'append'>;
  readonly registry: EventRegistry;
  readonly dispatch: CommandDispatch;
  readonly index: FlowIndex;
  readonly clock: Clock;
  readonly limits?: Partial<FlowLimits>;
  readonly backOff?: Partial<BackOff>;
  readonly scheduler?: Scheduler;
  /** Whose versions are in force. Default: flows keep the policies that they bring. */
  readonly policies?: PolicyBook;
  /** Token of the lease under which they are led. Default: nobody else runs these flows. */
  readonly fence?: number;
  readonly tracing?: Tracing;
  /** For the log of the process: the log, the index or a flow gave an error. */
  readonly onFailure?: (error: unknown) => void;
}

/** How far the flows are. */
interface FlowProgress {
  readonly checkpoints: FlowCheckpoints;
  readonly counts: FlowCountStore;
}

/**
 * Runs flows in this process: follows the log, sends their commands, lets their timers elapse. Its
 * owner stops it before the stores are closed.
 */
export class FlowRuntime implements FlowHost {
  readonly operations: FlowOperations;
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  private readonly runner: FlowRunner;
  private readonly dispatcher: FlowDispatcher;
  private readonly timers: TimerService;
  private readonly catalogue: FlowCatalogue;
  private readonly stopping = new AbortController();
  private readonly backOff: BackOff;
  private resuming: Promise<void> = Promise.resolve();
  private readonly tally = new FlowTally();
  private isResumed = false;

  /**
   * Resolves once the checkpoints are read and the log is being followed; does not wait until the
   * flows are level with it.
   *
   * @throws LedgerdeskError `defect.flow`, and what the event store gives.
   */
  static async start(options: FlowRuntimeOptions): Promise<FlowRuntime> {
    const limits = { ...DEFAULT_FLOW_LIMITS, ...options.limits };
    const nowMs = (): number => options.clock.now().getTime();
    const { eventStore, fence } = options;
    const counts = new FlowCountStore(eventStore, limits.cachedInstancesMax);
    const checkpoints = new FlowCheckpoints(eventStore, {
      everyMs: limits.checkpointEveryMs,
      nowMs,
      counts,
      ...(fence !== undefined && { fence }),
    });
    const runtime = new FlowRuntime(options, limits, { checkpoints, counts });
    if (options.flows.length === 0) return runtime;
    await checkpoints.open(runtime.flows.keys());
    runtime.runner.start();
    runtime.resuming = runtime.resume();
    return runtime;
  }

  private constructor(
    private readonly options: FlowRuntimeOptions,
    limits: FlowLimits,
    { checkpoints, counts }: FlowProgress,
  ) {
    const { eventStore, registry, clock, appender, dispatch, index, policies } = options;
    const onFailure = options.onFailure ?? ((): void => undefined);
    this.catalogue = new FlowCatalogue(options.flows);
    this.flows = this.catalogue.flows;
    const { retryInitialMs: initialMs, retryMaxMs: maxMs } = limits;
    this.backOff = { ...DEFAULT_BACK_OFF, initialMs, maxMs, ...options.backOff };
    const { catalogue, backOff, tally } = this;
    const { cachedInstancesMax } = limits;
    const onTimer = ({ dueAt, position }: FlowTimerHint): void => this.timers.hint(dueAt, position);
    const instances = new FlowInstanceStore({
      eventStore,
      appender,
      counts,
      registry,
      clock,
      cachedInstancesMax,
    });
    const shared = {
      ...{ eventStore, registry, catalogue, instances, limits, backOff, clock, tally },
      ...(policies && { policies }),
      ...(options.tracing && { tracing: options.tracing }),
    };
    const elapser = new TimerElapser(shared);
    this.timers = new TimerService({
      ...shared,
      index,
      elapse: (due) => elapser.elapse(due),
      scheduler: options.scheduler ?? systemScheduler,
      pageMax: limits.timersPageMax,
      onFailure,
    });
    this.dispatcher = new FlowDispatcher({ ...shared, dispatch });
    this.operations = new FlowOperations(shared);
    this.runner = new FlowRunner({
      ...shared,
      checkpoints,
      dispatcher: this.dispatcher,
      reactor: new FlowReactor({ ...shared, onTimer }),
      prepare: (signal) => recount({ ...shared, counts, checkpoints }, signal),
      // What was cancelled while nobody looked must not elapse: first the log, then the timers.
      onCaughtUp: () => this.timers.start(),
      onTimer,
      onFailure,
    });
  }

  async metrics(): Promise<FlowMetrics> {
    const [counts, head] = await Promise.all([
      this.options.index.counts(),
      this.options.eventStore.head(),
    ]);
    return flowMetricsOf([this.run(head)], counts, this.options.eventStore, head);
  }

  /** What it counts by itself; `head` is where it stands if it has no flows. */
  run(head: bigint): FlowRun {
    const { runner, dispatcher, tally } = this;
    return {
      flows: this.flows.keys(),
      tally,
      failure: runner.failure,
      position: this.flows.size === 0 ? head : runner.position,
      events: runner.events,
      backlog: dispatcher.backlog,
      restarts: runner.restarts,
    };
  }

  /**
   * Whether all that follows from the log so far is done: events decided, commands sent, due timers
   * elapsed. What waits for a person or for a later time is idle.
   */
  async isIdle(): Promise<boolean> {
    const { eventStore, index, clock } = this.options;
    const head = await eventStore.head();
    if (!this.isLevelWith(head) || !(await index.reached(head))) return false;
    const due = await index.due(clock.now().toISOString(), DUE_LOOK_MAX);
    const isDue = due.some(({ stream }) => this.catalogue.addressOf(stream) !== undefined);
    return !isDue && (await eventStore.head()) === head && this.isLevelWith(head);
  }

  async checkpoints(): Promise<ReadonlyMap<string, bigint>> {
    return new Map([...this.flows.keys()].map((flow) => [flow, this.runner.checkpointOf(flow)]));
  }

  /** Looks at the clock again: it was moved. */
  rouseTimers(): void {
    this.timers.rouse();
  }

  /** Ends the loops, waits for the commands under way, stores the checkpoint. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    try {
      await Promise.all([this.runner.stop(), this.timers.stop(), this.resuming]);
    } finally {
      await this.dispatcher.stop();
    }
  }

  private isLevelWith(head: bigint): boolean {
    if (this.flows.size === 0) return true;
    return this.isResumed && this.runner.position >= head && this.dispatcher.backlog === 0;
  }

  /** Takes up the commands that were decided and have no outcome, from the index. */
  private async resume(): Promise<void> {
    const { eventStore, index, onFailure } = this.options;
    for (let failures = 1; !this.stopping.signal.aborted; failures += 1) {
      try {
        if (await index.reached(await eventStore.head())) {
          await this.driveUnfinished();
          this.isResumed = true;
          return;
        }
      } catch (error) {
        onFailure?.(error);
      }
      await this.backOff.delay(backOffMs(failures, this.backOff), this.stopping.signal);
    }
  }

  private async driveUnfinished(): Promise<void> {
    for await (const stream of this.options.index.unfinished()) {
      if (this.stopping.signal.aborted) return;
      const address = this.catalogue.addressOf(stream);
      if (address !== undefined) this.dispatcher.drive(address);
      await this.dispatcher.whenTakingMore();
    }
  }
}
