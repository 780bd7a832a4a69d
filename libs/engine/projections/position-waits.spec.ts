import { OPEN_WAITS_MAX, PositionWaits } from './position-waits';

describe('PositionWaits', () => {
  it('answers at once for a position that was reached before', async () => {
    const waits = new PositionWaits();
    waits.advance('list', 5n);
    expect(await waits.until('list', 5n, 0)).toBe(true);
  });

  it('wakes those whose position is reached, and only them', async () => {
    const waits = new PositionWaits();
    const near = waits.until('list', 3n, 10_000);
    const far = waits.until('list', 9n, 10_000);
    const other = waits.until('board', 1n, 10_000);
    waits.advance('list', 4n);
    expect(await near).toBe(true);
    expect(waits.hasWaits('list')).toBe(true);
    waits.giveUp('list');
    expect(await far).toBe(false);
    waits.close();
    expect(await other).toBe(false);
    expect(await waits.until('board', 1n, 10_000)).toBe(false);
  });

  it('says no when the time is up', async () => {
    const waits = new PositionWaits();
    expect(await waits.until('list', 1n, 5)).toBe(false);
    expect(waits.hasWaits('list')).toBe(false);
  });

  it('refuses more waits than it can bear', async () => {
    const waits = new PositionWaits();
    const open = Array.from({ length: OPEN_WAITS_MAX }, () => waits.until('list', 1n, 60_000));
    await expect(waits.until('list', 1n, 60_000)).rejects.toMatchObject({
      code: 'limit.projection-waits',
    });
    waits.close();
    expect(new Set(await Promise.all(open))).toEqual(new Set([false]));
  });
});
