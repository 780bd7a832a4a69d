import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDbTestServer } from '@ledgerdesk/test-servers';
import { anEvent, append, expectRejection } from './conformance/subject';
import { openEventStore, openEventStoreForReading } from './open-event-store';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'event-store-open-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

describe('openEventStore', () => {
  it('opens a log in memory that no other opening sees', async () => {
    const [one, other] = [await openEventStore('memory:'), await openEventStore('memory:')];
    await append(one, 'ticket-1', [anEvent()]);
    expect([await one.head(), await other.head()]).toEqual([1n, 0n]);
  });

  it('opens the same SQLite log by directory and by URL, and makes the directory', async () => {
    const inner = join(dir, 'a', 'b');
    const heads: bigint[] = [];
    for (const location of [{ dir: inner }, `sqlite:${inner}`, `sqlite://${inner}`]) {
      const store = await openEventStore(location);
      heads.push((await append(store, 'ticket-1', [anEvent()])).position);
      await store.close();
    }
    expect(heads).toEqual([1n, 2n, 3n]);
  });

  it.each(['postgres://user:secret@host/log', 'sqlite', '', 'toString:', '/var/lib/log'])(
    'refuses %j and lists what is known',
    async (location) => {
      const error = await expectRejection(openEventStore(location), 'invalid.event-store-url');
      expect(error.message).toContain('memory: or sqlite:<directory> or esdb://<host>:<port>');
      expect(error.message).not.toContain('secret');
    },
  );

  it('refuses an SQLite URL without a directory', async () => {
    const { message } = await expectRejection(openEventStore('sqlite:'), 'invalid.event-store-url');
    expect(message).toContain('lacks its directory');
  });
});

describe('the address of an EventStoreDB', () => {
  let server: EventStoreDbTestServer;

  beforeEach(async () => {
    server = await EventStoreDbTestServer.start();
  });

  afterEach(async () => {
    await server.kill();
  });

  it.each(['esdb', 'kurrentdb'])('may begin with %s:', async (scheme) => {
    const store = await openEventStore(server.url.replace('esdb', scheme));
    const { position } = await append(store, 'ticket-1', [anEvent()]);
    expect(await store.head()).toBe(position);
    await store.close();
  });

  it('may name several nodes, of which the leader is asked for', async () => {
    const host = new URL(server.url).host;
    const store = await openEventStore(`esdb://${host},${host}?tls=false`);
    expect(await append(store, 'ticket-1', [anEvent()])).toMatchObject({ revision: 0n });
    await store.close();
  });

  it('opened for reading refuses appends', async () => {
    const store = await openEventStoreForReading(server.url);
    await expectRejection(append(store, 'ticket-1', [anEvent()]), 'unavailable.read-only');
    await store.close();
  });

  it.each([
    ['esdb://', 'host is missing'],
    ['esdb://localhost?appendBytesMax=much', 'appendBytesMax'],
    ['esdb://localhost:port', 'does not understand'],
  ])('%s is refused', async (url, reason) => {
    const { message } = await expectRejection(openEventStore(url), 'invalid.event-store-url');
    expect(message).toContain(reason);
  });
});

describe('openEventStoreForReading', () => {
  it('opens beside the store that writes', async () => {
    const writer = await openEventStore({ dir });
    const reader = await openEventStoreForReading(`sqlite:${dir}`);
    const { position } = await append(writer, 'ticket-1', [anEvent()]);
    expect(await reader.head()).toBe(position);
    await reader.close();
    await writer.close();
  });

  it('refuses a log in memory, which nobody else could have filled', async () => {
    const opening = openEventStoreForReading('memory:');
    const { details } = await expectRejection(opening, 'invalid.event-store-url');
    expect(details).toEqual({ known: ['sqlite:<directory>', 'esdb://<host>:<port>'] });
  });
});
