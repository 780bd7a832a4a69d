import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventStoreDBClient,
  NO_STREAM,
  StreamNotFoundError,
  jsonEvent,
} from '@eventstore/db-client';
import { EventStoreDbTestServer } from './eventstoredb-test-server';

// Goal: with a journal the double acknowledges as a real server does, once the disk has the events.

let folder: string;
let journal: string;
let server: EventStoreDbTestServer;
let client: EventStoreDBClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-journal-'));
  journal = join(folder, 'journal');
  server = await EventStoreDbTestServer.start({ journal });
  client = EventStoreDBClient.connectionString(server.url);
});

afterEach(async () => {
  await client.dispose();
  await server.kill();
  await rm(folder, { recursive: true });
});

const event = (n: number) => jsonEvent({ type: 'Counted', data: { n } });

async function numbers(stream: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { event: recorded } of client.readStream(stream)) {
    found.push((recorded?.data as { n: number }).n);
  }
  return found;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const received = (): number => server.appendsReceived.batch + server.appendsReceived.unary;

describe.each([
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'a', password: 'b' } }],
])('%s with a journal', (_, how) => {
  it('is answered, and seen by readers, once it is flushed', async () => {
    await client.appendToStream('s-1', event(0), how);
    expect(await readFile(journal, 'utf8')).toContain('{"n":0}');
    server.faults.holdFlushes();
    let isAnswered = false;
    const appending = client
      .appendToStream('s-1', event(1), { expectedRevision: 0n, ...how })
      .then(() => (isAnswered = true));
    const beginning = client.appendToStream('s-2', event(0), how);
    await until(() => received() === 3);
    // The next revision is judged by what is written, flushed or not.
    const next = client.appendToStream('s-1', event(2), { expectedRevision: 1n, ...how });
    await until(() => received() === 4);
    expect(await numbers('s-1')).toEqual([0]);
    await expect(numbers('s-2')).rejects.toThrow(StreamNotFoundError);
    expect(isAnswered).toBe(false);
    server.faults.releaseFlushes();
    await Promise.all([appending, beginning, next]);
    expect(await numbers('s-1')).toEqual([0, 1, 2]);
    expect(await readFile(journal, 'utf8')).toContain('{"n":2}');
  });

  it('shares a flush with all that wait', async () => {
    server.faults.holdFlushes();
    const appends = Array.from({ length: 20 }, (_each, n) =>
      client.appendToStream(`s-${n}`, event(n), { expectedRevision: NO_STREAM, ...how }),
    );
    await until(() => received() === 20);
    server.faults.releaseFlushes();
    await Promise.all(appends);
    // One for the first that came, one for those that came while it was held.
    expect(server.flushes).toBeLessThanOrEqual(2);
  });

  it('fails with the server whose disk fails, and was never there', async () => {
    await client.appendToStream('s-1', event(0), how);
    server.faults.failFlush(new Error('no space left on device'));
    await expect(client.appendToStream('s-1', event(1), how)).rejects.toThrow();
    await expect(client.appendToStream('s-1', event(1), how)).rejects.toThrow();
    await server.restart();
    await client.dispose();
    client = EventStoreDBClient.connectionString(server.url);
    expect(await numbers('s-1')).toEqual([0]);
    const after = await client.appendToStream('s-1', event(2), { expectedRevision: 0n, ...how });
    expect(after.nextExpectedRevision).toBe(1n);
  });
});

describe('a journal', () => {
  it('shows subscriptions what is flushed, and nothing before', async () => {
    const seen: number[] = [];
    const subscription = client.subscribeToStream('s-1');
    subscription.on('data', ({ event: recorded }) => {
      seen.push((recorded?.data as { n: number }).n);
    });
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    server.faults.holdFlushes();
    const appending = client.appendToStream('s-1', event(0));
    await until(() => received() === 1);
    expect(server.delivered).toBe(0);
    server.faults.releaseFlushes();
    await appending;
    await until(() => seen.length === 1);
    await subscription.unsubscribe();
  });

  it('has deletions wait for their flush too', async () => {
    await client.appendToStream('s-1', event(0));
    await client.appendToStream('s-2', event(0));
    const before = server.flushes;
    await client.deleteStream('s-1');
    await client.tombstoneStream('s-2');
    expect(server.flushes).toBe(before + 2);
  });
});
