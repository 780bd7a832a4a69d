import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
      expect(error.message).toContain('memory: or sqlite:<directory>');
      expect(error.message).not.toContain('secret');
    },
  );

  it('refuses an SQLite URL without a directory', async () => {
    const { message } = await expectRejection(openEventStore('sqlite:'), 'invalid.event-store-url');
    expect(message).toContain('lacks its directory');
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
    expect(details).toEqual({ known: ['sqlite:<directory>'] });
  });
});
