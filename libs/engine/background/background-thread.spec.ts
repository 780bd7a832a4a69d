import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { MemoryBlobStore } from '../blobs/memory-blob-store';
import { Engine } from '../engine';
import { CounterDesk, counterProcess } from '../testing';
import { echo } from '../testing/echo.catalogue';
import { eventually } from '../testing/projection-kit';
import { BackgroundThread, type BackgroundThreadOptions } from './background-thread';
import { WorkerProjectionHost } from './worker-projection-host';

/** Goes round for ever, in the loading of the catalogue or in a decision, where a file says so. */
const STUCK_CATALOGUE = `
const { existsSync, writeFileSync } = require('node:fs');
const catalogue = require(${JSON.stringify(join(__dirname, '../testing/echo.catalogue.ts'))});
const hang = (place) => {
  if (!existsSync(__dirname + '/hang-' + place)) return;
  writeFileSync(__dirname + '/hung', '');
  for (;;);
};
const decide = (...asked) => {
  hang('deciding');
  return catalogue.echo.decide(...asked);
};
hang('loading');
module.exports = { ...catalogue, flows: [{ ...catalogue.echo, decide }] };
`;

describe('a background thread that is stuck', () => {
  let dir: string;
  let eventStore: EventStore;
  let readStore: ReadStore;
  let thread: BackgroundThread;

  const start = async (options: Partial<BackgroundThreadOptions> = {}): Promise<void> => {
    const url = `sqlite:${dir}`;
    thread = await BackgroundThread.start({
      ...{ eventStoreUrl: url, readStoreUrl: url },
      catalogue: join(dir, 'stuck.catalogue.cjs'),
      appendPort: () => eventStore.appendPort?.() ?? fail(),
      backOff: { initialMs: 1, maxMs: 1 },
      ...options,
    });
  };
  const hangIn = (place: 'loading' | 'deciding'): Promise<void> =>
    writeFile(join(dir, `hang-${place}`), '');
  const isStuck = (): boolean => existsSync(join(dir, 'hung'));

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-stuck-thread-'));
    await writeFile(join(dir, 'stuck.catalogue.cjs'), STUCK_CATALOGUE);
    eventStore = await openEventStore({ dir });
    readStore = await openReadStore(`sqlite:${dir}`);
  });

  afterEach(async () => {
    await eventStore.close();
    await readStore.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('is stopped at once where it would have replaced another', async () => {
    await start();
    await hangIn('loading');
    await (thread as unknown as { worker: Worker }).worker.terminate();
    await eventually(isStuck, 'a thread that does not get ready');
    await thread.stop();
    expect(thread.restarts).toBe(1);
  });

  it('keeps no engine from closing where its flows do not stop', async () => {
    await start({ stopTimeoutMs: 50 });
    await hangIn('deciding');
    const engine = await Engine.open({
      ...{ eventStore, readStore, processes: [counterProcess], projections: [] },
      projectionHost: new WorkerProjectionHost(thread),
      blobs: new MemoryBlobStore(),
      flows: [echo],
      flowOptions: { run: { thread } },
    });
    const desk = new CounterDesk(engine);
    const { id } = await desk.open();
    await desk.add(id, 7);
    await eventually(isStuck, 'a decision without an end');
    await engine.close();
    await expect(thread.ask('status')).rejects.toMatchObject({
      code: 'unavailable.background-thread',
    });
  });
});

function fail(): never {
  throw new Error('the store has no port');
}
