import type { EventStore } from '@ledgerdesk/event-store';
import {
  createEventRegistry,
  flowEvents,
  type EventRegistry,
  type FlowDefinition,
  type ProcessDefinition,
  type Projection,
} from '@ledgerdesk/kernel';
import type { ReadStore } from '@ledgerdesk/read-store';
import { WorkerFlowHost, type WorkerFlowHostOptions } from './background/worker-flow-host';
import type { BlobStore } from './blobs/blob-store';
import { commandEvents } from './broker/command-events';
import { systemClock, type Clock } from './clock';
import { DEFAULT_COMMAND_LIMITS, type CommandLimits } from './commands/command-limits';
import type { CommandMetrics } from './commands/command-metrics';
import type { CommandPipeline } from './commands/command-pipeline';
import type { CertainAppend } from './commands/certain-append';
import { ProcessTable } from './commands/process-table';
import { assembleEngine } from './engine-assembly';
import type { FlowIndex } from './flows/flow-index.port';
import type { FlowHost } from './flows/flow-host.port';
import { FlowRuntime, type FlowRuntimeOptions } from './flows/flow-runtime';
import { LeasedFlowHost, type LeasedFlowHostOptions } from './flows/leased-flow-host';
import { PipelineDispatch, type CommandReviver } from './flows/pipeline-dispatch';
import { ReadModelFlowIndex } from './flows/read-model-flow-index';
import { newUuid7 } from './ids';
import { engineEvents } from './numbers/engine-events';
import type { NumberAllocator } from './numbers/number-allocator';
import { PolicyBook } from './policies/policy-book';
import { noProjections, type ProjectionHost } from './projection-host';
import { InProcessProjectionHost } from './projections/in-process-projection-host';
import type { BackOff } from './subscriptions/back-off';
import { DEFAULT_CACHE_LIMITS, type TicketCacheLimits } from './tickets/ticket-loader';
import { ReadModelTicketNumbers, type TicketNumbers } from './tickets/ticket-numbers';
import type { TicketReader } from './tickets/ticket-reader';
import { ReadModelTicketFinder } from './tickets/ticket-search';
import { noTracing, type Tracing } from './tracing/tracing.port';

export interface EngineOptions {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly processes: readonly ProcessDefinition[];
  readonly projections: readonly Projection[];
  readonly blobs: BlobStore;
  readonly clock?: Clock;
  readonly newId?: () => string;
  readonly limits?: Partial<CommandLimits & TicketCacheLimits>;
  /** Who runs the projections; the engine stops it. Default: this thread. */
  readonly projectionHost?: ProjectionHost;
  /** Default: looks numbers up in the read model `<process>-list`. */
  readonly numbers?: TicketNumbers;
  /** The waits between tries; tests hand in their own. */
  readonly backOff?: Partial<BackOff>;
  /**
   * Known to this engine, and run by it unless its options say otherwise: over the read models
   * `flow-instances` and `flow-timers`, which must then be among the projections. Default: none.
   */
  readonly flows?: readonly FlowDefinition[];
  readonly flowOptions?: EngineFlowOptions;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing;
}

/** Flows that this process runs as far as it holds their leases, beside other processes. */
export interface LeasedFlows extends Pick<
  LeasedFlowHostOptions,
  'holder' | 'leaseTtlMs' | 'onLeading'
> {
  /** Names of those that it may run. Default: all. */
  readonly hosted?: readonly string[];
}

/**
 * Flows that the background thread of this process runs: all those of its catalogue, by its own
 * clock and with the default limits. Only `dispatch` and `onFailure` of the options concern it.
 */
type ThreadedFlows = Pick<WorkerFlowHostOptions, 'thread'>;

/** How flows are run, where that differs from the default. */
export interface EngineFlowOptions extends Partial<
  Pick<FlowRuntimeOptions, 'dispatch' | 'limits' | 'scheduler' | 'onFailure' | 'backOff'>
> {
  /** `elsewhere`: other processes run them. Default: this one runs all, and nobody else does. */
  readonly run?: 'here' | 'elsewhere' | LeasedFlows | ThreadedFlows;
  /** Makes a command out of its recorded body. Default: nested classes stay plain objects. */
  readonly revive?: CommandReviver;
  /** Default: the read models. */
  readonly index?: FlowIndex;
}

/** What the engine counted since it was opened. */
export interface EngineMetrics extends CommandMetrics {
  /** Number blocks reserved, by process. */
  readonly numberBlocks: Readonly<Record<string, number>>;
}

/**
 * The event types of these processes and of the engine itself. Errors: see `createEventRegistry`.
 */
export function createEngineRegistry(processes: readonly ProcessDefinition[]): EventRegistry {
  return createEventRegistry([
    engineEvents,
    flowEvents,
    commandEvents,
    ...processes.map(({ events }) => events),
  ]);
}

