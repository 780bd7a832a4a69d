import type { EventStore } from '@ledgerdesk/event-store';
import { hasErrorCode, messageOf, type FlowDefinition } from '@ledgerdesk/kernel';
import type { CommandDispatch } from '../flows/command-dispatch.port';
import { storedFlowCheckpoints } from '../flows/flow-checkpoints';
import { openFlowDesk, type IdleFlowStores } from '../flows/flow-desk';
import type { FlowHost } from '../flows/flow-host.port';
import type { FlowMetrics } from '../flows/flow-metrics';
import type { FlowOperations } from '../flows/flow-operations';
import { eventsBetween } from '../log-lag';
import type { PolicyBook } from '../policies/policy-book';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../subscriptions/back-off';
import type { BackgroundThread, ThreadListener } from './background-thread';
import type { ThreadMessage } from './background-thread.protocol';
import { answerTo } from './open-questions';
import { fromFailure } from './thread-failure';

/** A thread that folds a large batch answers late: the last known figures are given instead. */
const ANSWER_TIMEOUT_MS = 1_000;

export interface WorkerFlowHostOptions extends IdleFlowStores {
  readonly eventStore: EventStore;
  /** All flows of the thread's catalogue, for those who operate them from this thread. */
  readonly flows: readonly FlowDefinition[];
  readonly thread: BackgroundThread;
  /** Takes the commands of the flows: decisions about tickets are made in this thread. */
  readonly dispatch: CommandDispatch;
  /** Is shown the facts of policies that the thread meets in the log. */
  readonly policies?: Pick<PolicyBook, 'note'>;
  readonly backOff?: Partial<BackOff>;
  /** For the log of the process: the log, the index or a flow gave an error. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * The flows of a {@link BackgroundThread}: they see the log, decide and append there, and only
 * their commands come to this thread. Begun again with each thread that takes the place of one that
 * died. Whoever owns the thread stops it, after {@link stop}.
 */
export class WorkerFlowHost implements FlowHost, ThreadListener {
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  readonly operations: FlowOperations;
  private readonly backOff: BackOff;
  private readonly stopping = new AbortController();
  private stopped: Promise<void> | undefined;
  private resuming: Promise<void> = Promise.resolve();
  private lastMetrics: FlowMetrics | undefined;
  /** Why they do not run at present. */
  private failure: string | null = null;

  private constructor(private readonly options: WorkerFlowHostOptions) {
    const { thread, flows } = options;
    this.flows = new Map(flows.map((flow) => [flow.name, flow]));
    this.operations = openFlowDesk(options).operations;
    this.backOff = { ...DEFAULT_BACK_OFF, ...options.backOff };
    thread.listen(this);
  }

  /**
   * Resolves once the log is being followed, see `FlowRuntime`.
   *
   * @throws LedgerdeskError `defect.flow`, and what the event store gives.
   */
  static async start(options: WorkerFlowHostOptions): Promise<WorkerFlowHost> {
    const host = new WorkerFlowHost(options);
    await options.thread.ask('run-flows');
    return host;
  }

  /**
   * What the thread answers within a second; while it is busy or replaced, what it said last,
   * measured by where the log ends now.
   */
  async metrics(): Promise<FlowMetrics> {
    const { thread, eventStore } = this.options;
    const { failure } = this;
    const restarted = (metrics: FlowMetrics): FlowMetrics => ({
      ...metrics,
      failure: metrics.failure ?? failure,
      restarts: metrics.restarts + thread.restarts,
    });
    try {
      this.lastMetrics = await thread.ask('flow-metrics', ANSWER_TIMEOUT_MS);
      return restarted(this.lastMetrics);
    } catch (error) {
      const { lastMetrics } = this;
      if (lastMetrics === undefined || !isUnanswered(error)) throw error;
      const lagEvents = eventsBetween(eventStore, lastMetrics.position, await eventStore.head());
      return restarted({ ...lastMetrics, lagEvents });
    }
  }

  async isIdle(): Promise<boolean> {
    try {
      return await this.options.thread.ask('flows-idle');
    } catch (error) {
      if (isUnanswered(error)) return false;
      throw error;
    }
  }

  /** What the thread answers within a second, else what it stored last. */
  async checkpoints(): Promise<ReadonlyMap<string, bigint>> {
    const { thread, eventStore } = this.options;
    try {
      return await thread.ask('flow-checkpoints', ANSWER_TIMEOUT_MS);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      return storedFlowCheckpoints(eventStore, this.flows.keys());
    }
  }

  rouseTimers(): void {
    this.options.thread.post({ kind: 'rouse-timers' });
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  replaced(): void {
    this.resuming = this.resume(this.options.thread.restarts);
  }

  failed(error: unknown): void {
    this.failure = messageOf(error);
  }

  receive(message: ThreadMessage): void {
    if (message.kind === 'flows-failed') this.options.onFailure?.(fromFailure(message.failure));
    else if (message.kind === 'policy-fact') this.options.policies?.note(message.event);
    else if (message.kind === 'command') void this.send(message);
  }

  /** Never rejects. */
  private async send({ id, request }: ThreadMessage & { kind: 'command' }): Promise<void> {
    const { thread, dispatch } = this.options;
    // To a thread that has taken the place of the one that sent it, the answer means nothing: it
    // sends the command again, under the same id.
    const { restarts } = thread;
    const answer = await answerTo(id, () => dispatch.send(request));
    if (restarts === thread.restarts) thread.post({ kind: 'command-answer', answer });
  }

  private async resume(restarts: number): Promise<void> {
    const { thread, onFailure } = this.options;
    const isToRun = (): boolean => !this.stopping.signal.aborted && thread.restarts === restarts;
    for (let failures = 1; isToRun(); failures += 1) {
      try {
        await thread.ask('run-flows');
        this.failure = null;
        return;
      } catch (error) {
        onFailure?.(error);
        await this.backOff.delay(backOffMs(failures, this.backOff), this.stopping.signal);
      }
    }
  }

  private async end(): Promise<void> {
    const { thread } = this.options;
    this.stopping.abort();
    try {
      await thread.ask('stop-flows', thread.stopTimeoutMs);
      await this.resuming;
    } catch (error) {
      // Without a thread nothing runs; its checkpoints are behind, the next looks at some again.
      if (!isUnanswered(error)) throw error;
    }
  }
}

function isUnanswered(error: unknown): boolean {
  return hasErrorCode(error, 'unavailable.background-thread');
}
