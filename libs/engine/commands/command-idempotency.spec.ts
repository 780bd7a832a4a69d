import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import {
  add,
  CloseCounter,
  CounterDesk,
  errorOf,
  ForkCounter,
  InterceptedEventStore,
  openTestEngine,
  storedEvents,
} from '../testing';
import { sealEvents } from './event-sealing';

async function deskOn(
  eventStore: EventStore,
  limits: { readonly [name: string]: number } = {},
): Promise<CounterDesk> {
  return new CounterDesk(await openTestEngine({ eventStore, limits }));
}

async function intercepted(): Promise<InterceptedEventStore> {
  return new InterceptedEventStore(await openEventStore('memory:'));
}

/** A counter that no command of this engine began. */
function importedCounter(id: string): ReturnType<typeof sealEvents> {
  const opened = { number: 'OLD-7', title: 'Imported', forkedFrom: null };
  return sealEvents([{ type: 'CounterOpened', data: opened }], () => 1, {
    stream: `counter-${id}`,
    revision: -1n,
    hash: '0'.repeat(64),
    occurredAt: '2020-01-01T00:00:00.000Z',
    recordedAt: '2026-01-01T00:00:00.000Z',
    metadata: {
      tenant: 'acme',
      actor: 'ada',
      onBehalfOf: null,
      origin: { kind: 'import', id: 'spec', version: '1' },
      correlationId: 'import-1',
      causationId: null,
      commandId: 'import-1',
      commandDigest: 'a'.repeat(64),
    },
  });
}

const lostAnswer = (): LedgerdeskError => new LedgerdeskError('unknown-outcome.append', 'lost');

describe('the same command sent again', () => {
  it('gives the first outcome, as it was then, and appends nothing', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const { id, stream } = await desk.open();
    const first = await desk.add(id, 1, { commandId: 'once' });
    await desk.add(id, 10);
    const again = await desk.add(id, 1, { commandId: 'once' });
    expect(again).toEqual({ ...first, repeated: true });
    expect(await storedEvents(eventStore, stream)).toHaveLength(3);
  });

  it('has one effect when all of them are under way at once', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const { id, stream } = await desk.open();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => desk.add(id, 1, { commandId: 'once' })),
    );
    expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(outcomes.map(({ revision }) => revision))).toEqual(new Set([1n]));
    expect(await storedEvents(eventStore, stream)).toHaveLength(2);
  });

  it('creates one ticket when the answer to the first is still on its way', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const outcomes = await Promise.all([1, 2, 3].map(() => desk.open({ commandId: 'once' })));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
    expect(await storedEvents(eventStore, outcomes[0]?.stream ?? '')).toHaveLength(1);
  });

  it('is still known after a restart on the same files', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-pipeline-'));
    try {
      const before = await openEventStore({ dir });
      const first = await (await deskOn(before)).open({ commandId: 'once' }, 4);
      await before.close();
      const after = await openEventStore({ dir });
      const desk = await deskOn(after);
      expect(await desk.open({ commandId: 'once' }, 4)).toEqual({ ...first, repeated: true });
      expect(await storedEvents(after, first.stream)).toHaveLength(2);
      await after.close();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('gives the first outcome though the command would be refused by now', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const { id } = await desk.open();
    const first = await desk.add(id, 1, { commandId: 'once' });
    await desk.send(new CloseCounter(), { ticket: id });
    const restarted = await deskOn(eventStore);
    expect(await restarted.add(id, 1, { commandId: 'once' })).toEqual({ ...first, repeated: true });
  });

  it.each([
    ['another body', { command: add(2) }],
    ['another command', { command: new CloseCounter() }],
    ['another tenant', { tenant: 'globex' }],
  ])('is refused with %s under the same id', async (_what, other) => {
    const desk = await deskOn(await openEventStore('memory:'));
    const { id } = await desk.open();
    await desk.add(id, 1, { commandId: 'once' });
    const error = await errorOf(desk.add(id, 1, { commandId: 'once', ...other }));
    expect(error.code).toBe('invalid.command-id-reused');
  });

  it('is refused with another body when it creates a ticket, also after a restart', async () => {
    const eventStore = await openEventStore('memory:');
    await (await deskOn(eventStore)).open({ commandId: 'once' });
    const restarted = await deskOn(eventStore);
    const error = await errorOf(restarted.open({ commandId: 'once' }, 5));
    expect(error.code).toBe('invalid.command-id-reused');
  });

  it.each([
    ['a command that begins a ticket', undefined],
    ['a command that spawns one', new ForkCounter()],
  ])('never adds %s to a ticket that is there under its id', async (_what, fork) => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore);
    const taken = '01900000-0000-7000-8000-00000000aaaa';
    const source = await desk.open();
    await eventStore.append({
      stream: `counter-${taken}`,
      expectedRevision: 'no-stream',
      events: importedCounter(taken),
    });
    const sent =
      fork === undefined
        ? desk.open({ commandId: taken })
        : desk.send(fork, { ticket: source.id, commandId: taken });
    expect((await errorOf(sent)).code).toBe('invalid.command-id-reused');
    expect(await storedEvents(eventStore, `counter-${taken}`)).toHaveLength(1);
  });

  it('is known in a stream whose folding was thrown out of the cache', async () => {
    const eventStore = await openEventStore('memory:');
    const desk = await deskOn(eventStore, { cachedStreamsMax: 1 });
    const [one, two] = [await desk.open(), await desk.open()];
    const sent = [one, two, one, two].map((counter, i) => ({
      id: counter.id,
      commandId: `c-${i}`,
    }));
    for (const { id, commandId } of sent) await desk.add(id, 1, { commandId });
    for (const { id, commandId } of sent) {
      expect(await desk.add(id, 1, { commandId })).toMatchObject({ repeated: true });
    }
    expect(await desk.engine.tickets.load('counter', one.id)).toMatchObject({ revision: 2n });
    expect(desk.engine.metrics().cache.streams).toBe(1);
  });
});

