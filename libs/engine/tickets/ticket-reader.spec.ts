import { openEventStore } from '@ledgerdesk/event-store';
import { sha256 } from '../ids';
import {
  CloseCounter,
  CounterDesk,
  errorOf,
  ManualClock,
  openTestEngine,
  storedEvents,
} from '../testing';

describe('TicketReader', () => {
  it('loads a ticket by id, by id in capitals and by number', async () => {
    const desk = new CounterDesk(await openTestEngine());
    const { id, number, state, revision } = await desk.open({}, 3);
    for (const reference of [id, id.toUpperCase(), number]) {
      expect(await desk.engine.tickets.load('counter', reference)).toMatchObject({
        id,
        state,
        revision,
      });
    }
  });

  it('sees what another engine wrote a moment ago', async () => {
    const eventStore = await openEventStore('memory:');
    const ours = new CounterDesk(await openTestEngine({ eventStore }));
    const theirs = new CounterDesk(await openTestEngine({ eventStore }));
    const { id } = await ours.open();
    await theirs.add(id, 5, { commandId: 'theirs' });
    const ticket = await ours.engine.tickets.load('counter', id);
    expect(ticket).toMatchObject({ revision: 1n, state: { total: 5 } });
  });

  it('gives the same ticket from the cache as from the log', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = new CounterDesk(await openTestEngine({ eventStore }));
    const { id } = await desk.open({}, 5);
    await desk.add(id, 2);
    const cached = await desk.engine.tickets.load('counter', id);
    const fresh = await (await openTestEngine({ eventStore })).tickets.load('counter', id);
    expect(fresh).toEqual(cached);
  });

  it.each([['01900000-0000-7000-8000-ffffffffffff'], ['CNT-000099'], ['nonsense']])(
    'is missing %s',
    async (reference) => {
      const { tickets } = await openTestEngine();
      expect((await errorOf(tickets.load('counter', reference))).code).toBe('missing.ticket');
    },
  );

  it('yields the events of a ticket, all or those behind a revision', async () => {
    const desk = new CounterDesk(await openTestEngine());
    const { id } = await desk.open({}, 1);
    await desk.add(id, 2);
    const revisions = async (after?: bigint): Promise<bigint[]> => {
      const seen: bigint[] = [];
      const options = after === undefined ? {} : { after };
      for await (const { revision } of desk.engine.tickets.events('counter', id, options)) {
        seen.push(revision);
      }
      return seen;
    };
    expect(await revisions()).toEqual([0n, 1n, 2n]);
    expect(await revisions(1n)).toEqual([2n]);
  });

  it('refuses a stream whose chain is broken instead of folding it', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = new CounterDesk(await openTestEngine({ eventStore }));
    const { id, stream } = await desk.open();
    const [first] = await storedEvents(eventStore, stream);
    const body = JSON.stringify({ ...(JSON.parse(first?.body ?? '{}') as object), revision: '1' });
    await eventStore.append({
      stream,
      expectedRevision: 0n,
      events: [
        {
          id: '01900000-0000-7000-8000-00000000ffff',
          type: 'CounterOpened',
          body,
          hash: sha256(body),
        },
      ],
    });
    expect((await errorOf(desk.engine.tickets.load('counter', id))).code).toBe('corrupt.stream');
  });
});

describe('a ticket as it was', () => {
  it('is told apart by business time, recording time and position', async () => {
    const clock = new ManualClock();
    const desk = new CounterDesk(await openTestEngine({ clock }));
    const { id } = await desk.open();
    clock.advance(60_000);
    const { position } = await desk.add(id, 10);
    clock.advance(60_000);
    // Told late: it had happened half a minute after the opening.
    await desk.add(id, 100, { occurredAt: '2026-01-01T00:00:30.000Z' });
    await desk.send(new CloseCounter(), { ticket: id });
    const total = async (instant: Parameters<typeof desk.engine.tickets.at>[2]): Promise<unknown> =>
      (await desk.engine.tickets.at('counter', id, instant)).state;
    expect(await total({ occurredAt: '2026-01-01T00:00:30.000Z' })).toMatchObject({ total: 100 });
    expect(await total({ recordedAt: '2026-01-01T00:01:30.000Z' })).toMatchObject({ total: 10 });
    expect(await total({ position })).toMatchObject({ total: 10, state: 'open' });
    expect(await total({ recordedAt: '2026-01-01T00:02:00.000Z' })).toMatchObject({
      total: 110,
      state: 'closed',
    });
  });

  it('is missing before it was there', async () => {
    const desk = new CounterDesk(await openTestEngine());
    const { id } = await desk.open();
    const asked = desk.engine.tickets.at('counter', id, { recordedAt: '2025-12-31T00:00:00.000Z' });
    expect((await errorOf(asked)).code).toBe('missing.ticket-at');
  });
});
