import { extname, join } from 'node:path';
import {
  createEngineRegistry,
  Engine,
  FileBlobStore,
  InProcessProjectionHost,
  MemoryBlobStore,
  WorkerProjectionHost,
  type ProjectionHost,
} from '@ledgerdesk/engine';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { flows } from '@ledgerdesk/flows';
import type { HttpLog } from '@ledgerdesk/http';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { openTeams, priorityMatrices, processes, withPolicies } from '@ledgerdesk/processes';
import { openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import { readModels } from '@ledgerdesk/read-models';
import type { EngineConfiguration } from './configuration';
import { readTeamsFile } from './teams-file';

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
 * `invalid.configuration` for a faulty teams file, before anything is opened.
 */
export async function openEngine(
  configuration: EngineConfiguration,
  log: HttpLog,
): Promise<OpenedEngine> {
  const configured = await configuredProcesses(configuration);
  const resources: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (let last = resources.pop(); last !== undefined; last = resources.pop()) await last.close();
  };
  try {
    const eventStore = await openEventStore(configuration.eventStoreUrl);
    resources.push(eventStore);
    const readStore = await openReadStore(configuration.readStoreUrl);
    resources.push(readStore);
    const projectionHost = await startProjections(configuration, { eventStore, readStore }, log);
    resources.push({ close: () => projectionHost.stop() });
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
      flowOptions: { onFailure: (error) => log.error({ err: error }, 'flows failed') },
    });
    resources.push(engine);
    return { engine, close };
  } catch (error) {
    await close();
    throw error;
  }
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
  const onDiscard = (projection: string, reason: unknown): void =>
    log.warn({ err: reason, projection }, 'documents of another log are thrown away');
  if (isOnDisk(eventStoreUrl) && isOnDisk(readStoreUrl)) {
    return WorkerProjectionHost.start({
      eventStoreUrl,
      readStoreUrl,
      catalogue: CATALOGUE,
      onFailure,
      onDiscard,
    });
  }
  return InProcessProjectionHost.start({
    ...stores,
    registry: createEngineRegistry(processes),
    projections: readModels,
    onFailure,
    onDiscard,
  });
}

function isOnDisk(url: string): boolean {
  return !url.startsWith('memory:');
}
