import type { FlowDefinition } from '@ledgerdesk/kernel';
import type { ReadStore } from '@ledgerdesk/read-store';
import { Leadership, type LeadershipStatus } from '../leases/leadership';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../subscriptions/back-off';
import { openFlowDesk } from './flow-desk';
import type { FlowHost } from './flow-host.port';
import type { FlowIndex } from './flow-index.port';
import { flowMetricsOf, type FlowMetrics } from './flow-metrics';
import type { FlowOperations } from './flow-operations';
import { FlowRuntime, type FlowRuntimeOptions } from './flow-runtime';

/** Group of the leases of flows. */
const GROUP = 'flow';

export interface LeasedFlowHostOptions extends Omit<FlowRuntimeOptions, 'index' | 'fence'> {
  readonly readStore: ReadStore;
  /** Finds what there is of one flow, or of all. */
  readonly indexOf: (flow?: string) => FlowIndex;
  /** This process, under an id that no other start has had. */
  readonly holder: string;
  readonly leaseTtlMs?: number;
  /** For the log of the process. */
  readonly onLeading?: (flows: readonly LeadershipStatus[]) => void;
}

/**
 * Runs flows beside other processes that run the same: each flow is led by one of them at a time,
 * under a lease whose token goes into its checkpoint. What two leaders might do at once has its
 * effect once all the same: decisions, commands and timers have ids that derive from their causes.
 */
export class LeasedFlowHost implements FlowHost {
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  readonly operations: FlowOperations;
  private readonly leadership: Leadership;
  private readonly index: FlowIndex;
  private readonly running = new Map<string, FlowRuntime>();
  /** By flow, the token under which it is to run, until the lease is said to be lost. */
  private readonly tokens = new Map<string, number>();
  /** By flow, one change after another: a runtime is gone before the next one starts. */
  private readonly changes = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly backOff: BackOff;

  private constructor(private readonly options: LeasedFlowHostOptions) {
    const { operations } = openFlowDesk(options);
    this.operations = operations;
    this.flows = new Map(options.flows.map((flow) => [flow.name, flow]));
    this.index = options.indexOf();
    this.backOff = { ...DEFAULT_BACK_OFF, ...options.backOff };
    const { readStore, holder, leaseTtlMs } = options;
    this.leadership = new Leadership({
      leases: readStore.leases,
      group: GROUP,
      names: [...this.flows.keys()],
      holder,
      ...(leaseTtlMs !== undefined && { ttlMs: leaseTtlMs }),
      onLead: (name, token) => {
        this.tokens.set(name, token);
        void this.change(name, () => this.begin(name, token));
      },
      onLose: (name) => {
        this.tokens.delete(name);
        void this.change(name, () => this.end(name));
      },
      onFailure: (error) => options.onFailure?.(error),
    });
  }

  /** Begins to look for leases; does not wait until it leads anything. */
  static start(options: LeasedFlowHostOptions): LeasedFlowHost {
    const host = new LeasedFlowHost(options);
    host.leadership.start();
    return host;
  }

  /** What this process leads now. */
  leading(): readonly LeadershipStatus[] {
    return this.leadership.status();
  }

  async metrics(): Promise<FlowMetrics> {
    const [counts, head] = await Promise.all([this.index.counts(), this.options.eventStore.head()]);
    return flowMetricsOf(
      [...this.running.values()].map((runtime) => runtime.run(head)),
      counts,
      this.options.eventStore,
      head,
    );
  }

  async isIdle(): Promise<boolean> {
    for (const runtime of [...this.running.values()]) {
      if (!(await runtime.isIdle())) return false;
    }
    return true;
  }

  async checkpoints(): Promise<ReadonlyMap<string, bigint>> {
    const own = await Promise.all(
      [...this.running.values()].map((runtime) => runtime.checkpoints()),
    );
    return new Map(own.flatMap((checkpoints) => [...checkpoints]));
  }

  rouseTimers(): void {
    for (const runtime of this.running.values()) runtime.rouseTimers();
  }

  /** Stops the flows first, so that the next leader finds their checkpoints. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(
      [...this.flows.keys()].map((name) => this.change(name, () => this.end(name))),
    );
    await this.leadership.stop();
  }

  /** Never rejects. */
  private change(name: string, task: () => Promise<void>): Promise<void> {
    const before = this.changes.get(name) ?? Promise.resolve();
    const done = before.then(task).catch((error: unknown) => this.options.onFailure?.(error));
    this.changes.set(name, done);
    return done;
  }

  private async begin(name: string, fence: number): Promise<void> {
    const flow = this.flows.get(name);
    if (flow === undefined) return;
    await this.end(name);
    const options = {
      ...this.options,
      flows: [flow],
      index: this.options.indexOf(name),
      fence,
    };
    for (let failures = 1; this.isToRun(name, fence); failures += 1) {
      try {
        this.running.set(name, await FlowRuntime.start(options));
        this.options.onLeading?.(this.leading());
        return;
      } catch (error) {
        // The lease is held: nobody else would run it meanwhile.
        this.options.onFailure?.(error);
        await this.backOff.delay(backOffMs(failures, this.backOff), this.stopping.signal);
      }
    }
  }

  // Not whether the lease is valid at this moment: only its loss is told, and told once. What is
  // begun under a lease that has passed on is refused by its token.
  private isToRun(name: string, token: number): boolean {
    return !this.stopping.signal.aborted && this.tokens.get(name) === token;
  }

  private async end(name: string): Promise<void> {
    const runtime = this.running.get(name);
    this.running.delete(name);
    await runtime?.stop();
  }
}
