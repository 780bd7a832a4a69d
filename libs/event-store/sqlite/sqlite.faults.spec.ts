import BetterSqlite from 'better-sqlite3';
import { cp, mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anEvent, append, collect, expectRejection, someEvents } from '../conformance/subject';
import { Listener } from '../conformance/listener';
import { LOG_START, type EventStore } from '../event-store.port';
import { StoreProcess } from '../testing/store-process';
import { SqliteEventStore } from './sqlite.adapter';
import { eventsFile } from './sqlite.connection';

// Real processes take their time on a busy machine.

const BATCH_EVENTS = 3;

let dir: string;
const processes = new Set<StoreProcess>();

function startProcess(...parameters: ConstructorParameters<typeof StoreProcess>): StoreProcess {
  const started = new StoreProcess(...parameters);
  processes.add(started);
  return started;
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'event-store-faults-'));
});

afterEach(async () => {
  for (const each of processes) await each.kill();
  processes.clear();
  await rm(dir, { recursive: true });
});

async function withStore<Result>(use: (store: EventStore) => Promise<Result>): Promise<Result> {
  const store = await SqliteEventStore.open({ dir });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Streams in which each batch is there as a whole, with how many events each holds. */
async function wholeStreams(store: EventStore): Promise<Map<string, number>> {
  const batches = new Map<string, string[]>();
  for await (const { stream, body } of store.readAll()) {
    const { batch, n } = JSON.parse(body) as { batch: string; n: number };
    const events = batches.get(stream) ?? [];
    events.push(`${batch} ${n}`);
    batches.set(stream, events);
  }
  for (const [stream, events] of batches) {
    const isWhole = events.every((event, i) => {
      const [batch] = events[i - (i % BATCH_EVENTS)]?.split(' ') ?? [];
      return event === `${batch} ${i % BATCH_EVENTS}`;
    });
    if (!isWhole || events.length % BATCH_EVENTS !== 0) throw new Error(`${stream} is torn`);
  }
  return new Map([...batches].map(([stream, events]) => [stream, events.length]));
}

describe('a second opener', () => {
  it('in another process is refused with the pid of its holder, until that is killed', async () => {
    const holder = startProcess('hold', dir);
    await holder.print(1);
    const refusal = SqliteEventStore.open({ dir });
    const error = await expectRejection(refusal, 'unavailable.event-store-locked');
    expect(error.message).toContain(`process ${holder.pid}`);
    await holder.kill();
    const stored = await withStore((store) => append(store, 'ticket-1', [anEvent()]));
    expect(stored.revision).toBe(0n);
  });

  it('in the same process is refused, until the first one is closed', async () => {
    await withStore(async () => {
      const refusal = SqliteEventStore.open({ dir });
      const { details } = await expectRejection(refusal, 'unavailable.event-store-locked');
      expect(details).toEqual({ dir, pid: String(process.pid) });
    });
    await expect(withStore((store) => store.head())).resolves.toBe(LOG_START);
  });

  it('for reading sees what the process that writes goes on appending', async () => {
    const writer = startProcess('write', dir);
    await writer.print(2);
    const reader = await SqliteEventStore.openForReading({ dir });
    const listener = new Listener(reader, { after: await reader.head() });
    await listener.untilEvents(60);
    await listener.stop();
    await reader.close();
    const { position: first = 0n } = listener.events[0] ?? {};
    const positions = listener.events.map(({ position }) => Number(position - first));
    expect(positions).toEqual(positions.map((_, i) => i));
  });
});

describe('a process killed while it writes', () => {
  it('leaves every acknowledged batch, and none of which only a part is there', async () => {
    const acknowledged = new Map<string, bigint>();
    for (const kills of [1, 9, 60, 200]) {
      const lines = await startProcess('write', dir).killAfter(kills);
      for (const line of lines.filter((each) => each.startsWith('ticket-'))) {
        const [stream = '', revision = ''] = line.split(' ');
        acknowledged.set(stream, BigInt(revision));
      }
      const streams = await withStore(wholeStreams);
      const lost = [...acknowledged].filter(
        ([stream, revision]) => revision >= (streams.get(stream) ?? 0),
      );
      expect(lost).toEqual([]);
    }
    expect(acknowledged.size).toBeGreaterThan(1);
  });

  it('leaves a log that can be read before any writer has opened it again', async () => {
    const lines = await startProcess('write', dir).killAfter(30);
    const reader = await SqliteEventStore.openForReading({ dir });
    const streams = await wholeStreams(reader);
    await reader.close();
    const events = [...streams.values()].reduce((sum, count) => sum + count, 0);
    expect(events).toBeGreaterThanOrEqual((lines.length - 1) * BATCH_EVENTS);
  });

  it.each([
    ['cut short', (wal: string, size: number) => truncate(wal, size - 1_000)],
    ['overwritten at its end', (wal: string, size: number) => overwrite(wal, size - 5_000, 3_000)],
    ['followed by rubbish', (wal: string, size: number) => overwrite(wal, size, 50_000)],
  ])('with its WAL %s keeps whole batches, and takes new ones', async (_, damage) => {
    await startProcess('write', dir).killAfter(40);
    const wal = `${eventsFile(dir)}-wal`;
    await damage(wal, (await stat(wal)).size);
    const next = await withStore(async (store) => {
      const streams = await wholeStreams(store);
      const { revision } = await append(store, 'ticket-0', [anEvent()]);
      return { revision, expected: streams.get('ticket-0') ?? 0 };
    });
    expect(Number(next.revision)).toBe(next.expected);
  });
});

describe('a damaged file', () => {
  beforeEach(async () => {
    await withStore(async (store) => {
      for (let n = 0; n < 5; n++) await append(store, `ticket-${n}`, someEvents(200));
    });
  });

  it.each([
    ['with another magic', () => overwrite(eventsFile(dir), 0, 16)],
    ['with a torn header', () => overwrite(eventsFile(dir), 16, 60)],
    ['cut to half', async () => truncate(eventsFile(dir), (await size()) / 2)],
    ['cut within a page', async () => truncate(eventsFile(dir), (await size()) - 6_000)],
  ])('%s is refused on opening', async (_, damage) => {
    await damage();
    const refusal = SqliteEventStore.open({ dir });
    expect((await expectRejection(refusal, 'corrupt.event-store')).details).toHaveProperty('file');
    const readingRefusal = SqliteEventStore.openForReading({ dir });
    await expectRejection(readingRefusal, 'corrupt.event-store');
  });

  it('whose pages are overwritten fails the reads that meet them', async () => {
    await overwrite(eventsFile(dir), 20 * 4_096, 40 * 4_096);
    const reading = withStore((store) => collect(store.readAll()));
    expect((await expectRejection(reading, 'corrupt.event-store')).kind).toBe('corrupt');
  });

  it('whose newest event is missing from an index is refused on opening', async () => {
    const db = new BetterSqlite(eventsFile(dir));
    db.unsafeMode();
    db.pragma('writable_schema = ON');
    db.exec(`UPDATE sqlite_schema SET rootpage =
      (SELECT rootpage FROM sqlite_schema WHERE name = 'stream_metadata')
      WHERE name = 'events_by_id'`);
    db.close();
    const refusal = SqliteEventStore.open({ dir });
    expect((await expectRejection(refusal, 'corrupt.event-store')).kind).toBe('corrupt');
  });

  it('whose streams were thinned out is closed to writers, and open to an auditor', async () => {
    const db = new BetterSqlite(eventsFile(dir));
    db.exec('UPDATE categories SET streams = streams - 1');
    db.close();
    const refusal = await expectRejection(SqliteEventStore.open({ dir }), 'corrupt.event-store');
    expect(refusal.message).toContain('the streams are not as many as were counted');
    const store = await SqliteEventStore.openForReading({ dir });
    await expect(collect(store.readAll())).resolves.toHaveLength(1000);
    await store.close();
  });

  it('frees the directory when it is refused', async () => {
    const whole = `${dir}-whole`;
    await cp(dir, whole, { recursive: true });
    await overwrite(eventsFile(dir), 0, 16);
    await expectRejection(SqliteEventStore.open({ dir }), 'corrupt.event-store');
    await cp(whole, dir, { recursive: true, force: true });
    await rm(whole, { recursive: true });
    await expect(withStore((store) => store.statistics())).resolves.toMatchObject({ events: 1000 });
  });

  const size = async (): Promise<number> => (await stat(eventsFile(dir))).size;
});

describe('a file that is no event store of this build', () => {
  it.each([
    ['of another application', 'CREATE TABLE t (a)'],
    ['of an unknown application id', 'CREATE TABLE t (a); PRAGMA application_id = 77'],
  ])('but %s is refused and left alone', async (_, sql) => {
    const db = new BetterSqlite(eventsFile(dir));
    db.exec(sql);
    db.close();
    const refusal = SqliteEventStore.open({ dir });
    const { message } = await expectRejection(refusal, 'incompatible.event-store');
    expect(message).toContain('no event store of Ledgerdesk');
  });

  it('but of a newer one is refused with both versions', async () => {
    await withStore((store) => store.head());
    const db = new BetterSqlite(eventsFile(dir));
    db.pragma('user_version = 2');
    db.close();
    const refusal = SqliteEventStore.open({ dir });
    const { details } = await expectRejection(refusal, 'incompatible.event-store');
    expect(details).toMatchObject({ version: 2, known: 1 });
  });

  it('but a plain file stands where the directory should be', async () => {
    const file = join(dir, 'plain');
    await writeFile(file, 'text');
    const refusal = SqliteEventStore.open({ dir: file });
    const { details } = await expectRejection(refusal, 'unavailable.event-store-io');
    expect(details).toMatchObject({ reason: 'EEXIST' });
  });
});

describe('an idle store', () => {
  it('keeps no process alive', async () => {
    await expect(startProcess('idle', dir).exitCode()).resolves.toBe(0);
  });
});

async function overwrite(path: string, at: number, length: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(Buffer.alloc(length, 0xa5), 0, length, at);
  } finally {
    await file.close();
  }
}