function startHost(options: EngineOptions, registry: EventRegistry): ProjectionHost {
  const { eventStore, readStore, projections, clock } = options;
  if (projections.length === 0) return noProjections;
  return InProcessProjectionHost.start({
    eventStore,
    readStore,
    registry,
    projections,
    ...(clock && { clock }),
  });
}

/**
 * Commands, ticket reads and projections over a pair of stores: what the HTTP app and the CLI are
 * both built on. Whoever opened the stores closes them, after {@link Engine.close}.
 */
export class Engine {
  readonly processes: ReadonlyMap<string, ProcessDefinition>;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly projections: ProjectionHost;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly commands: CommandPipeline;
  readonly tickets: TicketReader;
  /** Which version of each policy is in force. */
  readonly policies: PolicyBook;
  /** All flows that are known here, whoever runs them. */
  readonly knownFlows: readonly FlowDefinition[];
  private readonly allocators: ReadonlyMap<string, NumberAllocator>;
  private readonly appender: CertainAppend;
  private runtime: FlowHost | undefined;

  /**
   * @throws LedgerdeskError `defect.lifecycle`, `defect.duplicate-process`,
   * `defect.duplicate-command`, `defect.duplicate-event-type`, `defect.upcaster-missing`: with
   * definitions that do not hold together the engine refuses to start. `defect.flow` likewise.
   */
  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options, createEngineRegistry(options.processes));
    try {
      engine.runtime = await engine.startFlows(options);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  private constructor(
    options: EngineOptions,
    readonly registry: EventRegistry,
  ) {
    const table = new ProcessTable(options.processes);
    this.processes = table.definitions;
    this.eventStore = options.eventStore;
    this.readStore = options.readStore;
    this.blobs = options.blobs;
    this.clock = options.clock ?? systemClock;
    this.projections = options.projectionHost ?? startHost(options, registry);
    this.knownFlows = options.flows ?? [];
    this.policies = new PolicyBook({
      eventStore: this.eventStore,
      registry,
      processes: options.processes,
      flows: this.knownFlows,
    });
    const parts = assembleEngine({
      eventStore: this.eventStore,
      blobs: this.blobs,
      processes: table,
      registry,
      clock: this.clock,
      newId: options.newId ?? newUuid7,
      numbers: options.numbers ?? new ReadModelTicketNumbers(this),
      finder: new ReadModelTicketFinder(this),
      policies: this.policies,
      limits: { ...DEFAULT_COMMAND_LIMITS, ...DEFAULT_CACHE_LIMITS, ...options.limits },
      backOff: options.backOff ?? {},
      tracing: options.tracing ?? noTracing,
    });
    this.commands = parts.commands;
    this.tickets = parts.tickets;
    this.allocators = parts.allocators;
    this.appender = parts.appender;
  }

  /** The flows that this process runs; undefined where it runs none. */
  get flows(): FlowHost | undefined {
    return this.runtime;
  }

  metrics(): EngineMetrics {
    const numberBlocks = Object.fromEntries(
      [...this.allocators].map(([process, { blocks }]) => [process, blocks]),
    );
    return { ...this.commands.metrics(), numberBlocks };
  }

  /**
   * Stops the flows and the intake, waits for what is under way, then stops the projections.
   * Idempotent.
   */
  async close(): Promise<void> {
    if (this.runtime !== undefined) await this.runtime.stop();
    await this.commands.close();
    await this.policies.stop();
    await Promise.all([...this.allocators.values()].map((allocator) => allocator.close()));
    await this.projections.stop();
  }

  private async startFlows({
    flows = [],
    flowOptions = {},
    backOff,
    tracing,
  }: EngineOptions): Promise<FlowHost | undefined> {
    const { revive, run = 'here', index, ...options } = flowOptions;
    const runsAll = run === 'here' || (typeof run === 'object' && 'thread' in run);
    // A runner of all flows meets by itself what others publish; one in the thread tells of it.
    if (flows.length === 0 || !runsAll) await this.policies.follow(backOff ?? {});
    if (flows.length === 0 || run === 'elsewhere') return undefined;
    const { eventStore, readStore, projections, registry, clock, appender, policies } = this;
    const shared = {
      ...{ eventStore, registry, clock, appender, policies, flows },
      dispatch: new PipelineDispatch(this.processes, this.commands, revive),
      ...(backOff && { backOff }),
      ...(tracing && { tracing }),
      ...options,
    };
    const indexOf = (flow?: string): FlowIndex =>
      index ?? new ReadModelFlowIndex(readStore, projections, flow);
    if (run === 'here') return FlowRuntime.start({ ...shared, index: indexOf() });
    if ('thread' in run) return WorkerFlowHost.start({ ...shared, ...run, readStore });
    const { hosted, ...leased } = run;
    return LeasedFlowHost.start({
      ...shared,
      ...leased,
      flows: flows.filter(({ name }) => hosted === undefined || hosted.includes(name)),
      readStore,
      indexOf,
    });
  }
}
