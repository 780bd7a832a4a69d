import Database from 'better-sqlite3';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { copyReadStore, setAsideReadStore } from '../index';
import type { GenerationStore, ProjectionStorage } from '../read-store.port';
import { SqliteReadStore } from './sqlite.adapter';
import { READ_MODELS_FILE } from './sqlite.files';
import { NARROW_MATCHES_MAX } from './sqlite.query';

const BOARD: ProjectionStorage = {
  name: 'board',
  version: 1,
  collections: [{ name: 'tickets', fields: { state: 'text' }, textFields: ['title'] }],
};

let folder: string;
let file: string;
let opened: SqliteReadStore[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-'));
  file = join(folder, READ_MODELS_FILE);
  opened = [];
});

afterEach(async () => {
  for (const store of opened) await store.close();
  await rm(folder, { recursive: true, force: true });
});

function open(options?: Parameters<typeof SqliteReadStore.open>[1]): SqliteReadStore {
  const store = SqliteReadStore.open(folder, options);
  opened.push(store);
  return store;
}

function write(generation: GenerationStore, after: bigint, ...ids: string[]): Promise<void> {
  const title = `Printer ${'x'.repeat(3000)}`;
  const changes = ids.map((id) => ({ id, document: { state: 'new', title } }));
  const batch = { changes: new Map([['tickets', changes]]), after, checkpoint: after + 1n };
  return generation.write(batch);
}

describe('a file that cannot take or give what it should', () => {
  it('stores nothing of a batch that the disk has no room for, and goes on', async () => {
    const store = open({ fileBytesMax: 400_000 });
    const generation = await store.createGeneration(BOARD);
    await write(generation, 0n, 'first');
    await store.promote('board', 1);
    const many = Array.from({ length: 200 }, (_, i) => `t${i}`);
    await expect(write(generation, 1n, ...many)).rejects.toMatchObject({
      code: 'unavailable.disk-full',
      details: { file, sqliteCode: 'SQLITE_FULL' },
    });
    expect(await generation.checkpoint()).toBe(1n);
    expect(await store.count('board', 'tickets')).toBe(1);
    await write(generation, 1n, 'second');
    expect(await store.count('board', 'tickets')).toBe(2);
  });

  it('asks to delete a file that is no database', async () => {
    await writeFile(
      file,
      'this is a text, and a longer one than the header of a database file. '.repeat(50),
    );
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'corrupt.read-store',
        message: expect.stringMatching(/delete the file .* rebuild/) as unknown,
      }),
    );
  });

  it('asks to delete a file whose pages are damaged', async () => {
    const store = open();
    const generation = await store.createGeneration(BOARD);
    await write(generation, 0n, ...Array.from({ length: 50 }, (_, i) => `t${i}`));
    await store.promote('board', 1);
    await store.close();
    const bytes = await readFile(file);
    // Behind the pages of the schema: those of the documents.
    bytes.fill(0xab, bytes.length / 2);
    await writeFile(file, bytes);
    const damaged = open();
    await expect(damaged.find('board', 'tickets', { limit: 1000 })).rejects.toMatchObject({
      code: 'corrupt.read-store',
      details: { file },
    });
  });

  it('refuses a file that another build has laid out', () => {
    const database = new Database(file);
    database.pragma('user_version = 99');
    database.close();
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'incompatible.read-store',
        details: { file, found: 99, known: 3 },
      }),
    );
  });

  it('says that the folder cannot be used where a file stands in its place', async () => {
    const place = join(folder, 'file');
    await writeFile(place, '');
    expect(() => SqliteReadStore.open(join(place, 'below'))).toThrow(
      expect.objectContaining({ code: 'unavailable.read-store' }),
    );
  });
});