describe('a conflict', () => {
  it('is decided again on fresh state', async () => {
    const eventStore = await openEventStore('memory:');
    const [ours, theirs] = [await deskOn(eventStore), await deskOn(eventStore)];
    const { id } = await ours.open();
    await theirs.add(id, 5, { commandId: 'theirs' });
    const outcome = await ours.add(id, 1, { commandId: 'ours' });
    expect(outcome).toMatchObject({ revision: 2n, state: { total: 6 } });
    expect(ours.engine.metrics().conflicts).toBe(1);
  });

  it('is found where the other engine took the same command', async () => {
    const eventStore = await openEventStore('memory:');
    const [ours, theirs] = [await deskOn(eventStore), await deskOn(eventStore)];
    const { id, stream } = await ours.open();
    const first = await theirs.add(id, 5, { commandId: 'once' });
    expect(await ours.add(id, 5, { commandId: 'once' })).toEqual({ ...first, repeated: true });
    expect(await storedEvents(eventStore, stream)).toHaveLength(2);
  });

  it('never leads to a refusal out of a state that is over', async () => {
    const eventStore = await openEventStore('memory:');
    const [ours, theirs] = [await deskOn(eventStore), await deskOn(eventStore)];
    const { id } = await ours.open({}, 1000);
    await theirs.add(id, -500, { commandId: 'theirs' });
    // By what this engine has cached, 1,000 + 400 would be over the limit.
    expect(await ours.add(id, 400)).toMatchObject({ state: { total: 900 } });
  });

  it('is given up after six decisions, and nothing is written', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore);
    const { id } = await desk.open();
    let appends = 0;
    eventStore.onAppend = async () => {
      appends += 1;
      throw new LedgerdeskError('conflict.revision', 'someone was faster');
    };
    expect((await errorOf(desk.add(id, 1))).code).toBe('conflict.revision');
    expect(appends).toBe(6);
  });
});

