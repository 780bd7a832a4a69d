import { BOARD, type SuiteContext } from './conformance.fixture';

/** Leases, and the tokens that fence off who has lost one. */
export function describeLeases({ store }: SuiteContext, updatesAreAtomic = true): void {
  it('gives a lease to the first who asks, with token 1', async () => {
    const { leases } = store();
    expect(await leases.list()).toEqual([]);
    const taken = await leases.take('board', 'one', undefined);
    expect(taken).toEqual({ name: 'board', holder: 'one', token: 1, beat: 0 });
    expect(await leases.take('board', 'two', undefined)).toBeUndefined();
    expect(await leases.list()).toEqual([taken]);
  });

  it('gives a lease to one of many who ask at once', async () => {
    const { leases } = store();
    const holders = Array.from({ length: 8 }, (_, index) => `holder-${index}`);
    const first = await Promise.all(holders.map((one) => leases.take('board', one, undefined)));
    const won = first.filter((lease) => lease !== undefined);
    expect(won).toHaveLength(1);
    if (!updatesAreAtomic) return;
    const next = await Promise.all(holders.map((one) => leases.take('board', one, won[0])));
    expect(next.filter((lease) => lease !== undefined)).toMatchObject([{ token: 2 }]);
  });

  it('beats for all that a holder holds, and tells what that is', async () => {
    const { leases } = store();
    await leases.take('b', 'one', undefined);
    await leases.take('a', 'one', undefined);
    await leases.take('c', 'two', undefined);
    expect(await leases.renew('one')).toEqual([
      { name: 'a', holder: 'one', token: 1, beat: 1 },
      { name: 'b', holder: 'one', token: 1, beat: 1 },
    ]);
    expect((await leases.list()).map(({ beat }) => beat)).toEqual([1, 1, 0]);
    expect(await leases.renew('nobody')).toEqual([]);
  });

  it('lets nobody take a lease that has beaten since it was seen', async () => {
    const { leases } = store();
    const seen = await leases.take('board', 'one', undefined);
    const [beaten] = await leases.renew('one');
    expect(await leases.take('board', 'two', seen)).toBeUndefined();
    expect(await leases.take('board', 'two', beaten)).toEqual({
      name: 'board',
      holder: 'two',
      token: 2,
      beat: 0,
    });
    expect(await leases.renew('one')).toEqual([]);
  });

  it('gives a lease back for the next one, whose token is higher', async () => {
    const { leases } = store();
    await leases.take('board', 'one', undefined);
    await leases.take('other', 'two', undefined);
    await leases.release('one', ['board', 'other', 'unknown']);
    const [free, held] = await leases.list();
    expect(free).toMatchObject({ name: 'board', holder: null, token: 1 });
    expect(held).toMatchObject({ name: 'other', holder: 'two' });
    expect(await leases.take('board', 'one', free)).toMatchObject({ holder: 'one', token: 2 });
  });

  it('refuses the writes of whoever has a lower token than it has seen', async () => {
    const late = await store().createGeneration(BOARD);
    const batch = { changes: new Map(), after: 0n, checkpoint: 0n };
    await late.write({ ...batch, checkpoint: 5n, fence: 1 });
    const next = await store().openGeneration(BOARD, late.info.generation);
    await next.write({ ...batch, after: 5n, checkpoint: 5n, fence: 2 });
    const change = [{ id: 'a', document: { state: 'late' } }];
    const write = { changes: new Map([['tickets', change]]), after: 5n, checkpoint: 6n };
    await expect(late.write({ ...write, fence: 1 })).rejects.toMatchObject({
      code: 'conflict.fenced',
      details: { projection: 'board', generation: 1, token: 1, seen: 2 },
    });
    expect((await late.get('tickets', ['a'])).size).toBe(0);
    await next.write({ ...write, fence: 2 });
    await next.write({ ...batch, after: 6n, checkpoint: 7n });
    expect(await next.checkpoint()).toBe(7n);
  });
}
