import type { ProjectionStorage } from '../read-store.port';
import { BOARD, liveBoard, tickets, type SuiteContext } from './conformance.fixture';

/** Life of a generation: created, filled, promoted, dropped. */
export function describeGenerations({ store }: SuiteContext): void {
  it('numbers the generations of each projection from 1', async () => {
    const other = { ...BOARD, name: 'other' };
    const numbers = [
      (await store().createGeneration(BOARD)).info,
      (await store().createGeneration({ ...BOARD, version: 2 })).info,
      (await store().createGeneration(other)).info,
    ];
    expect(numbers).toEqual([
      { projection: 'board', version: 1, generation: 1 },
      { projection: 'board', version: 2, generation: 2 },
      { projection: 'other', version: 1, generation: 1 },
    ]);
  });

  it('never gives a number again, also after the newest generation was dropped', async () => {
    await store().createGeneration(BOARD);
    const second = await store().createGeneration(BOARD);
    await store().drop('board', second.info.generation);
    expect((await store().createGeneration(BOARD)).info.generation).toBe(3);
  });

  it('lists generations by projection and number, with version, checkpoint and which one is live', async () => {
    await store().createGeneration({ ...BOARD, name: 'other' });
    const generation = await liveBoard(store(), { a: {} });
    await generation.write({ changes: new Map(), after: 1n, checkpoint: 70n });
    await store().createGeneration({ ...BOARD, version: 2 });
    const live = { projection: 'board', version: 1, generation: 1, checkpoint: 70n, live: true };
    const next = { projection: 'board', version: 2, generation: 2, checkpoint: 0n, live: false };
    const other = { projection: 'other', version: 1, generation: 1, checkpoint: 0n, live: false };
    expect(await store().generations()).toEqual([live, next, other]);
    expect(await store().generations('board')).toEqual([live, next]);
    expect(await store().generations('nobody')).toEqual([]);
  });

  it('serves nothing before the first promotion', async () => {
    const generation = await store().createGeneration(BOARD);
    await generation.write({ ...tickets({ a: {} }), after: 0n, checkpoint: 5n });
    const unavailable = expect.objectContaining({ code: 'unavailable.projection' });
    await expect(store().find('board', 'tickets', {})).rejects.toEqual(unavailable);
    await expect(store().count('board', 'tickets')).rejects.toEqual(unavailable);
    await expect(store().get('board', 'tickets', 'a')).rejects.toEqual(unavailable);
    expect(await store().checkpoint('board')).toBe(0n);
  });

  it('switches readers from one generation to the next on promotion', async () => {
    await liveBoard(store(), { old: {} });
    const next = await store().createGeneration({ ...BOARD, version: 2 });
    await next.write({ ...tickets({ new: {} }), after: 0n, checkpoint: 9n });
    const before = await store().find('board', 'tickets', {});
    await store().promote('board', 2);
    const after = await store().find('board', 'tickets', {});
    expect([before.items, after.items]).toEqual([
      [{ id: 'old', document: {} }],
      [{ id: 'new', document: {} }],
    ]);
    expect(await store().checkpoint('board')).toBe(9n);
    expect((await store().generations('board')).map(({ live }) => live)).toEqual([false, true]);
  });

  it('takes the new collections of a new version', async () => {
    await liveBoard(store(), {});
    const renewed: ProjectionStorage = {
      name: 'board',
      version: 2,
      collections: [{ name: 'teams', fields: { lead: 'text' } }],
    };
    const next = await store().createGeneration(renewed);
    await next.write({
      changes: new Map([['teams', [{ id: 't', document: { lead: 'Ada' } }]]]),
      after: 0n,
      checkpoint: 1n,
    });
    await store().promote('board', 2);
    expect(await store().count('board', 'teams', { lead: 'Ada' })).toBe(1);
    await expect(store().count('board', 'tickets')).rejects.toMatchObject({
      code: 'invalid.collection',
      details: { declared: ['teams'] },
    });
  });

  it('refuses to drop the live generation', async () => {
    await liveBoard(store(), { a: {} });
    await expect(store().drop('board', 1)).rejects.toMatchObject({ code: 'invalid.generation' });
    expect(await store().count('board', 'tickets')).toBe(1);
  });

  it('keeps the mark of its checkpoint until a batch brings another', async () => {
    const generation = await store().createGeneration(BOARD);
    const mark = { position: 1n, hash: 'a'.repeat(64) };
    await generation.write({ changes: new Map(), after: 0n, checkpoint: 1n, mark });
    await generation.write({ changes: new Map(), after: 1n, checkpoint: 3n });
    expect(await store().generations('board')).toMatchObject([{ checkpoint: 3n, mark }]);
  });

  it('drops a generation that was replaced and refuses all work on it', async () => {
    const old = await liveBoard(store(), { a: {} });
    await liveBoard(store(), { b: {} });
    await store().drop('board', 1);
    const missing = expect.objectContaining({ code: 'missing.generation' });
    const batch = { ...tickets({ c: {} }), after: 1n, checkpoint: 2n };
    await expect(old.write(batch)).rejects.toEqual(missing);
    await expect(old.get('tickets', ['a'])).rejects.toEqual(missing);
    await expect(old.checkpoint()).rejects.toEqual(missing);
    await expect(old.buildIndexes()).rejects.toEqual(missing);
    await expect(store().openGeneration(BOARD, 1)).rejects.toEqual(missing);
    await expect(store().promote('board', 1)).rejects.toEqual(missing);
    await expect(store().drop('board', 1)).rejects.toEqual(missing);
    expect(await store().count('board', 'tickets')).toBe(1);
  });

  it('opens a generation and writes on from its checkpoint', async () => {
    await liveBoard(store(), { a: { state: 'new' } });
    const opened = await store().openGeneration(BOARD, 1);
    expect(await opened.checkpoint()).toBe(1n);
    await opened.write({ ...tickets({ b: {} }), after: 1n, checkpoint: 2n });
    expect(await store().count('board', 'tickets')).toBe(2);
  });

  it('refuses to open a generation for another version or other collections', async () => {
    await store().createGeneration(BOARD);
    const incompatible = expect.objectContaining({ code: 'incompatible.generation' });
    const otherFields = { ...BOARD, collections: [{ name: 'tickets', fields: {} }] };
    await expect(store().openGeneration({ ...BOARD, version: 2 }, 1)).rejects.toEqual(incompatible);
    await expect(store().openGeneration(otherFields, 1)).rejects.toEqual(incompatible);
  });

  it('fills a generation without indexes, and promotes it only once they are built', async () => {
    const generation = await store().createGeneration(BOARD, { deferIndexes: true });
    const first = { a: { state: 'new', title: 'Printer on fire' }, b: { state: 'new' }, c: {} };
    await generation.write({ ...tickets(first), after: 0n, checkpoint: 1n });
    const second = { a: { state: 'done', title: 'Printer is wet' }, b: null };
    await generation.write({ ...tickets(second), after: 1n, checkpoint: 2n });
    await expect(store().promote('board', 1)).rejects.toMatchObject({ code: 'invalid.generation' });
    await generation.buildIndexes();
    await generation.buildIndexes();
    await store().promote('board', 1);
    const found = await store().find('board', 'tickets', { filter: { state: 'done' } });
    expect(found.items).toEqual([{ id: 'a', document: second.a }]);
    expect(await store().count('board', 'tickets', { $text: { $search: 'wet printer' } })).toBe(1);
    expect(await store().count('board', 'tickets', { $text: { $search: 'fire' } })).toBe(0);
    expect(await store().count('board', 'tickets')).toBe(2);
  });

  it('keeps indexes and search up to date after a deferred build', async () => {
    const generation = await store().createGeneration(BOARD, { deferIndexes: true });
    await generation.write({ ...tickets({ a: { title: 'red' } }), after: 0n, checkpoint: 1n });
    await generation.buildIndexes();
    await store().promote('board', 1);
    const changes = { a: { title: 'blue', state: 'new' }, b: { title: 'green' } };
    await generation.write({ ...tickets(changes), after: 1n, checkpoint: 2n });
    const counts = [];
    for (const $search of ['red', 'blue', 'green']) {
      counts.push(await store().count('board', 'tickets', { $text: { $search } }));
    }
    expect(counts).toEqual([0, 1, 1]);
    expect(await store().count('board', 'tickets', { state: 'new' })).toBe(1);
  });
}