describe('a lost answer', () => {
  it('is found in the log when the append was stored', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore);
    const { id, stream } = await desk.open();
    let sendings = 0;
    eventStore.onAppend = async (_request, pass) => {
      sendings += 1;
      await pass();
      throw lostAnswer();
    };
    const outcome = await desk.add(id, 1);
    expect(outcome).toMatchObject({ revision: 1n, repeated: false, state: { total: 1 } });
    expect(sendings).toBe(1);
    expect(await storedEvents(eventStore, stream)).toHaveLength(2);
    expect(desk.engine.metrics().lostAnswers).toEqual({ lost: 1, resolved: 1 });
  });

  it('leads to the very same append again when it was not stored', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore);
    const { id } = await desk.open();
    const requests: unknown[] = [];
    eventStore.onAppend = async (request, pass) => {
      requests.push(request);
      if (requests.length < 3) throw lostAnswer();
      return pass();
    };
    expect(await desk.add(id, 1)).toMatchObject({ revision: 1n, repeated: false });
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
  });

  it('counts as lost when the store stays silent, and late arrival does no harm', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore, { appendTimeoutMs: 20 });
    const { id, stream } = await desk.open();
    let arrive: () => Promise<unknown> = () => Promise.resolve();
    eventStore.onAppend = (_request, pass) => {
      arrive = pass;
      eventStore.onAppend = undefined;
      return new Promise(() => undefined);
    };
    const outcome = await desk.add(id, 1);
    await arrive();
    expect(outcome).toMatchObject({ revision: 1n, state: { total: 1 } });
    expect(await storedEvents(eventStore, stream)).toHaveLength(2);
  });

  it('is told as an unknown outcome when it cannot be found out, and a retry is safe', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore);
    const { id, stream } = await desk.open();
    eventStore.onAppend = async (_request, pass) => {
      await pass();
      eventStore.onReadStream = () => {
        throw new LedgerdeskError('unavailable.event-store', 'down');
      };
      throw lostAnswer();
    };
    const error = await errorOf(desk.add(id, 1, { commandId: 'once' }));
    expect(error.code).toBe('unknown-outcome.append');
    eventStore.onReadStream = undefined;
    eventStore.onAppend = undefined;
    const again = await desk.add(id, 1, { commandId: 'once' });
    expect(again).toMatchObject({ revision: 1n, repeated: true });
    expect(await storedEvents(eventStore, stream)).toHaveLength(2);
  });

  it('is no cover for an error that says nothing was written', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore);
    const { id } = await desk.open();
    let sendings = 0;
    eventStore.onAppend = async () => {
      sendings += 1;
      throw new LedgerdeskError('unavailable.disk-full', 'no room');
    };
    expect((await errorOf(desk.add(id, 1))).code).toBe('unavailable.disk-full');
    expect(sendings).toBe(1);
  });

  it('is what an error without a name counts as', async () => {
    const eventStore = await intercepted();
    const desk = await deskOn(eventStore);
    const { id } = await desk.open();
    eventStore.onAppend = async (_request, pass) => {
      await pass();
      throw new TypeError('cannot read properties of undefined');
    };
    expect(await desk.add(id, 1)).toMatchObject({ revision: 1n, repeated: false });
  });

  it('while another engine took the place: the command is decided again', async () => {
    const inner = await openEventStore('memory:');
    const eventStore = new InterceptedEventStore(inner);
    const desk = await deskOn(eventStore);
    const other = await deskOn(inner);
    const { id } = await desk.open();
    eventStore.onAppend = async () => {
      eventStore.onAppend = undefined;
      await other.add(id, 100, { commandId: 'theirs' });
      throw lostAnswer();
    };
    const outcome = await desk.add(id, 1, { commandId: 'ours' });
    expect(outcome).toMatchObject({ revision: 2n, state: { total: 101 }, repeated: false });
  });
});
