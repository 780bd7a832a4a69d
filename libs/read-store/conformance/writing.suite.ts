import type { ReadDocument } from '@ledgerdesk/kernel';
import type { DocumentChange } from '../read-store.port';
import { BOARD, idsOf, liveBoard, tickets, type SuiteContext } from './conformance.fixture';

/** Batches: atomic, guarded by the checkpoint, strict about documents. */
export function describeWriting({ store, reopen }: SuiteContext, durable: boolean): void {
  it('stores, replaces and removes documents and moves the checkpoint', async () => {
    const generation = await store().createGeneration(BOARD);
    const first = { a: { state: 'new' }, b: { state: 'new' } };
    await generation.write({ ...tickets(first), after: 0n, checkpoint: 3n });
    const second = { a: null, b: { state: 'done' }, c: {}, unknown: null };
    await generation.write({ ...tickets(second), after: 3n, checkpoint: 8n });
    const stored = await generation.get('tickets', ['a', 'b', 'c', 'unknown']);
    expect(stored).toEqual(
      new Map<string, ReadDocument>([
        ['b', { state: 'done' }],
        ['c', {}],
      ]),
    );
    expect(await generation.checkpoint()).toBe(8n);
  });

  it('stores the same for a writer that says what stood there before', async () => {
    const generation = await store().createGeneration(BOARD);
    const write = (after: bigint, ...list: DocumentChange[]): Promise<void> =>
      generation.write({ changes: new Map([['tickets', list]]), after, checkpoint: after + 1n });
    const first = { state: 'new', points: 1, breached: false, title: 'Red printer' };
    const second = { state: 'done', points: null, breached: true, title: 'Red printer' };
    const third = { state: 'done', points: -0, title: 'Blue printer', tags: ['loud'] };
    await write(0n, { id: 'a', document: first, before: null });
    await write(1n, { id: 'a', document: second, before: first });
    await write(2n, { id: 'a', document: third, before: second });
    await write(3n, { id: 'b', document: first, before: null });
    await write(4n, { id: 'b', document: null, before: first });
    await store().promote('board', 1);
    expect(await store().get('board', 'tickets', 'a')).toEqual({ ...third, points: 0 });
    const found = [
      { state: 'done', points: 0, breached: null },
      { $text: { $search: 'blue printer loud' } },
    ];
    for (const filter of found) expect(await idsOf(store(), filter)).toEqual(['a']);
    for (const filter of [{ state: 'new' }, { $text: { $search: 'red' } }]) {
      expect(await idsOf(store(), filter)).toEqual([]);
    }
  });

  it('stores a document also where another one stood before than was said', async () => {
    const generation = await liveBoard(store(), { there: { state: 'new', title: 'Fan' } });
    const document = { state: 'done', title: 'Disk' };
    const changes: DocumentChange[] = [
      { id: 'there', document, before: null },
      { id: 'absent', document, before: { state: 'new', title: 'Fan' } },
    ];
    await generation.write({ changes: new Map([['tickets', changes]]), after: 1n, checkpoint: 2n });
    expect(await idsOf(store(), { state: 'done' })).toEqual(['absent', 'there']);
    expect(await idsOf(store(), { $text: { $search: 'disk' } })).toEqual(['absent', 'there']);
    expect(await idsOf(store(), { $text: { $search: 'fan' } })).toEqual([]);
  });

  it('gives back JSON as it came, with nested values and fields that nobody declared', async () => {
    const document = {
      state: 'ne"w\u0000\u{1F600}',
      points: 0.1,
      notes: [{ by: 'Ada', at: [1, null, true] }],
      nothing: null,
    };
    await liveBoard(store(), { 'a/b c\u{1F600}': document });
    expect(await store().get('board', 'tickets', 'a/b c\u{1F600}')).toEqual(document);
    expect(await store().get('board', 'tickets', 'A/B c\u{1F600}')).toBeUndefined();
  });

  it('gives documents that a caller may change without changing what is stored', async () => {
    const document = { tags: ['one'] };
    await liveBoard(store(), { a: document });
    document.tags.push('two');
    const read = (await store().get('board', 'tickets', 'a')) as { tags: string[] };
    read.tags.push('three');
    expect(await store().get('board', 'tickets', 'a')).toEqual({ tags: ['one'] });
  });

  it('refuses a batch whose checkpoint is not the stored one, and stores none of it', async () => {
    const generation = await liveBoard(store(), { a: { state: 'new' } });
    const late = { ...tickets({ a: { state: 'done' } }), after: 0n, checkpoint: 2n };
    await expect(generation.write(late)).rejects.toMatchObject({
      code: 'conflict.checkpoint',
      details: { projection: 'board', generation: 1, expected: '0', actual: '1' },
    });
    expect(await store().get('board', 'tickets', 'a')).toEqual({ state: 'new' });
    expect(await generation.checkpoint()).toBe(1n);
  });

  it('keeps checkpoints beyond 2^63 exact', async () => {
    const generation = await store().createGeneration(BOARD);
    const checkpoint = 2n ** 64n + 1n;
    await generation.write({ changes: new Map(), after: 0n, checkpoint });
    expect(await generation.checkpoint()).toBe(checkpoint);
    const batch = { changes: new Map(), after: checkpoint - 1n, checkpoint: checkpoint + 1n };
    await expect(generation.write(batch)).rejects.toMatchObject({ code: 'conflict.checkpoint' });
  });

  it.each([
    [2n, 1n],
    [-1n, 3n],
  ])('refuses a checkpoint that leads from %d to %d', async (after, checkpoint) => {
    const generation = await store().createGeneration(BOARD);
    await expect(generation.write({ changes: new Map(), after, checkpoint })).rejects.toMatchObject(
      { code: 'invalid.checkpoint' },
    );
  });

  const badDocuments: [string, string, unknown][] = [
    ['text where a number is declared', 'x', { points: '5' }],
    ['a number where text is declared', 'x', { state: 5 }],
    ['text where a boolean is declared', 'x', { breached: 'no' }],
    ['a list in a declared field', 'x', { state: ['new'] }],
    ['a number that is not finite', 'x', { points: Infinity }],
    ['a lone surrogate in a declared field', 'x', { state: '\ud800' }],
    ['an endless text in a declared field', 'x', { state: 'x'.repeat(10_001) }],
    ['a number in a searched field', 'x', { title: 5 }],
    ['a bigint somewhere', 'x', { other: [1n] }],
    ['a list as document', 'x', []],
    ['an empty id', '', {}],
    ['an endless id', 'x'.repeat(513), {}],
    ['an id with a lone surrogate', '\udfff', {}],
  ];
  it.each(badDocuments)('stores nothing of a batch with %s', async (_what, id, document) => {
    const generation = await store().createGeneration(BOARD);
    const bad = { id, document: document as ReadDocument };
    const changes = new Map([
      ['counters', [{ id: 'good', document: {} }]],
      ['tickets', [{ id: 'good', document: {} }, bad]],
    ]);
    await expect(generation.write({ changes, after: 0n, checkpoint: 1n })).rejects.toMatchObject({
      code: 'invalid.document',
      details: { collection: 'tickets', id },
    });
    expect(await generation.checkpoint()).toBe(0n);
    expect((await generation.get('counters', ['good'])).size).toBe(0);
    expect((await generation.get('tickets', ['good'])).size).toBe(0);
  });

  it('refuses two changes of one document in a batch', async () => {
    const generation = await store().createGeneration(BOARD);
    const twice = [
      { id: 'a', document: {} },
      { id: 'a', document: null },
    ];
    await expect(
      generation.write({ changes: new Map([['tickets', twice]]), after: 0n, checkpoint: 1n }),
    ).rejects.toMatchObject({ code: 'invalid.document' });
  });

  it('refuses a collection that was not declared', async () => {
    const generation = await store().createGeneration(BOARD);
    const unknown = expect.objectContaining({ code: 'invalid.collection' });
    const changes = new Map([['people', []]]);
    await expect(generation.write({ changes, after: 0n, checkpoint: 1n })).rejects.toEqual(unknown);
    await expect(generation.get('people', ['a'])).rejects.toEqual(unknown);
  });

  it('refuses all work once it is closed, and closes twice', async () => {
    const generation = await liveBoard(store(), {});
    await store().close();
    await store().close();
    const closed = expect.objectContaining({ code: 'unavailable.read-store-closed' });
    const batch = { changes: new Map(), after: 1n, checkpoint: 2n };
    await expect(store().find('board', 'tickets', {})).rejects.toEqual(closed);
    await expect(store().generations()).rejects.toEqual(closed);
    await expect(store().createGeneration(BOARD)).rejects.toEqual(closed);
    await expect(generation.write(batch)).rejects.toEqual(closed);
    await expect(generation.get('tickets', [])).rejects.toEqual(closed);
  });

  if (durable) {
    it('finds everything again after closing and opening', async () => {
      await liveBoard(store(), { a: { state: 'new', title: 'Printer' }, b: {} });
      await store().createGeneration({ ...BOARD, version: 2 });
      await store().drop('board', 2);
      const again = await reopen();
      expect(await again.generations()).toEqual([
        { projection: 'board', version: 1, generation: 1, checkpoint: 1n, live: true },
      ]);
      expect(await again.count('board', 'tickets', { state: 'new' })).toBe(1);
      expect(await again.count('board', 'tickets', { $text: { $search: 'print' } })).toBe(1);
      expect((await again.createGeneration(BOARD)).info.generation).toBe(3);
    });
  }
}
