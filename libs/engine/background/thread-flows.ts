import type { EventStore } from '@ledgerdesk/event-store';
import type { EventRegistry } from '@ledgerdesk/kernel';
import type { ReadStore } from '@ledgerdesk/read-store';
import { systemClock } from '../clock';
import { CertainAppend } from '../commands/certain-append';
import { DEFAULT_COMMAND_LIMITS } from '../commands/command-limits';
import type { FlowCommandReceipt } from '../flows/command-dispatch.port';
import type { FlowMetrics } from '../flows/flow-metrics';
import { FlowRuntime } from '../flows/flow-runtime';
import { ReadModelFlowIndex } from '../flows/read-model-flow-index';
import { PolicyBook } from '../policies/policy-book';
import type { ProjectionHost } from '../projection-host';
import type {
  BackgroundCatalogue,
  ThreadAnswer,
  ThreadMessage,
} from './background-thread.protocol';
import { OpenQuestions } from './open-questions';
import { threadEnded, toFailure } from './thread-failure';

export interface ThreadFlowsOptions {
  readonly catalogue: Pick<BackgroundCatalogue, 'flows' | 'processes'>;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly registry: EventRegistry;
  readonly projections: Pick<ProjectionHost, 'waitFor'>;
  readonly post: (message: ThreadMessage) => void;
}

/** The flows as the background thread runs them: their commands go to the thread that owns it. */
export class ThreadFlows {
  private readonly commands = new OpenQuestions();
  private runtime: Promise<FlowRuntime> | undefined;

  constructor(private readonly options: ThreadFlowsOptions) {}

  /** Resolves once the log is being followed. Idempotent. */
  async run(): Promise<void> {
    this.runtime ??= this.start();
    try {
      await this.runtime;
    } catch (error) {
      this.runtime = undefined;
      throw error;
    }
  }

  /** What became of a command. */
  settle(answer: ThreadAnswer): void {
    this.commands.settle(answer);
  }

  async metrics(): Promise<FlowMetrics> {
    return (await this.running()).metrics();
  }

  async checkpoints(): Promise<ReadonlyMap<string, bigint>> {
    return (await this.running()).checkpoints();
  }

  async isIdle(): Promise<boolean> {
    return (await this.running()).isIdle();
  }

  async rouseTimers(): Promise<void> {
    (await this.begun())?.rouseTimers();
  }

  async stop(): Promise<void> {
    await (await this.begun())?.stop();
  }

  private async running(): Promise<FlowRuntime> {
    const runtime = await this.begun();
    if (runtime === undefined) throw threadEnded('no flow runs in this thread');
    return runtime;
  }

  /** Undefined where they were not begun, or could not be. */
  private async begun(): Promise<FlowRuntime | undefined> {
    return this.runtime?.catch(() => undefined);
  }

  private start(): Promise<FlowRuntime> {
    const { catalogue, eventStore, readStore, registry, projections, post } = this.options;
    const { flows = [], processes = [] } = catalogue;
    return FlowRuntime.start({
      ...{ flows, eventStore, registry },
      appender: new CertainAppend(eventStore, DEFAULT_COMMAND_LIMITS),
      dispatch: {
        send: (request) =>
          this.commands.ask((id) =>
            post({ kind: 'command', id, request }),
          ) as Promise<FlowCommandReceipt>,
      },
      index: new ReadModelFlowIndex(readStore, projections),
      policies: new PolicyBook({
        ...{ eventStore, registry, processes, flows },
        onFact: (event) => post({ kind: 'policy-fact', event }),
      }),
      clock: systemClock,
      onFailure: (error) => post({ kind: 'flows-failed', failure: toFailure(error) }),
    });
  }
}
