import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectionStorage } from '../read-store.port';
import { SqliteReadStore } from './sqlite.adapter';
import * as indexes from './sqlite.indexes';

jest.mock('./sqlite.indexes', () => {
  const actual = jest.requireActual<typeof indexes>('./sqlite.indexes');
  return { ...actual, buildTableIndexes: jest.fn(actual.buildTableIndexes) };
});

const BOARD: ProjectionStorage = {
  name: 'board',
  version: 1,
  collections: [{ name: 'tickets', fields: {}, textFields: ['title'] }],
};

it('does not call indexes built over documents that another process wrote meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-'));
  const store = SqliteReadStore.open(folder);
  const generation = await store.createGeneration(BOARD, { deferIndexes: true });
  const other = SqliteReadStore.open(folder);
  const late = await other.openGeneration(BOARD, 1);
  const written: Promise<void>[] = [];
  jest.mocked(indexes.buildTableIndexes).mockImplementationOnce((connection, table) => {
    jest.requireActual<typeof indexes>('./sqlite.indexes').buildTableIndexes(connection, table);
    const changes = new Map([['tickets', [{ id: 'late', document: { title: 'late' } }]]]);
    written.push(late.write({ changes, after: 0n, checkpoint: 1n }));
  });
  await expect(generation.buildIndexes()).rejects.toMatchObject({ code: 'conflict.checkpoint' });
  await Promise.all(written);
  await expect(store.promote('board', 1)).rejects.toMatchObject({ code: 'invalid.generation' });
  await generation.buildIndexes();
  await store.promote('board', 1);
  expect(await store.count('board', 'tickets', { $text: { $search: 'late' } })).toBe(1);
  await store.close();
  await other.close();
  await rm(folder, { recursive: true, force: true });
});
