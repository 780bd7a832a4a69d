import { createEventRegistry, LedgerdeskError } from '@ledgerdesk/kernel';
import {
  openEventStoreBeside,
  openEventStoreForReading,
  type EventStore,
} from '@ledgerdesk/event-store';
import { openReadStore } from '@ledgerdesk/read-store';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { InProcessProjectionHost } from '../projections/in-process-projection-host';
import type {
  BackgroundCatalogue,
  ThreadAnswers,
  ThreadMessage,
  ThreadQuestion,
  ThreadRequest,
  ThreadStart,
} from './background-thread.protocol';
import { answerTo } from './open-questions';
import { toFailure } from './thread-failure';
import { ThreadFlows } from './thread-flows';
import { yieldToOtherThreads } from './thread-priority';

type Answers = { readonly [Q in ThreadQuestion]: () => Promise<ThreadAnswers[Q]> };

/** The thread that folds and decides: store connections of its own, nothing shared. */
async function main(port: MessagePort, start: ThreadStart): Promise<void> {
  yieldToOtherThreads();
  const catalogue = await loadCatalogue(start.catalogue);
  const eventStore = await openLog(start);
  const readStore = await openReadStore(start.readStoreUrl);
  const registry = createEventRegistry(catalogue.eventTables);
  const { pacing, stallMs } = start;
  const send = (message: ThreadMessage): void => port.postMessage(message);
  const projections = InProcessProjectionHost.start({
    ...{ eventStore, readStore, registry, projections: catalogue.projections },
    // Between two of them the flows have their turn.
    storedAtOnce: 1,
    ...(pacing !== undefined && { pacing }),
    ...(stallMs !== undefined && { stallMs }),
    onFailure: (projection, error) =>
      send({ kind: 'projection-failed', projection, failure: toFailure(error) }),
  });
  projections.onProgress((projection, checkpoint) =>
    send({ kind: 'progress', projection, checkpoint }),
  );
  const shared = { catalogue, eventStore, readStore, registry, projections };
  const flows = new ThreadFlows({ ...shared, post: send });

  const answers: Answers = {
    status: () => projections.status(),
    'run-flows': () => flows.run().then(() => null),
    'stop-flows': () => flows.stop().then(() => null),
    'flow-metrics': () => flows.metrics(),
    'flow-checkpoints': () => flows.checkpoints(),
    'flows-idle': () => flows.isIdle(),
  };
  const close = async (): Promise<void> => {
    await flows.stop();
    await projections.stop();
    await eventStore.close();
    await readStore.close();
    port.close();
  };
  const obey = async (request: ThreadRequest): Promise<void> => {
    switch (request.kind) {
      case 'question': {
        const { id, question } = request;
        send({ kind: 'answer', answer: await answerTo(id, () => answers[question]()) });
        return;
      }
      case 'command-answer':
        flows.settle(request.answer);
        return;
      case 'hurry':
        projections.hurry(request.projection);
        return;
      case 'rouse-timers':
        return flows.rouseTimers();
      case 'stop':
        return close();
    }
  };
  port.on('message', (request: ThreadRequest) => settle(obey(request)));
  send({ kind: 'ready', statuses: await projections.status() });
}

async function openLog({ eventStoreUrl, appends }: ThreadStart): Promise<EventStore> {
  return appends === undefined
    ? openEventStoreForReading(eventStoreUrl)
    : openEventStoreBeside(eventStoreUrl, appends);
}

async function loadCatalogue(path: string): Promise<BackgroundCatalogue> {
  const loaded = (await import(path)) as Partial<BackgroundCatalogue>;
  const { projections, eventTables } = loaded;
  if (projections !== undefined && eventTables !== undefined) {
    return { ...loaded, projections, eventTables };
  }
  throw new LedgerdeskError(
    'invalid.background-catalogue',
    `The module ${path} exports no projections and eventTables; see BackgroundCatalogue.`,
    { details: { path } },
  );
}

/** An error that nobody expects ends the thread; its owner starts another. */
function settle(work: Promise<void>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error;
    });
  });
}

if (parentPort !== null) {
  const port = parentPort;
  main(port, workerData as ThreadStart).catch((error: unknown) => {
    port.postMessage({ kind: 'refused', failure: toFailure(error) } satisfies ThreadMessage);
    port.close();
  });
}
