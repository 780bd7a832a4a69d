import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Query } from '@ledgerdesk/read-store';
import { ReadModelTicketNumbers } from './ticket-numbers';

/** A list that holds the number only once it has caught up. */
class LateList {
  readonly lookUps: Query[] = [];
  readonly waits: unknown[] = [];
  isBuilt = true;
  isUpToDate = false;
  catchesUp = true;

  readonly numbers = new ReadModelTicketNumbers({
    eventStore: { head: () => Promise.resolve(42n) },
    readStore: {
      find: async (_projection, _collection, query) => {
        this.lookUps.push(query);
        if (!this.isBuilt) throw new LedgerdeskError('unavailable.projection', 'none is live');
        const items = this.isUpToDate ? [{ id: 'ticket-1', document: {} }] : [];
        return { items, nextCursor: null };
      },
    },
    projections: {
      waitFor: async (...asked) => {
        this.waits.push(asked);
        this.isUpToDate = this.catchesUp;
        this.isBuilt ||= this.catchesUp;
        return this.catchesUp;
      },
    },
  });
}

describe('ReadModelTicketNumbers', () => {
  it('asks the list for the number, and once only', async () => {
    const list = new LateList();
    list.isUpToDate = true;
    expect(await list.numbers.find('counter', 'CNT-000001')).toBe('ticket-1');
    expect(await list.numbers.find('counter', 'CNT-000001')).toBe('ticket-1');
    expect(list.lookUps).toEqual([{ filter: { number: 'CNT-000001' }, limit: 1 }]);
    expect(list.waits).toEqual([]);
  });

  it('lets a list that is behind catch up, bounded, and asks once more', async () => {
    const list = new LateList();
    expect(await list.numbers.find('counter', 'CNT-000001')).toBe('ticket-1');
    expect(list.waits).toEqual([['counter-list', 42n, 2000]]);
    expect(list.lookUps).toHaveLength(2);
  });

  it('finds nothing when the list is up to date without it', async () => {
    const list = new LateList();
    list.catchesUp = false;
    expect(await list.numbers.find('counter', 'CNT-000001')).toBeUndefined();
  });

  it('waits for a list that is being built, and is unavailable when it does not come', async () => {
    const list = new LateList();
    list.isBuilt = false;
    expect(await list.numbers.find('counter', 'CNT-000001')).toBe('ticket-1');
    const never = new LateList();
    never.isBuilt = false;
    never.catchesUp = false;
    await expect(never.numbers.find('counter', 'CNT-000001')).rejects.toMatchObject({
      code: 'unavailable.projection',
    });
  });

  it('knows without asking what it was told', async () => {
    const list = new LateList();
    list.numbers.remember('counter', 'CNT-000007', 'ticket-7');
    expect(await list.numbers.find('counter', 'CNT-000007')).toBe('ticket-7');
    expect(list.lookUps).toEqual([]);
  });
});
