import {
  CloseCounter,
  CounterDesk,
  errorOf,
  Follow,
  ManualClock,
  openTestEngine,
  storedEvents,
} from '../testing';

const at = (occurredAt: string): { occurredAt: string } => ({ occurredAt });

async function deskWithCounter(): Promise<{ desk: CounterDesk; id: string }> {
  const desk = new CounterDesk(await openTestEngine({ clock: new ManualClock() }));
  const { id } = await desk.open(at('2025-12-01T00:00:00Z'));
  return { desk, id };
}

describe('the business time of a command', () => {
  it('may be late down to the first event, and not before it', async () => {
    const { desk, id } = await deskWithCounter();
    await desk.add(id, 1);
    const { events } = await desk.add(id, 1, at('2025-12-01T00:00:00Z'));
    expect(events[0]?.occurredAt).toBe('2025-12-01T00:00:00.000Z');
    const error = await errorOf(desk.add(id, 1, at('2025-11-30T23:59:59Z')));
    expect(error.code).toBe('invalid.occurred-at');
    expect(error.details['earliest']).toBe('2025-12-01T00:00:00.000Z');
  });

  it('is not before the ticket began for a command that moves it', async () => {
    const { desk, id } = await deskWithCounter();
    const close = desk.send(new CloseCounter(), { ticket: id, ...at('2025-11-30T00:00:00Z') });
    expect((await errorOf(close)).code).toBe('invalid.occurred-at');
  });

  it('of a companion moves up to the birth of its ticket', async () => {
    const { desk, id } = await deskWithCounter();
    const younger = await desk.open();
    const follow = Object.assign(new Follow(), { counter: younger.id });
    await desk.send(follow, { ticket: id, ...at('2025-12-02T00:00:00Z') });
    const found = await desk.engine.tickets.load('counter', younger.id);
    expect(found.revision).toBe(1n);
    const times = (await storedEvents(desk.engine.eventStore, found.stream)).map(
      ({ body }) => (JSON.parse(body) as { readonly occurredAt: string }).occurredAt,
    );
    expect(times).toEqual([times[0], times[0]]);
    expect(times[0]).not.toBe('2025-12-02T00:00:00.000Z');
  });

  it('tells the senders of one command id apart', async () => {
    const { desk, id } = await deskWithCounter();
    await desk.add(id, 1, { commandId: 'one' });
    for (const other of [{ actor: 'grace' }, { onBehalfOf: 'grace' }]) {
      const error = await errorOf(desk.add(id, 1, { commandId: 'one', ...other }));
      expect(error.code).toBe('invalid.command-id-reused');
    }
  });
});
