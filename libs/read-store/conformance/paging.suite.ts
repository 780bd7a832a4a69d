import type { Query, Sort } from '../read-store.port';
import { idsOfAllPages, liveBoard, tickets, type SuiteContext } from './conformance.fixture';

// Ties, missing values, code points on both sides of the surrogates.
const DOCUMENTS = {
  d1: { points: 1, state: '\u{1F600}', breached: true },
  d2: { points: 1, state: '\uffee', breached: false },
  d3: { points: null, state: 'a' },
  d4: { state: 'a' },
  d5: { points: -7.25, state: 'B' },
  d6: { points: 1e300, state: '', breached: true },
  d7: { points: 1 },
};

const ORDERS: [string, Sort | undefined, string[]][] = [
  ['the id by default', undefined, ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7']],
  ['numbers upwards', up('points'), ['d3', 'd4', 'd5', 'd1', 'd2', 'd7', 'd6']],
  ['numbers downwards', down('points'), ['d6', 'd7', 'd2', 'd1', 'd5', 'd4', 'd3']],
  ['text upwards, by code point', up('state'), ['d7', 'd6', 'd5', 'd3', 'd4', 'd2', 'd1']],
  ['text downwards, by code point', down('state'), ['d1', 'd2', 'd4', 'd3', 'd5', 'd6', 'd7']],
  ['booleans upwards', up('breached'), ['d3', 'd4', 'd5', 'd7', 'd2', 'd1', 'd6']],
  ['booleans downwards', down('breached'), ['d6', 'd1', 'd2', 'd7', 'd5', 'd4', 'd3']],
];

/** Order, pages and cursors. */
export function describePaging({ store }: SuiteContext): void {
  describe.each(ORDERS)('sorted by %s', (_what, sort, ids) => {
    it.each([1, 2, 3, 6, 7, 1000])('gives each document once in pages of %d', async (limit) => {
      await liveBoard(store(), DOCUMENTS);
      expect(await idsOfAllPages(store(), { limit, ...(sort && { sort }) })).toEqual(ids);
    });
  });

  it('gives 50 documents where no limit is set, and null on the last page', async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`d${i + 100}`, {}]));
    await liveBoard(store(), many);
    const first = await store().find('board', 'tickets', {});
    expect(first.items).toHaveLength(50);
    const cursor = first.nextCursor ?? '';
    expect(await store().find('board', 'tickets', { cursor })).toEqual({
      items: [{ id: 'd150', document: {} }],
      nextCursor: null,
    });
  });

  it('gives null where the page is exactly full', async () => {
    await liveBoard(store(), { a: {}, b: {} });
    expect((await store().find('board', 'tickets', { limit: 2 })).nextCursor).toBeNull();
  });

  it('neither loses nor repeats a document while others come and go between pages', async () => {
    const generation = await liveBoard(store(), DOCUMENTS);
    const query: Query = { sort: up('points'), limit: 3 };
    const first = await store().find('board', 'tickets', query);
    expect(first.items.map(({ id }) => id)).toEqual(['d3', 'd4', 'd5']);
    // d5, where the page ended, goes; one comes before it and two behind it.
    const changes = { d5: null, before: { points: -100 }, d0: { points: 1 }, d9: { points: 1 } };
    await generation.write({ ...tickets(changes), after: 1n, checkpoint: 2n });
    const rest = await store().find('board', 'tickets', {
      ...query,
      limit: 1000,
      cursor: first.nextCursor ?? '',
    });
    expect(rest.items.map(({ id }) => id)).toEqual(['d0', 'd1', 'd2', 'd7', 'd9', 'd6']);
  });

  it('follows a cursor with the same filter, however it is spelt', async () => {
    await liveBoard(store(), DOCUMENTS);
    const first = await store().find('board', 'tickets', { filter: { points: 1 }, limit: 2 });
    const rest = await store().find('board', 'tickets', {
      filter: { points: { $eq: 1 } },
      cursor: first.nextCursor ?? '',
    });
    expect(rest.items.map(({ id }) => id)).toEqual(['d7']);
  });

  const strangers: [string, Query][] = [
    ['another filter', { filter: { points: 2 }, sort: up('points') }],
    ['no filter', { sort: up('points') }],
    ['another sort field', { filter: { points: 1 }, sort: up('state') }],
    ['another direction', { filter: { points: 1 }, sort: down('points') }],
    ['a search', { filter: { points: 1, $text: { $search: 'x' } }, sort: up('points') }],
  ];
  it.each(strangers)('refuses a cursor with %s', async (_what, query) => {
    await liveBoard(store(), DOCUMENTS);
    const own: Query = { filter: { points: 1 }, sort: up('points'), limit: 1 };
    const { nextCursor } = await store().find('board', 'tickets', own);
    const foreign = { ...query, cursor: nextCursor ?? '' };
    await expect(store().find('board', 'tickets', foreign)).rejects.toMatchObject({
      code: 'invalid.query',
      details: { path: 'cursor' },
    });
  });

  it.each(['', 'x', 'bnVsbA', 'W10', '../..', 'x'.repeat(100_001), 7])(
    'refuses the broken cursor %.20p',
    async (cursor) => {
      await liveBoard(store(), DOCUMENTS);
      const query = { cursor: cursor as string };
      await expect(store().find('board', 'tickets', query)).rejects.toMatchObject({
        code: 'invalid.query',
        details: { path: 'cursor' },
      });
    },
  );

  it('refuses to sort by an undeclared field or in no direction', async () => {
    await liveBoard(store(), DOCUMENTS);
    const sideways = { field: 'state', direction: 'sideways' } as unknown as Sort;
    await expect(store().find('board', 'tickets', { sort: up('owner') })).rejects.toMatchObject({
      code: 'invalid.query',
      details: { path: 'sort.field' },
    });
    await expect(store().find('board', 'tickets', { sort: sideways })).rejects.toMatchObject({
      code: 'invalid.query',
      details: { path: 'sort.direction' },
    });
  });
}

function up(field: string): Sort {
  return { field, direction: 'ascending' };
}

function down(field: string): Sort {
  return { field, direction: 'descending' };
}
