import { createEventRegistry, LedgerdeskError } from '@ledgerdesk/kernel';
import { openEventStoreForReading } from '@ledgerdesk/event-store';
import { openReadStore } from '@ledgerdesk/read-store';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { InProcessProjectionHost } from '../in-process-projection-host';
import type {
  ProjectionCatalogue,
  WorkerMessage,
  WorkerRequest,
  WorkerStart,
} from './projection-worker.protocol';
import { yieldToOtherThreads } from './thread-priority';
import { toFailure } from './worker-failure';

/** The thread that folds: store connections and projections of its own, nothing shared. */
async function main(port: MessagePort, start: WorkerStart): Promise<void> {
  yieldToOtherThreads();
  const { projections, eventTables } = await loadCatalogue(start.catalogue);
  const eventStore = await openEventStoreForReading(start.eventStoreUrl);
  const readStore = await openReadStore(start.readStoreUrl);
  const { pacing, stallMs } = start;
  const host = InProcessProjectionHost.start({
    eventStore,
    readStore,
    registry: createEventRegistry(eventTables),
    projections,
    ...(pacing !== undefined && { pacing }),
    ...(stallMs !== undefined && { stallMs }),
    onFailure: (projection, error) =>
      post(port, { kind: 'failed', projection, failure: toFailure(error) }),
  });
  host.onProgress((projection, checkpoint) =>
    post(port, { kind: 'progress', projection, checkpoint }),
  );

  const close = async (): Promise<void> => {
    await host.stop();
    await eventStore.close();
    await readStore.close();
    port.close();
  };
  port.on('message', (request: WorkerRequest) => {
    if (request.kind === 'hurry') host.hurry(request.projection);
    else settle(request.kind === 'stop' ? close() : answerStatus(port, host, request.id));
  });
  post(port, { kind: 'ready', statuses: await host.status() });
}

async function loadCatalogue(path: string): Promise<ProjectionCatalogue> {
  const loaded = (await import(path)) as Partial<ProjectionCatalogue>;
  const { projections, eventTables } = loaded;
  if (projections !== undefined && eventTables !== undefined) return { projections, eventTables };
  throw new LedgerdeskError(
    'invalid.projection-catalogue',
    `The module ${path} exports no projections and eventTables; see ProjectionCatalogue.`,
    { details: { path } },
  );
}

async function answerStatus(
  port: MessagePort,
  host: InProcessProjectionHost,
  id: number,
): Promise<void> {
  try {
    post(port, { kind: 'status', id, statuses: await host.status() });
  } catch {
    // No answer: the asker falls back on what it heard last, and the store's fault shows elsewhere.
  }
}

/** An error that nobody expects ends the thread; its owner starts another. */
function settle(work: Promise<void>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error;
    });
  });
}

function post(port: MessagePort, message: WorkerMessage): void {
  port.postMessage(message);
}

if (parentPort !== null) {
  const port = parentPort;
  main(port, workerData as WorkerStart).catch((error: unknown) => {
    post(port, { kind: 'refused', failure: toFailure(error) });
    port.close();
  });
}
