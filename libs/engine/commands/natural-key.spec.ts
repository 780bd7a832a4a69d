import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import type { LedgerdeskError } from '@ledgerdesk/kernel';
import type { CommandOutcome, CommandRequest } from '../command-request';
import {
  CloseCounter,
  CounterDesk,
  countingIds,
  errorOf,
  InterceptedEventStore,
  OpenCounter,
  openTestEngine,
  storedEvents,
} from '../testing';
import { ticketIdOf, ticketIdOfKey } from './command-digest';

let desks = 0;

/** A desk at an engine of its own; no two desks give the same command id. */
async function deskOn(eventStore: EventStore): Promise<CounterDesk> {
  desks += 1;
  return new CounterDesk(await openTestEngine({ eventStore }), countingIds(desks * 1000));
}

function openKeyed(
  desk: CounterDesk,
  key: string,
  request: Partial<CommandRequest> = {},
  title = 'Cups',
): Promise<CommandOutcome> {
  return desk.send(Object.assign(new OpenCounter(), { title, key }), request);
}

describe('a command with a natural key', () => {
  it('begins a ticket whose id derives from the key, whatever the id of the command is', async () => {
    const ids = await Promise.all(
      ['01900000-0000-7000-8000-00000000abcd', 'kitchen'].map(async (commandId) => {
        const desk = await deskOn(await openEventStore('memory:'));
        return (await openKeyed(desk, 'kitchen', { commandId })).id;
      }),
    );
    expect(new Set(ids)).toEqual(new Set([ticketIdOfKey('acme', 'counter', 'kitchen')]));
  });

  it('never meets the ticket of a command whose id reads like the key', () => {
    expect(ticketIdOfKey('acme', 'counter', 'kitchen')).not.toBe(
      ticketIdOf('acme', 'counter', 'kitchen'),
    );
  });

  it.each([
    ['key', 'hall', {}],
    ['tenant', 'kitchen', { tenant: 'globex' }],
  ])('begins another ticket for another %s', async (_what, key, request) => {
    const desk = await deskOn(await openEventStore('memory:'));
    const first = await openKeyed(desk, 'kitchen');
    const other = await openKeyed(desk, key, request);
    expect(other.id).not.toBe(first.id);
    expect(other).toMatchObject({ number: 'CNT-000002', repeated: false });
  });

  it('keeps keys apart whose parts run into each other', () => {
    expect(ticketIdOfKey('a', 'b', 'c","d')).not.toBe(ticketIdOfKey('a', 'b","c', 'd'));
  });
});

describe('a second command with the same natural key', () => {
  it('is refused, names the first ticket and appends nothing', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const { id, number, stream } = await openKeyed(desk, 'kitchen');
    const error = await errorOf(openKeyed(desk, 'kitchen', {}, 'Plates'));
    expect(error).toMatchObject({
      code: 'refused.exists',
      message: expect.stringContaining(number) as string,
      details: { process: 'counter', command: 'OpenCounter', ticket: id, number, state: 'open' },
    });
    expect(await storedEvents(eventStore, stream)).toHaveLength(1);
  });

  it('is refused after a restart too', async () => {
    const eventStore = await openEventStore('memory:');
    const { id } = await openKeyed(await deskOn(eventStore), 'kitchen');
    const error = await errorOf(openKeyed(await deskOn(eventStore), 'kitchen'));
    expect(error).toMatchObject({ code: 'refused.exists', details: { ticket: id } });
  });

  it('is told the state as of now, though another engine has just changed it', async () => {
    const eventStore = await openEventStore('memory:');
    const [ours, theirs] = [await deskOn(eventStore), await deskOn(eventStore)];
    const { id } = await openKeyed(ours, 'kitchen');
    await theirs.send(new CloseCounter(), { ticket: id });
    const error = await errorOf(openKeyed(ours, 'kitchen'));
    expect(error.details).toMatchObject({ ticket: id, state: 'closed' });
  });

  it('takes no number', async () => {
    const desk = await deskOn(await openEventStore('memory:'));
    await openKeyed(desk, 'kitchen');
    await errorOf(openKeyed(desk, 'kitchen'));
    expect(await desk.open()).toMatchObject({ number: 'CNT-000002' });
  });

  it('is refused where the first one comes in between', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const [ours, theirs] = [await deskOn(eventStore), await deskOn(eventStore)];
    let first: CommandOutcome | undefined;
    eventStore.onAppend = async ({ stream }, pass) => {
      if (!stream.startsWith('counter-')) return pass();
      eventStore.onAppend = undefined;
      first = await openKeyed(theirs, 'kitchen');
      return pass();
    };
    const error = await errorOf(openKeyed(ours, 'kitchen'));
    expect(error).toMatchObject({ code: 'refused.exists', details: { ticket: first?.id } });
  });

  it('is one of many when all come at once at two engines: one is taken', async () => {
    const eventStore = await openEventStore('memory:');
    const engines = [await deskOn(eventStore), await deskOn(eventStore)];
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => engines.map((desk) => openKeyed(desk, 'kitchen'))).flat(),
    );
    const taken = results.filter(({ status }) => status === 'fulfilled');
    const codes = results.flatMap((result) =>
      result.status === 'rejected' ? (result.reason as LedgerdeskError).code : [],
    );
    expect(taken).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['refused.exists']));
  });
});

describe('the same command with a natural key sent again', () => {
  it.each([
    ['at the same engine', (desk: CounterDesk): CounterDesk => desk],
    ['after a restart', (_: CounterDesk, restarted: CounterDesk): CounterDesk => restarted],
  ])('gives the first outcome %s', async (_when, choose) => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const first = await openKeyed(desk, 'kitchen', { commandId: 'once' });
    await desk.add(first.id, 3);
    const again = choose(desk, await deskOn(eventStore));
    expect(await openKeyed(again, 'kitchen', { commandId: 'once' })).toEqual({
      ...first,
      repeated: true,
    });
    expect(await storedEvents(eventStore, first.stream)).toHaveLength(2);
  });

  it('is refused with another body under its id', async () => {
    const desk = await deskOn(await openEventStore('memory:'));
    await openKeyed(desk, 'kitchen', { commandId: 'once' });
    const error = await errorOf(openKeyed(desk, 'kitchen', { commandId: 'once' }, 'Plates'));
    expect(error.code).toBe('invalid.command-id-reused');
  });
});
