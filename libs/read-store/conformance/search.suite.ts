import type { Filter } from '../read-store.port';
import { idsOf, liveBoard, tickets, type SuiteContext } from './conformance.fixture';

const DOCUMENTS = {
  cafe: { title: 'Café am Straßenrand', state: 'new' },
  printer: { title: 'Printer NEAR the door; OR not', tags: ['Paper-Jam', 'floor 3'] },
  quotes: { title: `O'Reilly "quoted" (x:y) 50% under_score` },
  list: { tags: ['Ångström', 'ΟΔΟΣ'], state: 'new' },
  none: { title: null },
};

/** `$text`: words, accents, prefixes, and input that looks like query syntax. */
export function describeSearch({ store }: SuiteContext): void {
  const found: [string, string[]][] = [
    ['CAFE', ['cafe']],
    ['café', ['cafe']],
    ['cafe\u0301', ['cafe']],
    ['STRASSENRAND', ['cafe']],
    ['angstrom', ['list']],
    ['οδος', ['list']],
    ['οδοσ', ['list']],
    ['print', ['printer']],
    ['door print', ['printer']],
    ['print door', []],
    ['jam paper', ['printer']],
    ['paper-jam', ['printer']],
    ['printer cafe', []],
    ['3', ['printer']],
    ['oreilly', []],
    [`o'reilly`, ['quotes']],
    ['NEAR', ['printer']],
    ['OR', ['printer']],
    ['door NOT printer', ['printer']],
    ['printer AND cafe', []],
    ['NEAR(printer door)', ['printer']],
    ['"printer', ['printer']],
    ['"quoted"', ['quotes']],
    ['print*', ['printer']],
    ['*print', ['printer']],
    ['title:printer', []],
    ['x:y', ['quotes']],
    ['-printer', ['printer']],
    ['^printer', ['printer']],
    ['(printer', ['printer']],
    ['{printer} + door', ['printer']],
    ['under score', ['quotes']],
    [`'; DROP TABLE tickets; --`, []],
    ['printer\u0000door', ['printer']],
  ];
  it.each(found)('finds %j', async (words, ids) => {
    await liveBoard(store(), DOCUMENTS);
    expect(await idsOf(store(), search(words))).toEqual(ids);
    expect(await store().count('board', 'tickets', search(words))).toBe(ids.length);
  });

  it('combines words with conditions, a sort and pages', async () => {
    const documents = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`d${i}`, { title: `disk ${i}`, points: -(i % 4) }]),
    );
    await liveBoard(store(), { ...documents, other: { title: 'fan', points: 0 } });
    const query = {
      filter: { ...search('dis'), points: { $lt: 0 } },
      sort: { field: 'points', direction: 'ascending' },
      limit: 4,
    } as const;
    const first = await store().find('board', 'tickets', query);
    const cursor = first.nextCursor ?? '';
    const second = await store().find('board', 'tickets', { ...query, cursor });
    const ids = [first, second].map(({ items }) => items.map(({ id }) => id));
    expect(ids).toEqual([
      ['d3', 'd7', 'd2', 'd6'],
      ['d1', 'd5'],
    ]);
  });

  it('forgets the words of a text that changed or went away', async () => {
    const generation = await liveBoard(store(), {
      a: { title: 'old', points: 1 },
      b: { title: 'old' },
      c: { title: 'old' },
    });
    const changes = { a: { title: 'old', points: 2 }, b: { title: 'new' }, c: null };
    await generation.write({ ...tickets(changes), after: 1n, checkpoint: 2n });
    expect(await idsOf(store(), search('old'))).toEqual(['a']);
    expect(await idsOf(store(), search('new'))).toEqual(['b']);
  });

  it('compares words by their first 64 characters', async () => {
    await liveBoard(store(), { a: { title: `${'x'.repeat(64)}tail and more` } });
    expect(await idsOf(store(), search(`${'x'.repeat(64)}other more`))).toEqual(['a']);
    expect(await idsOf(store(), search(`${'x'.repeat(63)}y more`))).toEqual([]);
  });

  const refused: [string, unknown, string][] = [
    ['an empty search', search(''), 'filter.$text'],
    ['a search without a letter or digit', search(' "*()-:^ '), 'filter.$text'],
    ['21 words', search('a b c d e f g h i j k l m n o p q r s t u'), 'filter.$text'],
    ['$text in a branch', { $or: [search('x')] }, 'filter.$or[0].$text'],
    ['$text without $search', { $text: 'x' }, 'filter.$text'],
    ['$text with options', { $text: { $search: 'x', $language: 'none' } }, 'filter.$text'],
    ['a number to search', { $text: { $search: 5 } }, 'filter.$text'],
  ];
  it.each(refused)('refuses %s', async (_what, filter, path) => {
    await liveBoard(store(), DOCUMENTS);
    await expect(idsOf(store(), filter as Filter)).rejects.toMatchObject({
      code: 'invalid.query',
      details: { path },
    });
  });

  it('refuses to search a collection without text fields', async () => {
    await liveBoard(store(), DOCUMENTS);
    await expect(store().count('board', 'counters', search('x'))).rejects.toMatchObject({
      code: 'invalid.query',
      details: { path: 'filter.$text' },
    });
  });
}

function search($search: string): Filter {
  return { $text: { $search } };
}
