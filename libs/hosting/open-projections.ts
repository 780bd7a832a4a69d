import {
  BackgroundThread,
  createEngineRegistry,
  InProcessProjectionHost,
  LeasedProjectionHost,
  StoredProjectionHost,
  WorkerProjectionHost,
  type BackgroundThreadOptions,
  type FoldedBatch,
  type LeadershipStatus,
  type ProjectionHost,
} from '@ledgerdesk/engine';
import type { HttpLog } from '@ledgerdesk/http';
import type { Projection } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';
import type { EngineConfiguration } from './configuration';
import { isShared, type OpenedStores } from './open-stores';
import type { ServiceRole } from './service-role';

/** How the projections of a process are run. */
export interface ProjectionSetting {
  readonly configuration: EngineConfiguration;
  readonly role: ServiceRole;
  readonly stores: OpenedStores;
  readonly log: HttpLog;
  /** This start of this process. */
  readonly holder: string;
  /** Module with a `BackgroundCatalogue`, for a thread beside. Default: the main thread folds. */
  readonly catalogue?: string;
  readonly onBatch?: (batch: FoldedBatch) => void;
}

/** The host, and what it leads by leases where it does. */
export interface OpenedProjections {
  readonly host: ProjectionHost;
  readonly leading?: () => readonly LeadershipStatus[];
  /** The thread that folds, where it is not the main one; it can run flows as well. */
  readonly thread?: BackgroundThread;
}

/**
 * By leases on a log that others append to; alone on a log of this process, in a worker thread
 * where the stores are files. A process that runs none sees those that others run.
 */
export async function openProjections(setting: ProjectionSetting): Promise<OpenedProjections> {
  const { configuration, role, stores, log, holder, catalogue, onBatch } = setting;
  if (!role.runsProjections) {
    return { host: new StoredProjectionHost({ ...stores, projections: hostedOf(configuration) }) };
  }
  const onFailure = (projection: string | undefined, error: unknown): void =>
    log.error({ err: error, projection }, 'projection failed');
  if (catalogue !== undefined && areFiles(configuration)) {
    const { eventStoreUrl, readStoreUrl } = configuration;
    const head = (): Promise<bigint> => stores.eventStore.head();
    const thread = await BackgroundThread.start({
      ...{ eventStoreUrl, readStoreUrl, catalogue },
      ...(role.runsFlows && appendsOf(stores)),
    });
    return { host: new WorkerProjectionHost(thread, { head, onFailure }), thread };
  }
  const shared = {
    ...stores,
    registry: createEngineRegistry(processes),
    projections: readModels,
    onFailure,
    ...(onBatch && { onBatch }),
  };
  // A file has one writer, but folding is not appending: several may fold beside it.
  if (!isShared(configuration) && role.appends) {
    return { host: InProcessProjectionHost.start(shared) };
  }
  const host = LeasedProjectionHost.start({
    ...shared,
    holder,
    leaseTtlMs: configuration.leaseTtlMs,
    ...(configuration.hostedProjections && { hosted: configuration.hostedProjections }),
    onLeading: (leading) => log.info({ leading }, 'leads projections'),
    onLeaseFailure: (error) => log.warn({ err: error }, 'the leases cannot be reached'),
  });
  return { host, leading: () => host.leading() };
}

/** Those that this process leads, or looks at where others lead them. */
function hostedOf({ hostedProjections }: EngineConfiguration): readonly Projection[] {
  return readModels.filter(({ name }) => hostedProjections?.includes(name) ?? true);
}

function appendsOf({ eventStore }: OpenedStores): Pick<BackgroundThreadOptions, 'appendPort'> {
  const appendPort = eventStore.appendPort?.bind(eventStore);
  return appendPort === undefined ? {} : { appendPort };
}

function areFiles({ eventStoreUrl, readStoreUrl }: EngineConfiguration): boolean {
  return eventStoreUrl.startsWith('sqlite:') && readStoreUrl.startsWith('sqlite:');
}
