import {
  areSettled,
  batchAfter,
  BATCH_TICKETS_MAX,
  beginBatches,
  noBatches,
  settleTicket,
} from './ticket-batches';

const tickets = Array.from({ length: 2 * BATCH_TICKETS_MAX + 1 }, (_, index) => `t${index}`);

describe('batches of tickets', () => {
  it('hand each ticket out once, a batch when the one before is settled', () => {
    let batches = beginBatches(noBatches, tickets);
    const sizes = [batches.batch.length];
    const seen = [...batches.batch];
    for (const ticket of tickets) {
      expect(areSettled(batches)).toBe(false);
      batches = settleTicket(batches, ticket);
      const next = batchAfter(batches, ticket);
      if (next.length > 0) sizes.push(next.length);
      seen.push(...next);
    }
    expect(sizes).toEqual([BATCH_TICKETS_MAX, BATCH_TICKETS_MAX, 1]);
    expect(seen).toEqual(tickets);
    expect(areSettled(batches)).toBe(true);
  });

  it('begin after the one outcome that let them, also where more are folded by then', () => {
    const [last = '', before = ''] = tickets.slice(0, BATCH_TICKETS_MAX).reverse();
    const batches = tickets
      .slice(0, BATCH_TICKETS_MAX)
      .reduce(settleTicket, beginBatches(noBatches, tickets));
    expect(batchAfter(batches, before)).toEqual([]);
    expect(batchAfter(batches, last)).toHaveLength(BATCH_TICKETS_MAX);
  });

  it('are not moved on by a ticket that is not under way', () => {
    const batches = beginBatches(noBatches, tickets);
    expect(settleTicket(batches, 'other')).toBe(batches);
    expect(batchAfter(batches, 'other')).toEqual([]);
  });

  it('begin anew with what is under way still to be settled', () => {
    const batches = beginBatches(beginBatches(noBatches, ['a']), ['b']);
    expect(batches).toMatchObject({ batch: ['b'], underWay: ['a', 'b'], queue: [] });
    expect(areSettled(settleTicket(settleTicket(batches, 'a'), 'b'))).toBe(true);
  });
});
