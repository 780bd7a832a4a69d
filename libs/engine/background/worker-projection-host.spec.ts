import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { eventually, TallyLog } from '../testing/projection-kit';
import { BackgroundThread, type BackgroundThreadOptions } from './background-thread';
import { WorkerProjectionHost, type WorkerProjectionHostOptions } from './worker-projection-host';

const catalogue = join(__dirname, '../testing/tally.catalogue.ts');
const WAIT_MS = 120_000;

describe('WorkerProjectionHost', () => {
  let dir: string;
  let eventStore: EventStore;
  let readStore: ReadStore;
  let log: TallyLog;
  let thread: BackgroundThread | undefined;
  let host: WorkerProjectionHost | undefined;

  const start = async (
    options: Partial<BackgroundThreadOptions & WorkerProjectionHostOptions> = {},
  ): Promise<WorkerProjectionHost> => {
    thread = await BackgroundThread.start({
      eventStoreUrl: `sqlite:${dir}`,
      readStoreUrl: `sqlite:${dir}`,
      catalogue,
      backOff: { initialMs: 1, maxMs: 1 },
      ...options,
    });
    host = new WorkerProjectionHost(thread, options);
    return host;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-worker-'));
    eventStore = await openEventStore({ dir });
    readStore = await openReadStore(`sqlite:${dir}`);
    log = new TallyLog(eventStore);
  });

  afterEach(async () => {
    await host?.stop();
    host = undefined;
    await eventStore.close();
    await readStore.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('folds in its own thread, tells of progress, and stops', async () => {
    await log.add('a', 1, 2);
    const running = await start();
    const heard = new Set<string>();
    running.onProgress((projection) => heard.add(projection));
    const position = await log.add('a', 4);
    expect(await running.waitFor('tallies', position, WAIT_MS)).toBe(true);
    expect(await running.waitFor('others', position, WAIT_MS)).toBe(true);
    expect(await readStore.get('tallies', 'tallies', 'a')).toMatchObject({ total: 7 });
    expect(heard).toEqual(new Set(['tallies', 'others']));
    await eventually(async () => (await running.status()).every(({ state }) => state === 'live'));
    expect(await running.status()).toMatchObject([
      { name: 'tallies', checkpoint: position, head: position, parked: 0, restarts: 0 },
      { name: 'others', checkpoint: position },
    ]);
    expect(await running.waitFor('unknown', position, WAIT_MS)).toBe(false);
    const waiting = running.waitFor('tallies', position + 1n, WAIT_MS);
    await running.stop();
    expect(await waiting).toBe(false);
    expect((await running.status()).map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('replaces a thread that dies, which goes on where it was', async () => {
    const failures: unknown[] = [];
    const running = await start({ onFailure: (_, error) => failures.push(error) });
    await running.waitFor('tallies', await log.add('a', 1), WAIT_MS);
    await (thread as unknown as { worker: Worker }).worker.terminate();
    const position = await log.add('a', 2);
    expect(await running.waitFor('tallies', position, WAIT_MS)).toBe(true);
    expect(await readStore.get('tallies', 'tallies', 'a')).toMatchObject({ total: 3 });
    expect((await running.status())[0]).toMatchObject({ restarts: 1 });
    expect(failures).toHaveLength(1);
  });

  it('stops a projection whose documents are of another log, and tells why', async () => {
    await log.add('a', 1);
    const first = await start();
    await first.waitFor('tallies', await log.add('a', 2), WAIT_MS);
    await first.stop();
    const otherDir = join(dir, 'other');
    const other = await openEventStore({ dir: otherDir });
    await new TallyLog(other).add('a', 5);
    const failures: unknown[] = [];
    const running = await start({
      eventStoreUrl: `sqlite:${otherDir}`,
      onFailure: (projection, error) => failures.push([projection, error]),
    });
    await eventually(() => failures.length === 2, 'the refusal of both');
    await other.close();
    const code = 'corrupt.checkpoint-ahead';
    expect(failures).toContainEqual(['tallies', expect.objectContaining({ code })]);
    expect(await running.waitFor('tallies', 1n, WAIT_MS)).toBe(false);
    expect((await running.status()).map(({ state }) => state)).toEqual(['failed', 'failed']);
    expect(await readStore.get('tallies', 'tallies', 'a')).toMatchObject({ total: 3 });
  });

  it('measures by where the log ends now a thread that repeats what it knew', async () => {
    const position = await log.add('a', 1);
    let head = (): Promise<bigint> => Promise.resolve(position + 7n);
    const running = await start({ head: () => head() });
    await running.waitFor('tallies', position, WAIT_MS);
    await eventually(async () => (await running.status())[0]?.checkpoint === position);
    expect((await running.status())[0]).toMatchObject({ head: position + 7n, lagEvents: 7n });
    head = () => Promise.reject(new Error('the log cannot be read'));
    expect((await running.status())[0]).toMatchObject({ head: position, lagEvents: 0n });
  });

  it('says what is wrong with a catalogue or a store that it cannot open', async () => {
    await expect(start({ catalogue: __filename.replace('.spec', '') })).rejects.toMatchObject({
      code: 'invalid.background-catalogue',
    });
    await expect(start({ eventStoreUrl: 'memory:' })).rejects.toMatchObject({
      code: 'invalid.event-store-url',
    });
  });
});
