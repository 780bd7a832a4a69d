import type { EventStore } from '@ledgerdesk/event-store';
import type { EventRegistry, FlowDefinition } from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CertainAppend } from '../commands/certain-append';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../subscriptions/back-off';
import { TimerElapser } from '../timers/elapse-timer';
import { systemScheduler, type Scheduler } from '../timers/scheduler';
import { TimerService } from '../timers/timer-service';
import type { CommandDispatch } from './command-dispatch.port';
import { FlowCatalogue } from './flow-catalogue';
import { FlowCheckpoints } from './flow-checkpoints';
import { FlowDispatcher } from './flow-dispatcher';
import type { FlowCounts, FlowIndex } from './flow-index.port';
import { FlowInstanceStore } from './flow-instance-store';
import { DEFAULT_FLOW_LIMITS, type FlowLimits } from './flow-limits';
import { FlowOperations } from './flow-operations';
import { FlowReactor } from './flow-reactor';
import { FlowRunner } from './flow-runner';

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
  /** For the log of the process: the log, the index or a flow gave an error. */
  readonly onFailure?: (error: unknown) => void;
}

/** Plain numbers since the start, and how many instances and timers there are. */
export interface FlowMetrics extends FlowCounts {
  /** The log is read up to here. */
  readonly position: bigint;
  readonly lagEvents: bigint;
  /** Events that were looked at. */
  readonly events: number;
  readonly commandsAccepted: number;
  readonly commandsRefused: number;
  readonly commandRetries: number;
  /** Instances with commands that are being sent, or wait for their turn. */
  readonly backlog: number;
  readonly timersElapsed: number;
  readonly restarts: number;
}

/**
 * Runs flows in this process: follows the log, sends their commands, lets their timers elapse. Its
 * owner stops it before the stores are closed.
 */
export class FlowRuntime {
  readonly operations: FlowOperations;
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  private readonly runner: FlowRunner;
  private readonly dispatcher: FlowDispatcher;
  private readonly timers: TimerService;
  private readonly catalogue: FlowCatalogue;
  private readonly stopping = new AbortController();
  private readonly backOff: BackOff;
  private resuming: Promise<void> = Promise.resolve();

  /**
   * Resolves once the checkpoints are read and the log is being followed; does not wait until the
   * flows are level with it.
   *
   * @throws LedgerdeskError `defect.flow`, and what the event store gives.
   */
  static async start(options: FlowRuntimeOptions): Promise<FlowRuntime> {
    const limits = { ...DEFAULT_FLOW_LIMITS, ...options.limits };
    const nowMs = (): number => options.clock.now().getTime();
    const checkpoints = new FlowCheckpoints(options.eventStore, limits.checkpointEveryMs, nowMs);
    const runtime = new FlowRuntime(options, limits, checkpoints);
    if (options.flows.length === 0) return runtime;
    await checkpoints.open(runtime.flows.keys());
    runtime.runner.start();
    runtime.resuming = runtime.resume();
    return runtime;
  }

  private constructor(
    private readonly options: FlowRuntimeOptions,
    limits: FlowLimits,
    checkpoints: FlowCheckpoints,
  ) {
    const { eventStore, registry, clock, appender, dispatch, index } = options;
    const onFailure = options.onFailure ?? ((): void => undefined);
    this.catalogue = new FlowCatalogue(options.flows);
    this.flows = this.catalogue.flows;
    const { retryInitialMs: initialMs, retryMaxMs: maxMs } = limits;
    this.backOff = { ...DEFAULT_BACK_OFF, initialMs, maxMs, ...options.backOff };
    const { catalogue, backOff } = this;
    const { cachedInstancesMax } = limits;
    const instances = new FlowInstanceStore({
      eventStore,
      appender,
      registry,
      clock,
      cachedInstancesMax,
    });
    const shared = { eventStore, registry, catalogue, instances, limits, backOff, clock };
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
      reactor: new FlowReactor({
        ...shared,
        onTimer: ({ dueAt, position }) => this.timers.hint(dueAt, position),
      }),
      // What was cancelled while nobody looked must not elapse: first the log, then the timers.
      onCaughtUp: () => this.timers.start(),
      onFailure,
    });
  }

  async metrics(): Promise<FlowMetrics> {
    const { runner, dispatcher, timers } = this;
    const [counts, head] = await Promise.all([
      this.options.index.counts(),
      this.options.eventStore.head(),
    ]);
    const position = this.flows.size === 0 ? head : runner.position;
    return {
      ...counts,
      position,
      lagEvents: head > position ? head - position : 0n,
      events: runner.events,
      commandsAccepted: dispatcher.accepted,
      commandsRefused: dispatcher.refused,
      commandRetries: dispatcher.retries,
      backlog: dispatcher.backlog,
      timersElapsed: timers.count,
      restarts: runner.restarts,
    };
  }

  /** Looks at the clock again: it was moved. */
  rouseTimers(): void {
    this.timers.rouse();
  }

  /** Ends the loops, waits for the commands under way, stores the checkpoint. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.runner.stop(), this.timers.stop(), this.resuming]);
    await this.dispatcher.stop();
  }

  /** Takes up the commands that were decided and have no outcome, from the index. */
  private async resume(): Promise<void> {
    const { eventStore, index, onFailure } = this.options;
    for (let failures = 1; !this.stopping.signal.aborted; failures += 1) {
      try {
        if (await index.reached(await eventStore.head())) {
          await this.driveUnfinished();
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
