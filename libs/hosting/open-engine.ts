import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  Engine,
  FileBlobStore,
  MemoryBlobStore,
  newUuid7,
  type BackgroundThread,
  type BlobStore,
  type CommandDispatch,
  type CommandReviver,
  type EngineFlowOptions,
  type EngineOptions,
  type LeadershipStatus,
  type Tracing,
} from '@ledgerdesk/engine';
import { flows as allFlows } from '@ledgerdesk/flows';
import type {
  BrokerStatus,
  CommandBuilder,
  commandBuilderFor,
  HttpLog,
  LedThing,
} from '@ledgerdesk/http';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { openTeams, priorityMatrices, processes, withPolicies } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';
import type { EngineConfiguration } from './configuration';
import { openProjections, type OpenedProjections } from './open-projections';
import { isShared, openStores } from './open-stores';
import { Resources } from './resources';
import type { ServiceRole } from './service-role';
import { readTeamsFile } from './teams-file';
import { recordFolding, tracedEventStore } from './tracing/traced-parts';

/** What an embedding process or a test hands in itself. Default: those of this machine. */
export interface EngineOverrides extends Pick<EngineOptions, 'clock' | 'flows'> {
  readonly flowOptions?: Pick<EngineFlowOptions, 'scheduler' | 'limits' | 'backOff'>;
}

/** What an engine of a role is opened with. */
export interface EngineSetting {
  readonly configuration: EngineConfiguration;
  readonly role: ServiceRole;
  readonly log: HttpLog;
  readonly overrides: EngineOverrides;
  readonly tracing: Tracing;
  /** Module with a `BackgroundCatalogue`, for a thread that folds and runs flows. Default: the main one. */
  readonly catalogue?: string;
}

/** An engine with the stores that were opened for it. */
export interface OpenedEngine {
  readonly engine: Engine;
  /** What it leads by leases at present; undefined where it needs none. */
  readonly leading: (() => readonly LedThing[]) | undefined;
  /** How it stands with the message broker; undefined where it has none. */
  readonly broker: (() => BrokerStatus) | undefined;
  /** Drains the commands, stores the checkpoints, then closes the stores. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the stores and over them that part of an engine that the role asks for. What was opened is
 * closed again if a later step fails.
 *
 * @throws LedgerdeskError what opening the stores gives, `unavailable.event-store-locked` among it;
 * `invalid.configuration` for a faulty teams file, before anything is opened;
 * `corrupt.checkpoint-ahead` and `corrupt.other-log` where the read models are of another log.
 */
export async function openEngine(setting: EngineSetting): Promise<OpenedEngine> {
  const { configuration, role, log, tracing } = setting;
  const configured = await configuredProcesses(configuration);
  const holder = `${hostname()}:${process.pid}:${newUuid7()}`;
  const resources = new Resources();
  try {
    const stores = await openStores(configuration, role, resources, log);
    const opening = openProjections({
      ...{ configuration, role, stores, log, holder },
      ...(setting.catalogue !== undefined && { catalogue: setting.catalogue }),
      ...(configuration.tracesUrl !== undefined && {
        onBatch: (batch) => recordFolding(tracing, batch),
      }),
    });
    resources.own({ close: () => stopOnceOpen(opening) });
    // Loading Nest blocks this thread for a while: the projection thread starts meanwhile.
    const [projections, http, brokers] = await Promise.all([
      opening,
      import('@ledgerdesk/http'),
      import('./open-broker'),
    ]);
    const broker = await brokers.openBroker(configuration, role, resources);
    const engine = resources.own(
      await Engine.open({
        eventStore: tracedEventStore(stores.eventStore, tracing),
        readStore: stores.readStore,
        processes: configured,
        projections: readModels,
        blobs: blobsOf(configuration),
        projectionHost: projections.host,
        tracing,
        ...flowsOf(setting, {
          holder,
          ...(projections.thread && { thread: projections.thread }),
          revive: reviver(http.commandBuilderFor),
          dispatch: brokers.brokerDispatch(broker, role, stores.eventStore),
        }),
        ...(setting.overrides.clock && { clock: setting.overrides.clock }),
      }),
    );
    const work = { configuration, role, engine, log, holder, tracing };
    return {
      engine,
      leading: leadingOf(engine, projections),
      broker: broker && (await brokers.startBrokerWork({ ...work, broker }, resources)),
      close: () => resources.close(),
    };
  } catch (error) {
    await resources.close();
    throw error;
  }
}

// One that could not start is reported where it is waited for, and has nothing to be stopped.
async function stopOnceOpen(opening: Promise<OpenedProjections>): Promise<void> {
  const opened = await opening.catch(() => undefined);
  await opened?.host.stop();
}

interface FlowParts {
  readonly holder: string;
  readonly thread?: BackgroundThread;
  readonly revive: CommandReviver;
  readonly dispatch: CommandDispatch | undefined;
}

function flowsOf(
  { configuration, role, log, overrides }: EngineSetting,
  { holder, thread, revive, dispatch }: FlowParts,
): Pick<EngineOptions, 'flows' | 'flowOptions'> {
  const { flows = allFlows, flowOptions = {}, clock } = overrides;
  const { leaseTtlMs, hostedFlows } = configuration;
  const leased = {
    holder,
    leaseTtlMs,
    ...(hostedFlows && { hosted: hostedFlows }),
    onLeading: (leading: readonly LeadershipStatus[]) => log.info({ leading }, 'leads flows'),
  };
  // Another thread has flows, clock and tracer of its own: what was handed in stays in this one.
  const isPlain = flows === allFlows && overrides.flowOptions === undefined && clock === undefined;
  const isThreaded = thread !== undefined && isPlain && configuration.tracesUrl === undefined;
  const alone = isThreaded ? { thread } : 'here';
  const here = isShared(configuration) ? leased : alone;
  return {
    flows,
    flowOptions: {
      ...flowOptions,
      run: role.runsFlows ? here : 'elsewhere',
      ...(dispatch && { dispatch }),
      revive,
      onFailure: (error) => log.error({ err: error }, 'flows failed'),
    },
  };
}

function leadingOf({ flows }: Engine, { leading }: OpenedProjections): OpenedEngine['leading'] {
  const ledFlows = flows?.leading?.bind(flows);
  if (leading === undefined && ledFlows === undefined) return undefined;
  return () => [
    ...(leading?.() ?? []).map((led) => ({ kind: 'projection', ...led }) as const),
    ...(ledFlows?.() ?? []).map((led) => ({ kind: 'flow', ...led }) as const),
  ];
}

function blobsOf({ eventStoreUrl, dataDir }: EngineConfiguration): BlobStore {
  if (eventStoreUrl === 'memory:') return new MemoryBlobStore();
  return new FileBlobStore(join(dataDir, 'blobs'));
}

// As a body from outside is made into a command: nested objects become instances of their classes.
function reviver(builderFor: typeof commandBuilderFor): CommandReviver {
  const builders = new Map<object, CommandBuilder>();
  return (type, body) => {
    const build = builders.get(type) ?? builderFor(type);
    builders.set(type, build);
    return build(body);
  };
}

async function configuredProcesses({
  priorityMatrix,
  teamsFile,
}: EngineConfiguration): Promise<readonly ProcessDefinition[]> {
  const policies = {
    priorityMatrix: priorityMatrices[priorityMatrix],
    teams: teamsFile === undefined ? openTeams : await readTeamsFile(teamsFile),
  };
  return processes.map((process) => withPolicies(process, policies));
}
