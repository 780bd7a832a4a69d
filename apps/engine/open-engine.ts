import { extname, join } from 'node:path';
import {
  assertSameLog,
  createEngineRegistry,
  Engine,
  FileBlobStore,
  InProcessProjectionHost,
  MemoryBlobStore,
  WorkerProjectionHost,
  type CommandReviver,
  type EngineFlowOptions,
  type EngineOptions,
  type ProjectionHost,
} from '@ledgerdesk/engine';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { flows as allFlows } from '@ledgerdesk/flows';
import type { CommandBuilder, commandBuilderFor, HttpLog } from '@ledgerdesk/http';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { openTeams, priorityMatrices, processes, withPolicies } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';
import type { ReadStore } from '@ledgerdesk/read-store';
import type { EngineConfiguration } from './configuration';
import { openReadModels } from './open-read-models';
import { readTeamsFile } from './teams-file';

/** What an embedding process or a test hands in itself. Default: those of this machine. */
export interface EngineOverrides extends Pick<EngineOptions, 'clock' | 'flows'> {
  readonly flowOptions?: Pick<EngineFlowOptions, 'scheduler' | 'limits' | 'backOff'>;
}

/** An engine with the stores that were opened for it. */
export interface OpenedEngine {
  readonly engine: Engine;
  /** Drains the commands, stores the checkpoints, then closes the stores. Idempotent. */
  close(): Promise<void>;
}

const CATALOGUE = join(__dirname, `projection-catalogue${extname(__filename)}`);

/**
 * Opens the stores and the engine over them. What was opened is closed again if a later step fails.
 *
 * @throws LedgerdeskError what opening the stores gives, `unavailable.event-store-locked` among it;
 * `invalid.configuration` for a faulty teams file, before anything is opened;
 * `corrupt.checkpoint-ahead` and `corrupt.other-log` where the read models are of another log.
 */
export async function openEngine(
  configuration: EngineConfiguration,
  log: HttpLog,
  { clock, flows = allFlows, flowOptions = {} }: EngineOverrides = {},
): Promise<OpenedEngine> {
  const configured = await configuredProcesses(configuration);
  const resources: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (let last = resources.pop(); last !== undefined; last = resources.pop()) await last.close();
  };
  try {
    const eventStore = await openEventStore(configuration.eventStoreUrl);
    resources.push(eventStore);
    const readStore = await openReadModels(configuration.readStoreUrl, log);
    resources.push(readStore);
    await assertSameLog({ eventStore, readStore }, readModels);
    const startingHost = startProjections(configuration, { eventStore, readStore }, log);
    // One that could not start is reported below, and has nothing to be stopped.
    const stopHost = (): Promise<void> =>
      startingHost.then(
        (host) => host.stop(),
        () => undefined,
      );
    resources.push({ close: stopHost });
    // Loading Nest blocks this thread for a while: the projection thread starts meanwhile.
    const [projectionHost, http] = await Promise.all([startingHost, import('@ledgerdesk/http')]);
    const engine = await Engine.open({
      eventStore,
      readStore,
      processes: configured,
      projections: readModels,
      blobs: isOnDisk(configuration.eventStoreUrl)
        ? new FileBlobStore(join(configuration.dataDir, 'blobs'))
        : new MemoryBlobStore(),
      projectionHost,
      flows,
      flowOptions: {
        ...flowOptions,
        revive: reviver(http.commandBuilderFor),
        onFailure: (error) => log.error({ err: error }, 'flows failed'),
      },
      ...(clock && { clock }),
    });
    resources.push(engine);
    return { engine, close };
  } catch (error) {
    await close();
    throw error;
  }
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

// The main thread belongs to commands; stores in memory cannot be seen from another one.
async function startProjections(
  { eventStoreUrl, readStoreUrl }: EngineConfiguration,
  stores: { readonly eventStore: EventStore; readonly readStore: ReadStore },
  log: HttpLog,
): Promise<ProjectionHost> {
  const onFailure = (projection: string | undefined, error: unknown): void =>
    log.error({ err: error, projection }, 'projection failed');
  if (isOnDisk(eventStoreUrl) && isOnDisk(readStoreUrl)) {
    return WorkerProjectionHost.start({
      eventStoreUrl,
      readStoreUrl,
      catalogue: CATALOGUE,
      head: () => stores.eventStore.head(),
      onFailure,
    });
  }
  return InProcessProjectionHost.start({
    ...stores,
    registry: createEngineRegistry(processes),
    projections: readModels,
    onFailure,
  });
}

function isOnDisk(url: string): boolean {
  return !url.startsWith('memory:');
}
