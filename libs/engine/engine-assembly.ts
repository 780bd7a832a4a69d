import type { EventStore } from '@ledgerdesk/event-store';
import type { EventRegistry } from '@ledgerdesk/kernel';
import type { BlobStore } from './blobs/blob-store';
import type { Clock } from './clock';
import { CertainAppend } from './commands/certain-append';
import { CommandDecider } from './commands/command-decider';
import { CommandDryRun } from './commands/command-dry-run';
import { CommandIntake } from './commands/command-intake';
import type { CommandLimits } from './commands/command-limits';
import { CommandTally } from './commands/command-metrics';
import { CommandPipeline } from './commands/command-pipeline';
import { CommandPlanner } from './commands/command-plan';
import { CommandRecorder } from './commands/command-recorder';
import { CommandSettler } from './commands/command-settler';
import { CommandTurns } from './commands/command-turns';
import { CompanionRequests } from './commands/companion-requests';
import type { ProcessTable } from './commands/process-table';
import { NamedTicketsCheck } from './commands/named-tickets';
import { RelatedThingsReader } from './commands/related-things';
import { StreamQueue } from './commands/stream-queue';
import { NumberAllocator } from './numbers/number-allocator';
import type { PolicyBook } from './policies/policy-book';
import { DEFAULT_BACK_OFF, type BackOff } from './subscriptions/back-off';
import { TicketLoader, type TicketCacheLimits } from './tickets/ticket-loader';
import type { TicketNumbers } from './tickets/ticket-numbers';
import { TicketReader } from './tickets/ticket-reader';
import { TicketReference } from './tickets/ticket-reference';
import type { TicketFinder } from './tickets/ticket-search';
import type { Tracing } from './tracing/tracing.port';

/** All that an engine's commands and ticket reads are built of, with every default filled in. */
export interface EngineMaterials {
  readonly eventStore: EventStore;
  readonly blobs: BlobStore;
  readonly processes: ProcessTable;
  readonly registry: EventRegistry;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly numbers: TicketNumbers;
  readonly finder: TicketFinder;
  readonly policies: PolicyBook;
  readonly limits: CommandLimits & TicketCacheLimits;
  readonly backOff: Partial<BackOff>;
  readonly tracing: Tracing;
}

export interface AssembledEngine {
  readonly commands: CommandPipeline;
  readonly tickets: TicketReader;
  readonly allocators: ReadonlyMap<string, NumberAllocator>;
  readonly appender: CertainAppend;
}

/** Wires the parts of an engine. No I/O. */
export function assembleEngine(materials: EngineMaterials): AssembledEngine {
  const { eventStore, registry, processes, limits } = materials;
  const loader = new TicketLoader(eventStore, registry, limits);
  const references = new TicketReference(materials.numbers);
  const appender = new CertainAppend(eventStore, limits, materials.backOff);
  const allocators = allocatorsOf(materials, appender);
  return {
    commands: pipelineOf(materials, { loader, references, appender, allocators }),
    tickets: new TicketReader({ eventStore, registry, processes, loader, references }),
    allocators,
    appender,
  };
}

interface SharedParts {
  readonly loader: TicketLoader;
  readonly references: TicketReference;
  readonly appender: CertainAppend;
  readonly allocators: ReadonlyMap<string, NumberAllocator>;
}

function pipelineOf(materials: EngineMaterials, shared: SharedParts): CommandPipeline {
  const { eventStore, registry, clock, limits, blobs, processes, finder, policies } = materials;
  const { loader, references, appender, allocators } = shared;
  const tally = new CommandTally();
  const planner = new CommandPlanner({
    processes,
    references,
    clock,
    clockToleranceMs: limits.clockToleranceMs,
  });
  const deciderOver = (tickets: Pick<TicketLoader, 'current'>): CommandDecider => {
    const parts = { processes, loader: tickets, references, blobs, finder, limits };
    const related = new RelatedThingsReader(parts);
    return new CommandDecider(tickets, related, new NamedTicketsCheck(parts), clock, policies);
  };
  const companions = new CompanionRequests(references);
  const recorder = new CommandRecorder({
    eventStore,
    appender,
    loader,
    references,
    clock,
    policies,
    tally,
  });
  const settler = new CommandSettler({
    loader,
    numbers: allocators,
    decider: deciderOver(loader),
    recorder,
    companions,
    planner,
    tally,
    limits,
    pause: { ...DEFAULT_BACK_OFF, ...materials.backOff },
  });
  return new CommandPipeline({
    intake: new CommandIntake(limits.commandsInFlightMax),
    planner,
    turns: new CommandTurns(new StreamQueue(limits.streamQueueMax), settler, limits),
    dryRun: new CommandDryRun({
      eventStore,
      registry,
      clock,
      planner,
      companions,
      deciderOver,
      limits,
    }),
    tally,
    appender,
    loader,
    tracing: materials.tracing,
  });
}

function allocatorsOf(
  { eventStore, registry, clock, newId, processes }: EngineMaterials,
  appender: CertainAppend,
): ReadonlyMap<string, NumberAllocator> {
  const allocators = new Map<string, NumberAllocator>();
  for (const { name, numberPrefix } of processes.definitions.values()) {
    const options = { process: name, prefix: numberPrefix };
    allocators.set(
      name,
      new NumberAllocator({ ...options, eventStore, appender, registry, clock, newId }),
    );
  }
  return allocators;
}