describe('two processes on one file', () => {
  it('serve reads while the other one writes, and refuse a write when the wait is over', async () => {
    const store = open({ busyTimeoutMs: 0 });
    const generation = await store.createGeneration(BOARD);
    await write(generation, 0n, 'a');
    await store.promote('board', 1);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(write(generation, 1n, 'b')).rejects.toMatchObject({
      code: 'unavailable.read-store-locked',
    });
    expect(await store.count('board', 'tickets')).toBe(1);
    other.exec('ROLLBACK');
    other.close();
    await write(generation, 1n, 'b');
    expect(await store.count('board', 'tickets')).toBe(2);
  });

  it('wait for each other', async () => {
    const store = open({ busyTimeoutMs: 10_000 });
    const generation = await store.createGeneration(BOARD);
    const driver = createRequire(__filename).resolve('better-sqlite3');
    const holder = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const database = new (require(workerData.driver))(workerData.file);
       database.exec('BEGIN IMMEDIATE');
       parentPort.postMessage('locked');
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
       database.exec('COMMIT');
       database.close();`,
      { eval: true, workerData: { driver, file } },
    );
    await once(holder, 'message');
    await write(generation, 0n, 'a');
    await once(holder, 'exit');
    expect(await generation.checkpoint()).toBe(1n);
  });

  it('rebuild in one while the other one serves, and switch both', async () => {
    const engine = open();
    const old = await engine.createGeneration(BOARD);
    await write(old, 0n, 'old');
    await engine.promote('board', 1);
    expect(await engine.count('board', 'tickets')).toBe(1);
    const tool = open();
    const rebuilt = await tool.createGeneration(BOARD, { deferIndexes: true });
    await write(rebuilt, 0n, 'new-1', 'new-2');
    await write(old, 1n, 'old-2', 'old-3');
    await rebuilt.buildIndexes();
    expect(await engine.count('board', 'tickets', { state: 'new' })).toBe(3);
    await tool.promote('board', 2);
    expect(await engine.count('board', 'tickets', { state: 'new' })).toBe(2);
    await tool.drop('board', 1);
    await expect(write(old, 2n, 'late')).rejects.toMatchObject({ code: 'missing.generation' });
    expect(await engine.generations()).toHaveLength(1);
  });

  it('never both move one checkpoint', async () => {
    const first = await open().createGeneration(BOARD);
    const second = await open().openGeneration(BOARD, 1);
    await write(first, 0n, 'a');
    await expect(write(second, 0n, 'b')).rejects.toMatchObject({ code: 'conflict.checkpoint' });
    await write(second, 1n, 'b');
    expect([...(await first.get('tickets', ['a', 'b'])).keys()]).toEqual(['a', 'b']);
  });
});

describe.each([
  [1, ['mark_position', 'mark_hash', 'fence']],
  [2, ['fence']],
] as const)('a file of layout %i', (layout, newer) => {
  beforeEach(async () => {
    const store = open();
    await write(await store.createGeneration(BOARD), 0n, 'a');
    await store.promote('board', 1);
    await store.close();
    const database = new Database(file);
    for (const column of newer) database.exec(`ALTER TABLE generations DROP COLUMN ${column}`);
    database.exec('DROP TABLE leases');
    database.pragma(`user_version = ${layout}`);
    database.close();
  });

  it('is brought up to date with all that it holds, whoever opens it first', async () => {
    const [store, other] = [open(), open()];
    expect(await store.count('board', 'tickets', { state: 'new' })).toBe(1);
    const [before] = await other.generations('board');
    expect(before).toMatchObject({ generation: 1, checkpoint: 1n, live: true });
    expect(before).not.toHaveProperty('mark');
    const mark = { position: 2n, hash: 'a'.repeat(64) };
    const generation = await other.openGeneration(BOARD, 1);
    await generation.write({ changes: new Map(), after: 1n, checkpoint: 2n, mark, fence: 1 });
    expect(await store.generations('board')).toMatchObject([{ checkpoint: 2n, mark }]);
    expect(await other.leases.list()).toEqual([]);
  });
});

describe('files put aside or copied', () => {
  const url = (): string => `sqlite:${folder}`;

  beforeEach(async () => {
    const store = open();
    await write(await store.createGeneration(BOARD), 0n, 'a');
    await store.promote('board', 1);
  });

  it('leave room for a new store, and are whole under their new name', async () => {
    await opened[0]?.close();
    const kept = await setAsideReadStore(url(), 'damaged-1');
    expect(kept).toBe(`${file}.damaged-1`);
    const fresh = open();
    expect(await fresh.generations()).toEqual([]);
    await fresh.close();
    await rm(file);
    await rename(String(kept), file);
    expect(await open().count('board', 'tickets')).toBe(1);
  });

  it.each([
    ['beside a writer', async () => undefined],
    ['after it', async () => opened[0]?.close()],
  ])('are as they stand, %s', async (_, before) => {
    await before();
    const copy = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-copy-'));
    await copyReadStore(url(), copy);
    const store = SqliteReadStore.open(copy);
    opened.push(store);
    expect(await store.count('board', 'tickets')).toBe(1);
    await store.close();
    await rm(copy, { recursive: true });
  });

  it('are nothing where nothing is, or all is in memory', async () => {
    const empty = join(folder, 'empty');
    await copyReadStore('memory:', empty);
    await copyReadStore(`sqlite:${empty}`, folder);
    expect(await setAsideReadStore('memory:', 'x')).toBeUndefined();
    await expect(setAsideReadStore('mysql:x', 'x')).rejects.toMatchObject({
      code: 'invalid.read-store-url',
    });
  });
});

it('pages in order through a search that matches more than it sorts', async () => {
  const store = open();
  const generation = await store.createGeneration(BOARD);
  const ids = Array.from({ length: NARROW_MATCHES_MAX + 10 }, (_, i) => `t${10_000 + i}`);
  const changes = ids.map((id, i) => ({ id, document: { state: `s${i % 3}`, title: 'disk' } }));
  const other = { id: 'other', document: { state: 's0', title: 'fan' } };
  await generation.write({
    changes: new Map([['tickets', [...changes, other]]]),
    after: 0n,
    checkpoint: 1n,
  });
  await store.promote('board', 1);
  const query = {
    filter: { $text: { $search: 'dis' } },
    sort: { field: 'state', direction: 'ascending' },
    limit: 500,
  } as const;
  const found: string[] = [];
  for (let cursor: string | undefined | null; cursor !== null;) {
    const page = await store.find('board', 'tickets', { ...query, ...(cursor && { cursor }) });
    found.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  const inState = (state: number): string[] => ids.filter((_, i) => i % 3 === state);
  expect(found).toEqual([...inState(0), ...inState(1), ...inState(2)]);
  expect(await store.count('board', 'tickets', query.filter)).toBe(ids.length);
});

it('finishes an index build that a crash cut short', async () => {
  const store = open();
  const generation = await store.createGeneration(BOARD, { deferIndexes: true });
  await write(generation, 0n, 'a', 'b');
  const other = new Database(file);
  // The state in between: an index made, words of one document filled in, one of them stale.
  other.exec(`CREATE INDEX "board__g1__tickets__by__state" ON "board__g1__tickets" ("f_state", id);
    CREATE VIRTUAL TABLE "board__g1__tickets__text" USING fts5(words, content='',
      contentless_delete=1, detail=none, tokenize='ascii');
    INSERT INTO "board__g1__tickets__text" (rowid, words) VALUES (1, 'stale')`);
  other.close();
  await (await open().openGeneration(BOARD, 1)).buildIndexes();
  await store.promote('board', 1);
  expect(await store.count('board', 'tickets', { $text: { $search: 'stale' } })).toBe(0);
  expect(await store.count('board', 'tickets', { $text: { $search: 'printer' } })).toBe(2);
});
