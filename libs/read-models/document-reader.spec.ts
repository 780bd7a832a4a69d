import { MemoryReadStore } from '@ledgerdesk/read-store';
import { findAll, readAsOf, type DocumentReader } from './document-reader';

async function storeWith(documents: number): Promise<MemoryReadStore> {
  const store = new MemoryReadStore();
  const generation = await store.createGeneration({
    name: 'sums',
    version: 1,
    collections: [{ name: 'sums', fields: { day: 'text' } }],
  });
  const changes = Array.from({ length: documents }, (_, n) => ({
    id: `d${n}`,
    document: { n },
  }));
  await generation.write({ changes: new Map([['sums', changes]]), after: 0n, checkpoint: 1n });
  await store.promote('sums', 1);
  return store;
}

describe('findAll', () => {
  it('reads all pages, however many there are', async () => {
    const found = await findAll(await storeWith(2_001), 'sums', 'sums');
    expect(new Set(found.map(({ n }) => n)).size).toBe(2_001);
  });

  it('refuses to hold more documents than an answer may need', async () => {
    const page = {
      items: Array.from({ length: 1_000 }, (_, n) => ({ id: `d${n}`, document: { n } })),
      nextCursor: 'more',
    };
    const endless = { find: () => Promise.resolve(page) } as unknown as DocumentReader;
    await expect(findAll(endless, 'sums', 'sums')).rejects.toMatchObject({
      code: 'limit.query-documents',
    });
  });
});

describe('readAsOf', () => {
  const readerAt = (...checkpoints: readonly bigint[]): DocumentReader => {
    const left = [...checkpoints];
    const next = (): bigint => (left.length > 1 ? left.shift() : left[0]) ?? 0n;
    return { checkpoint: async () => next() } as unknown as DocumentReader;
  };

  it('reads once where the projection stands still', async () => {
    const read = jest.fn(async () => ({ sum: 1 }));
    expect(await readAsOf(readerAt(4n), 'sums', read)).toEqual({ sum: 1, position: '4' });
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('reads again where the projection moved in between', async () => {
    const read = jest.fn(async () => ({ sum: 1 }));
    expect(await readAsOf(readerAt(4n, 5n, 5n), 'sums', read)).toMatchObject({ position: '5' });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('gives up being exact after five times', async () => {
    const read = jest.fn(async () => ({ sum: 1 }));
    const moving = readerAt(1n, 2n, 3n, 4n, 5n, 6n, 7n);
    expect(await readAsOf(moving, 'sums', read)).toMatchObject({ position: '5' });
    expect(read).toHaveBeenCalledTimes(5);
  });
});
