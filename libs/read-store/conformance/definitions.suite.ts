import type { CollectionDefinition, ProjectionStorage } from '../read-store.port';
import { BOARD, type SuiteContext } from './conformance.fixture';

const fields = { state: 'text' } as const;

/** What a projection may declare. */
export function describeDefinitions({ store }: SuiteContext): void {
  const collections: [string, unknown][] = [
    ['a name with SQL in it', { name: 'a"; DROP TABLE generations; --', fields }],
    ['an empty name', { name: '', fields }],
    ['an endless name', { name: 'x'.repeat(61), fields }],
    ['a name that splits', { name: 'a__b', fields }],
    ['a field with a dot', { name: 'a', fields: { 'a.b': 'text' } }],
    ['a field of every object', { name: 'a', fields: { constructor: 'text' } }],
    ['an operator as field', { name: 'a', fields: { $or: 'text' } }],
    ['fields that differ in case only', { name: 'a', fields: { state: 'text', State: 'text' } }],
    ['a kind that does not exist', { name: 'a', fields: { state: 'date' } }],
    ['61 fields', { name: 'a', fields: manyFields(61) }],
    ['an index over one field', { name: 'a', fields, compoundIndexes: [['state']] }],
    ['an index over a stranger', { name: 'a', fields, compoundIndexes: [['state', 'owner']] }],
    ['an index over the same twice', { name: 'a', fields, compoundIndexes: [['state', 'state']] }],
    ['times in a field of numbers', { name: 'a', fields: { n: 'number' }, timeFields: ['n'] }],
    ['times in a stranger', { name: 'a', fields, timeFields: ['closedAt'] }],
    [
      'words in a field of numbers',
      { name: 'a', fields: { n: 'number' }, wordFields: { n: ['1'] } },
    ],
    ['a text field with SQL in it', { name: 'a', fields, textFields: ['title" --'] }],
  ];
  it.each(collections)('refuses a collection with %s', async (_what, collection) => {
    const storage = { ...BOARD, collections: [collection as CollectionDefinition] };
    await expect(store().createGeneration(storage)).rejects.toMatchObject({
      code: 'invalid.collection',
    });
    expect(await store().generations()).toEqual([]);
  });

  const storages: [string, ProjectionStorage][] = [
    ['a name that is no word', { ...BOARD, name: 'my board' }],
    ['version 0', { ...BOARD, version: 0 }],
    ['half a version', { ...BOARD, version: 1.5 }],
    ['no collection', { ...BOARD, collections: [] }],
    [
      'two collections of one name',
      { ...BOARD, collections: [...BOARD.collections, { name: 'Tickets', fields }] },
    ],
  ];
  it.each(storages)('refuses a projection with %s', async (_what, storage) => {
    await expect(store().createGeneration(storage)).rejects.toMatchObject({
      code: 'invalid.collection',
    });
  });

  it('refuses a projection whose name differs from another in case only', async () => {
    await store().createGeneration(BOARD);
    await expect(store().createGeneration({ ...BOARD, name: 'Board' })).rejects.toMatchObject({
      code: 'invalid.collection',
    });
  });

  it('takes names in kebab, snake and camel case, and words that SQL reserves', async () => {
    const storage: ProjectionStorage = {
      name: 'incident-board_by-team',
      version: 1,
      collections: [
        { name: 'select', fields: { order: 'number', group: 'text', doc: 'text', pk: 'text' } },
      ],
    };
    const generation = await store().createGeneration(storage);
    const document = { order: 1, group: 'a', doc: 'b', pk: 'c' };
    const changes = new Map([['select', [{ id: '1', document }]]]);
    await generation.write({ changes, after: 0n, checkpoint: 1n });
    await store().promote(storage.name, 1);
    const filter = { order: 1, group: 'a', doc: 'b', pk: 'c' };
    expect(await store().count(storage.name, 'select', filter)).toBe(1);
  });

  it('takes 60 fields', async () => {
    const collection = { name: 'wide', fields: manyFields(60) };
    const generation = await store().createGeneration({ ...BOARD, collections: [collection] });
    const document = Object.fromEntries(Object.keys(collection.fields).map((f, i) => [f, i]));
    const changes = new Map([['wide', [{ id: '1', document }]]]);
    await generation.write({ changes, after: 0n, checkpoint: 1n });
    await store().promote('board', 1);
    expect(await store().count('board', 'wide', { field59: 59 })).toBe(1);
  });
}

function manyFields(count: number): Record<string, 'number'> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, 'number']));
}
