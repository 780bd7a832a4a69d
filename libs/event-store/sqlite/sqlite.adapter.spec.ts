import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import timers from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Listener } from '../conformance/listener';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  idsOf,
  someEvents,
} from '../conformance/subject';
import { LOG_START } from '../event-store.port';
import { SqliteEventStore } from './sqlite.adapter';
import { openHeadChannel } from './sqlite.channel';
import { LogWatch } from './sqlite.log-watch';

let dir: string;
let store: SqliteEventStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'event-store-sqlite-'));
  store = await SqliteEventStore.open({ dir });
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

describe('a store opened for reading', () => {
  it('reads what the store beside it has written, and follows it', async () => {
    await append(store, 'ticket-1', someEvents(3));
    await store.setStreamMetadata('ticket-1', { legal: true });
    const reader = await SqliteEventStore.openForReading({ dir });
    const listener = new Listener(reader, { after: LOG_START });
    await listener.untilEvents(3);
    await append(store, 'ticket-1', someEvents(1));
    await listener.untilEvents(4);
    expect(listener.events).toEqual(await collect(reader.readAll()));
    expect(await reader.streamMetadata('ticket-1')).toEqual({ legal: true });
    expect(await reader.statistics()).toEqual(await store.statistics());
    await listener.stop();
    await reader.close();
  });

  it('reads when no other store is open', async () => {
    const events = someEvents(3);
    await append(store, 'ticket-1', events);
    await store.close();
    const reader = await SqliteEventStore.openForReading({ dir });
    const other = await SqliteEventStore.openForReading({ dir });
    expect(idsOf(await collect(reader.readStream('ticket-1')))).toEqual(idsOf(events));
    expect(await other.head()).toBe(await reader.head());
    await reader.close();
    await other.close();
  });

  it('keeps no writer out', async () => {
    await store.close();
    const reader = await SqliteEventStore.openForReading({ dir });
    store = await SqliteEventStore.open({ dir });
    const { position } = await append(store, 'ticket-1', [anEvent()]);
    expect(await reader.head()).toBe(position);
    await reader.close();
  });

  it('refuses to write', async () => {
    const reader = await SqliteEventStore.openForReading({ dir });
    await expectRejection(append(reader, 'ticket-1', [anEvent()]), 'unavailable.read-only');
    await expectRejection(reader.setStreamMetadata('ticket-1', {}), 'unavailable.read-only');
    expect(await reader.head()).toBe(LOG_START);
    await reader.close();
  });

  it('is refused where there is none', async () => {
    const nowhere = join(dir, 'nowhere');
    const refusal = SqliteEventStore.openForReading({ dir: nowhere });
    const { details } = await expectRejection(refusal, 'missing.event-store');
    expect(details).toEqual({ dir: nowhere });
  });
});

