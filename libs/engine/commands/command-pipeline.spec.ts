import { openEventStore } from '@ledgerdesk/event-store';
import {
  AddAll,
  AttachReceipt,
  CloseCounter,
  CounterDesk,
  Entry,
  errorOf,
  ForkCounter,
  InterceptedEventStore,
  ManualClock,
  OpenCounter,
  openTestEngine,
  storedEvents,
  Touch,
  type CounterState,
} from '../testing';
import { MemoryBlobStore } from '../blobs/memory-blob-store';
import { isUuid } from '../ids';

const text = (content: string): AsyncIterable<Uint8Array> =>
  (async function* () {
    yield Buffer.from(content);
  })();

async function newDesk(): Promise<CounterDesk> {
  return new CounterDesk(await openTestEngine());
}

describe('an accepted command', () => {
  it('answers with the state right behind its events and where they stand', async () => {
    const desk = await newDesk();
    const outcome = await desk.open({}, 5);
    expect(outcome).toMatchObject({
      number: 'CNT-000001',
      stream: `counter-${outcome.id}`,
      revision: 1n,
      repeated: false,
      state: { state: 'open', number: 'CNT-000001', total: 5 },
    });
    expect(outcome.events.map(({ type }) => type)).toEqual(['CounterOpened', 'CounterAdded']);
    expect(outcome.events.at(-1)?.position).toBe(outcome.position);
  });

  it('writes the envelope: who, for whom, why, when, under which command', async () => {
    const clock = new ManualClock();
    const desk = new CounterDesk(await openTestEngine({ clock }));
    const { id } = await desk.open({ occurredAt: '2025-12-31T20:00:00Z' });
    clock.advance(60_000);
    const { events } = await desk.add(id, 1, {
      commandId: 'order-7',
      onBehalfOf: 'grace',
      correlationId: 'call-1',
      causationId: 'cause-1',
      occurredAt: '2025-12-31T23:00:00+02:00',
    });
    expect(events).toEqual([
      expect.objectContaining({
        tenant: 'acme',
        actor: 'ada',
        onBehalfOf: 'grace',
        origin: { kind: 'api', id: 'spec', version: '1' },
        correlationId: 'call-1',
        causationId: 'cause-1',
        commandId: 'order-7',
        commandDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
        occurredAt: '2025-12-31T21:00:00.000Z',
        recordedAt: '2026-01-01T00:01:00.000Z',
      }),
    ]);
  });

  it('chains each event to the hash of the one before it', async () => {
    const desk = await newDesk();
    const { id, stream } = await desk.open({}, 1);
    await desk.add(id, 2);
    const rows = await storedEvents(desk.engine.eventStore, stream);
    const sealed = rows.map(({ body }) => JSON.parse(body) as { previousHash: string });
    expect(sealed.map(({ previousHash }) => previousHash)).toEqual([
      '0'.repeat(64),
      ...rows.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it('takes a UUIDv7 command id as the id of the ticket it creates, and derives one otherwise', async () => {
    const desk = await newDesk();
    const commandId = '01900000-0000-7000-8000-00000000abcd';
    expect((await desk.open({ commandId })).id).toBe(commandId);
    const derived = await desk.open({ commandId: 'order-1' });
    expect(isUuid(derived.id)).toBe(true);
    const otherTenant = await desk.open({ commandId: 'order-1', tenant: 'globex' });
    expect(otherTenant.id).not.toBe(derived.id);
  });

  it('may lead to no event: then it answers with the ticket as it stands', async () => {
    const desk = await newDesk();
    const { id, revision, position } = await desk.open();
    const outcome = await desk.send(new Touch(), { ticket: id });
    expect(outcome).toMatchObject({ revision, position, events: [], repeated: false });
  });

  it.each([1n, 10n])(
    'gives the positions of the log, on a store with stride %d',
    async (stride) => {
      const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
      eventStore.positionStride = stride;
      const desk = new CounterDesk(await openTestEngine({ eventStore }));
      const { stream, events } = await desk.open({}, 5);
      const rows = await storedEvents(eventStore, stream);
      expect(events.map(({ position }) => position)).toEqual(rows.map(({ position }) => position));
    },
  );

  it('finds the ticket by its number as well', async () => {
    const desk = await newDesk();
    const { id, number } = await desk.open();
    expect(await desk.add(number, 1)).toMatchObject({ id, revision: 1n });
  });

  it('spawns a ticket of its own from the addressed one, which stays as it was', async () => {
    const desk = await newDesk();
    const first = await desk.open({}, 7);
    const fork = await desk.send(new ForkCounter(), { ticket: first.id, commandId: 'fork-1' });
    expect(fork).toMatchObject({ number: 'CNT-000002', revision: 1n, state: { total: 7 } });
    expect(fork.id).not.toBe(first.id);
    expect(await desk.engine.tickets.load('counter', first.id)).toMatchObject({ revision: 1n });
    const again = await desk.send(new ForkCounter(), { ticket: first.id, commandId: 'fork-1' });
    expect(again).toEqual({ ...fork, repeated: true });
  });

  it('sees the blobs that it needs', async () => {
    const blobs = new MemoryBlobStore();
    const desk = new CounterDesk(await openTestEngine({ blobs }));
    const { id } = await desk.open();
    const { digest } = await blobs.put(text('receipt'), 100);
    const outcome = await desk.send(Object.assign(new AttachReceipt(), { digest }), { ticket: id });
    expect((outcome.state as CounterState).receipts).toEqual([digest]);
    const unknown = Object.assign(new AttachReceipt(), { digest: '0'.repeat(64) });
    expect((await errorOf(desk.send(unknown, { ticket: id }))).code).toBe('refused.unknown-blob');
  });
});

describe('a command that is not taken', () => {
  it('is refused in the wrong state with what is allowed instead, and writes nothing', async () => {
    const desk = await newDesk();
    const { id, stream } = await desk.open();
    await desk.send(new CloseCounter(), { ticket: id });
    const error = await errorOf(desk.add(id, 1));
    expect(error.code).toBe('refused.state');
    expect(error.details).toMatchObject({ state: 'closed', allowed: ['ForkCounter'], ticket: id });
    expect(await storedEvents(desk.engine.eventStore, stream)).toHaveLength(2);
  });

  it('is refused by a guard in its own words', async () => {
    const desk = await newDesk();
    const { id } = await desk.open({}, 900);
    const error = await errorOf(desk.add(id, 200));
    expect(error.code).toBe('refused.over-limit');
    expect(error.details).toMatchObject({ limit: 1000, state: 'open' });
  });

  it('names each field that is wrong, also inside lists', async () => {
    const desk = await newDesk();
    const { id } = await desk.open();
    const long = Object.assign(new OpenCounter(), { title: 'x'.repeat(51), colour: 'red' });
    const error = await errorOf(desk.send(long));
    expect(error.code).toBe('invalid.command');
    const errors = error.details['errors'] as { field: string; rule: string }[];
    expect(errors.map(({ field, rule }) => `${field} ${rule}`).sort()).toEqual([
      'colour whitelistValidation',
      'title maxLength',
    ]);
    const entries = [Object.assign(new Entry(), { amount: 'two' })];
    const nested = await errorOf(
      desk.send(Object.assign(new AddAll(), { entries }), { ticket: id }),
    );
    expect(nested.details['errors']).toEqual([
      expect.objectContaining({ field: 'entries/0/amount', rule: 'isInt' }),
    ]);
  });

  it('may have no fields at all, and then every field is one too many', async () => {
    const desk = await newDesk();
    const { id } = await desk.open();
    const command = Object.assign(new CloseCounter(), { reason: 'done' });
    const error = await errorOf(desk.send(command, { ticket: id }));
    expect(error.details['errors']).toEqual([expect.objectContaining({ field: 'reason' })]);
  });

  it('names the field with text that no JSON can carry', async () => {
    const desk = await newDesk();
    const error = await errorOf(desk.send(Object.assign(new OpenCounter(), { title: '\ud800' })));
    expect(error.code).toBe('invalid.command');
    expect(error.details['errors']).toEqual([expect.objectContaining({ field: 'title' })]);
  });

  it.each([
    ['an unknown process', 'missing.process', { process: 'meter' }],
    ['an unknown id', 'missing.ticket', { ticket: '01900000-0000-7000-8000-ffffffffffff' }],
    ['an unknown number', 'missing.ticket', { ticket: 'CNT-999999' }],
    ['a ticket reference without bounds', 'missing.ticket', { ticket: 'x'.repeat(5000) }],
    ['what is no command of the process', 'missing.command', { command: {} }],
    ['an empty command id', 'invalid.command-id', { commandId: '' }],
    ['a command id with a space', 'invalid.command-id', { commandId: 'two words' }],
    ['a command id too long', 'invalid.command-id', { commandId: 'x'.repeat(201) }],
    ['an empty actor', 'invalid.sender', { actor: '' }],
    ['a tenant of broken Unicode', 'invalid.sender', { tenant: '\ud800' }],
    ['a principal too long', 'invalid.sender', { onBehalfOf: 'x'.repeat(201) }],
    ['a time in words', 'invalid.occurred-at', { occurredAt: 'yesterday' }],
    ['a month too many', 'invalid.occurred-at', { occurredAt: '2026-13-01T00:00:00Z' }],
    ['a day that is none', 'invalid.occurred-at', { occurredAt: '2025-02-30T00:00:00Z' }],
    ['a time in the future', 'invalid.occurred-at', { occurredAt: '2026-01-01T00:05:01Z' }],
  ])('for %s is %s', async (_what, code, request) => {
    const desk = await newDesk();
    const { id, stream } = await desk.open();
    expect((await errorOf(desk.add(id, 1, request))).code).toBe(code);
    expect(await storedEvents(desk.engine.eventStore, stream)).toHaveLength(1);
  });

  it('is missing a ticket where it needs one and none is named', async () => {
    const desk = await newDesk();
    expect((await errorOf(desk.send(new CloseCounter()))).code).toBe('missing.ticket');
  });

  it('leaves no gap in the numbers', async () => {
    const desk = await newDesk();
    await desk.open();
    const blank = Object.assign(new OpenCounter(), { title: ' ' });
    expect((await errorOf(desk.send(blank))).code).toBe('refused.blank-title');
    expect((await desk.open()).number).toBe('CNT-000002');
  });

  it('takes a business time five minutes ahead, as clocks differ', async () => {
    const desk = await newDesk();
    const { id } = await desk.open();
    const { events } = await desk.add(id, 1, { occurredAt: '2026-01-01T00:05:00Z' });
    expect(events[0]?.occurredAt).toBe('2026-01-01T00:05:00.000Z');
  });
});

describe('a pinned revision', () => {
  it('holds where the ticket stands there', async () => {
    const desk = await newDesk();
    const { id } = await desk.open();
    expect(await desk.add(id, 1, { expectedRevision: 0n })).toMatchObject({ revision: 1n });
  });

  it('is a conflict where the ticket has moved on, and says where it stands', async () => {
    const desk = await newDesk();
    const { id } = await desk.open();
    await desk.add(id, 1);
    const error = await errorOf(desk.add(id, 1, { expectedRevision: 0n }));
    expect(error.code).toBe('conflict.revision-pinned');
    expect(error.details).toMatchObject({ expected: '0', actual: '1' });
  });

  it('is a conflict where another engine wrote between the look and the append', async () => {
    const eventStore = await openEventStore('memory:');
    const ours = new CounterDesk(await openTestEngine({ eventStore }));
    const theirs = new CounterDesk(await openTestEngine({ eventStore }), () => 'theirs');
    const { id } = await ours.open();
    await theirs.add(id, 1);
    const error = await errorOf(ours.add(id, 1, { expectedRevision: 0n }));
    expect(error.code).toBe('conflict.revision-pinned');
  });

  it('is not asked again of a command that was accepted before', async () => {
    const desk = await newDesk();
    const { id } = await desk.open();
    const request = { expectedRevision: 0n, commandId: 'once' };
    const first = await desk.add(id, 1, request);
    await desk.add(id, 1);
    expect(await desk.add(id, 1, request)).toEqual({ ...first, repeated: true });
  });
});

describe('limits', () => {
  it('bounds the commands under way', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const engine = await openTestEngine({ eventStore, limits: { commandsInFlightMax: 2 } });
    const desk = new CounterDesk(engine);
    const two = [desk.open(), desk.open()];
    expect((await errorOf(desk.open())).code).toBe('limit.commands-in-flight');
    await Promise.all(two);
    await expect(desk.open()).resolves.toMatchObject({ repeated: false });
  });

  it('bounds the commands that wait for one ticket, and leaves the other tickets alone', async () => {
    const desk = new CounterDesk(await openTestEngine({ limits: { streamQueueMax: 2 } }));
    const [busy, idle] = [await desk.open(), await desk.open()];
    const three = [1, 2, 3].map((by) => desk.add(busy.id, by));
    expect((await errorOf(desk.add(busy.id, 4))).code).toBe('limit.stream-queue');
    await desk.add(idle.id, 1);
    const outcomes = await Promise.all(three);
    expect(outcomes.map(({ revision }) => revision)).toEqual([1n, 2n, 3n]);
  });

  it('counts what became of the commands', async () => {
    const desk = await newDesk();
    const { id } = await desk.open({ commandId: 'open-1' });
    await desk.open({ commandId: 'open-1' });
    await errorOf(desk.add(id, 5000));
    const { commandResults, latency, inFlight, appends, cache } = desk.engine.metrics();
    expect(Object.fromEntries(commandResults)).toEqual({
      'OpenCounter accepted': 1,
      'OpenCounter repeated': 1,
      'Add invalid': 1,
    });
    expect(latency.count).toBe(3);
    expect(latency.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect([inFlight, appends, cache.streams]).toEqual([0, 1, 1]);
  });
});

describe('closing', () => {
  it('takes no more commands and waits for those under way', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const desk = new CounterDesk(await openTestEngine({ eventStore }));
    const { id, stream } = await desk.open();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    eventStore.onAppend = async (_request, pass) => {
      await gate;
      return pass();
    };
    const order: string[] = [];
    const running = desk.add(id, 1).then(() => order.push('command'));
    const closed = desk.engine.close().then(() => order.push('closed'));
    expect((await errorOf(desk.add(id, 1))).code).toBe('unavailable.shutting-down');
    release();
    await Promise.all([running, closed]);
    expect(order).toEqual(['command', 'closed']);
    expect(await storedEvents(eventStore, stream)).toHaveLength(2);
  });
});
