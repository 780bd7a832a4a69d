import { RequestDesk } from '../testing/request-desk';
import { requestProcess } from '../testing/request.process';
import { factsKeeper } from '../ticket-facts';
import { ticketListProjection } from './ticket-list.projection';
import { listTickets } from './ticket-list.query';

describe('the list of a process', () => {
  let desk: RequestDesk;

  beforeEach(async () => {
    desk = await RequestDesk.open();
  });

  afterEach(() => desk.close());

  it('has what the listing says, and where the ticket stands', async () => {
    await desk.change('a', '2026-03-01T08:00', {
      state: 'new',
      number: 'REQ1',
      title: 'Paper',
      priority: 2,
    });
    await desk.note('a', '2026-03-01T09:00');
    const page = await listTickets(await desk.read(), requestProcess);
    expect(page).toEqual({
      items: [
        {
          id: 'a',
          number: 'REQ1',
          title: 'Paper',
          priority: 2,
          assignmentGroup: null,
          tags: [],
          state: 'new',
          stateCategory: 'open',
          openedAt: '2026-03-01T08:00:00.000Z',
          updatedAt: '2026-03-01T09:00:00.000Z',
          revision: 1,
          position: '2',
        },
      ],
      nextCursor: null,
      position: '2',
    });
  });

  it('keeps only facts that differ from those of a ticket before its first event', async () => {
    await desk.change('a', '2026-03-01T08:00', { state: 'new', title: 'Paper', priority: 2 });
    await desk.change('a', '2026-03-01T08:00', { priority: null, tags: ['x'] });
    const document = await (await desk.read()).get('request-list', 'request-list', 'a');
    expect(document?.['facts']).toEqual({ state: 'new', title: 'Paper', tags: ['x'] });
  });

  it('folds a document that comes from the store as one that it has just made', async () => {
    await desk.change('a', '2026-03-01T08:00', { state: 'new', title: 'Paper', tags: ['x'] });
    const stored = await (await desk.read()).get('request-list', 'request-list', 'a');
    const next = {
      type: 'RequestChanged',
      stream: 'request-a',
      revision: 1n,
      position: 2n,
      occurredAt: '2026-03-02T00:00:00.000Z',
      data: { facts: { priority: 1 } },
    } as never;
    const fresh = ticketListProjection(factsKeeper(requestProcess)).fold(stored, next);
    expect(fresh).toMatchObject({ title: 'Paper', tags: ['x'], priority: 1, state: 'new' });
    expect(fresh).toMatchObject({ openedAt: '2026-03-01T08:00:00.000Z', facts: { priority: 1 } });
  });

  it('is searched, filtered, sorted and paged, and counts on demand', async () => {
    for (const [ticket, priority] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ] as const) {
      await desk.change(ticket, '2026-03-01T08:00', {
        state: ticket === 'c' ? 'closed' : 'new',
        title: `Paper for ${ticket}`,
        priority,
      });
    }
    const readStore = await desk.read();
    const first = await listTickets(readStore, requestProcess, {
      filter: { stateCategory: 'open' },
      sort: { field: 'priority', direction: 'ascending' },
      limit: 1,
      isTotalWanted: true,
    });
    expect(first).toMatchObject({ items: [{ id: 'b' }], total: 2 });
    const second = await listTickets(readStore, requestProcess, {
      filter: { stateCategory: 'open' },
      sort: { field: 'priority', direction: 'ascending' },
      limit: 1,
      cursor: first.nextCursor ?? '',
    });
    expect(second).toMatchObject({ items: [{ id: 'a' }], nextCursor: null });
    const found = await listTickets(readStore, requestProcess, {
      text: 'paper c',
      filter: { state: 'closed' },
    });
    expect(found.items.map(({ id }) => id)).toEqual(['c']);
  });
});