describe('a store opened beside an open one', () => {
  it('appends to the same log, each at the revision that the other left', async () => {
    const beside = SqliteEventStore.openBeside({ dir, appends: store.appendPort() });
    const writes = Array.from({ length: 40 }, (_, n) =>
      append(n % 2 === 0 ? store : beside, `ticket-${n % 5}`, [anEvent()], 'any'),
    );
    const positions = (await Promise.all(writes)).map(({ position }) => Number(position));
    expect([...positions].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    const refusal = append(beside, 'ticket-0', [anEvent()], 3n);
    expect((await expectRejection(refusal, 'conflict.revision')).details).toMatchObject({
      actual: '7',
    });
    expect(idsOf(await collect(beside.readAll()))).toEqual(idsOf(await collect(store.readAll())));
    await beside.close();
    expect(await append(store, 'ticket-0', [anEvent()], 7n)).toMatchObject({ revision: 8n });
  });

  it('is closed to appends when the store that it stands beside closes', async () => {
    const beside = SqliteEventStore.openBeside({ dir, appends: store.appendPort() });
    const waiting = append(beside, 'ticket-1', [anEvent()]);
    await expect(waiting).resolves.toMatchObject({ revision: 0n });
    await store.close();
    while ((await beside.appendObstacle()) === undefined) await nextTurn();
    const refusal = append(beside, 'ticket-1', [anEvent()]);
    await expectRejection(refusal, 'unavailable.event-store-closed');
    await beside.close();
  });

  it('is closed when the writer dies, and no further one can be opened', async () => {
    const beside = SqliteEventStore.openBeside({ dir, appends: store.appendPort() });
    await append(beside, 'ticket-1', [anEvent()]);
    await (store as unknown as { writer: { line: Worker } }).writer.line.terminate();
    const refusal = beside.setStreamMetadata('ticket-1', {});
    await expect(refusal).rejects.toMatchObject({ code: expect.stringMatching(/^un/) });
    expect(() => store.appendPort()).toThrow(
      expect.objectContaining({ code: 'unavailable.event-store-closed' }),
    );
    await beside.close();
  });
});

describe('the limits of a store', () => {
  it('can be set', async () => {
    await store.close();
    const limits = { batchEventsMax: 2, eventBytesMax: 100 };
    store = await SqliteEventStore.open({ dir, limits, queueLimits: { waitingMax: 1 } });
    await expectRejection(append(store, 'ticket-1', someEvents(3)), 'limit.batch-size');
    const waiting = append(store, 'ticket-1', [anEvent()]);
    await expectRejection(append(store, 'ticket-1', [anEvent()]), 'unavailable.event-store-busy');
    await expect(waiting).resolves.toMatchObject({ revision: 0n });
  });
});

describe('a closed store', () => {
  it('leaves one file with the whole log, and no holder', async () => {
    await append(store, 'ticket-1', someEvents(10));
    await store.close();
    expect((await readdir(dir)).sort()).toEqual(['events.sqlite', 'writer.lock']);
  });
});

describe('an iterator that is not asked for more', () => {
  it('lets the WAL be written back and started afresh', async () => {
    await append(store, 'ticket-1', someEvents(800));
    const [reading, logReading] = [
      store.readStream('ticket-1')[Symbol.asyncIterator](),
      store.readAll()[Symbol.asyncIterator](),
    ];
    await Promise.all([reading.next(), logReading.next()]);
    await append(store, 'ticket-2', someEvents(800));
    expect(await checkpointInThread(dir)).toBe(0);
    await Promise.all([reading.return?.(), logReading.return?.()]);
  });
});

describe('a subscription', () => {
  // By the poll alone each round trip waits for a tick of its own: 19 times 250 ms at the least.
  it('hears of an append in its process long before it would look by itself', async () => {
    const listener = new Listener(store, { after: LOG_START });
    const startedAt = performance.now();
    for (let n = 1; n <= 20; n++) {
      await append(store, 'ticket-1', [anEvent()]);
      await listener.untilEvents(n);
    }
    const elapsedMs = performance.now() - startedAt;
    await listener.stop();
    expect(elapsedMs).toBeLessThan(16 * 250);
  });

  it('looks by itself when nobody tells it', async () => {
    const watch = new LogWatch(dir);
    watch.enter();
    let asked = 0;
    await watch.signal.until(() => ++asked > 2);
    watch.leave();
    watch.close();
    expect(asked).toBe(3);
  });

  it('keeps its timer until the last one of the store has left', () => {
    const clear = jest.spyOn(timers, 'clearInterval');
    const watch = new LogWatch(dir);
    watch.enter();
    watch.enter();
    watch.leave();
    expect(clear).not.toHaveBeenCalled();
    watch.leave();
    expect(clear).toHaveBeenCalledTimes(1);
    clear.mockRestore();
  });

  it('in another thread of the process is woken too', async () => {
    const channel = openHeadChannel(dir);
    const heard = new Promise((resolve) => (channel.onmessage = resolve));
    channel.ref();
    await append(store, 'ticket-1', someEvents(2));
    expect(await heard).toMatchObject({ data: 2 });
    channel.close();
  });
});

/** 0 where a checkpoint could write all of the WAL back and start it afresh, otherwise 1. */
async function checkpointInThread(storeDir: string): Promise<number> {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const Database = require('better-sqlite3');
    const db = new Database(workerData + '/events.sqlite', { timeout: 1000 });
    const [{ busy }] = db.pragma('wal_checkpoint(RESTART)');
    db.close();
    parentPort.postMessage(busy);`;
  const worker = new Worker(program, { eval: true, workerData: storeDir });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
