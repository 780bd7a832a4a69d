import { EventStoreDBClient, eventTypeFilter } from '@eventstore/db-client';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Listener } from '../conformance/listener';
import { anEvent, append, idsOf, newCategory, newStream, someEvents } from '../conformance/subject';
import type { SubscribeOptions } from '../event-store.port';
import { EventStoreDbBed } from '../testing/eventstoredb-bed';
import type { EventStoreDbEventStore } from './eventstoredb.adapter';
import { feed } from './eventstoredb.feed';

let bed: EventStoreDbBed;
let store: EventStoreDbEventStore;
let listeners: Listener[];

beforeEach(async () => {
  bed = await EventStoreDbBed.start({ hasGate: true });
  store = await bed.open();
  listeners = [];
});

afterEach(async () => {
  for (const listener of listeners) await listener.stop();
  await bed.stop();
});

function listen(options: Omit<SubscribeOptions, 'signal'>): Listener {
  const listener = new Listener(store, options);
  listeners.push(listener);
  return listener;
}

/** Appends three events, breaks something, appends three more: all six arrive, each once. */
async function expectToSurvive(
  breakIt: () => Promise<void> | void,
  options: Pick<SubscribeOptions, 'isSparse'> = {},
): Promise<void> {
  const events = someEvents(6);
  const category = newCategory();
  const filter = { streamPrefixes: [`${category}-`] };
  const listener = listen({ after: await store.head(), filter, ...options });
  const stream = newStream(category);
  await append(store, stream, events.slice(0, 3), 'no-stream');
  await listener.untilEvents(3);
  await breakIt();
  await append(store, stream, events.slice(3), 2n);
  await listener.untilEvents(6);
  expect(idsOf(listener.events)).toEqual(idsOf(events));
}

describe('a subscription goes on', () => {
  it('after the server has ended it without an error', async () => {
    await expectToSurvive(() => bed.server.endSubscriptions('cleanly'));
    expect(store.health().subscriptionsRestarted).toBeGreaterThan(0);
  });

  it('after the server has ended it with an error', async () => {
    await expectToSurvive(() => bed.server.endSubscriptions('with-error'));
  });

  it('after the server was killed and started again', async () => {
    await expectToSurvive(() => bed.server.restart());
  });

  it('after its connection was cut', async () => {
    await expectToSurvive(() => bed.server.connections.cut());
  });

  it('after its connection was half closed', async () => {
    await expectToSurvive(() => bed.server.connections.halfClose());
  });

  it('after the client was replaced because nothing came through any more', async () => {
    await expectToSurvive(async () => {
      const swallowed = { kind: 'swallow-reply' } as const;
      bed.server.faults.failAppend(swallowed, swallowed, swallowed);
      const appends = [1, 2, 3].map(() => append(store, 'noise', [anEvent()], 'no-stream'));
      await Promise.allSettled(appends);
      expect(store.health().clientsReplaced).toBeGreaterThan(0);
    });
  });

  it('where it stays open and delivers nothing: the watchdog begins it again', async () => {
    const listener = listen({ after: await store.head() });
    const [first, second] = [anEvent(), anEvent()];
    await append(store, 'ticket-1', [first], 'no-stream');
    await listener.untilEvents(1);
    bed.server.stallSubscriptions();
    const restarts = store.health().subscriptionsRestarted;
    await append(store, 'ticket-1', [second], 0n);
    await until(() => store.health().subscriptionsRestarted > restarts);
    bed.server.resumeSubscriptions();
    await listener.untilEvents(2);
    expect(idsOf(listener.events)).toEqual([first.id, second.id]);
  });
});

describe('a sparse subscription', () => {
  const isSparse = true;

  it.each([
    ['was ended without an error', () => bed.server.endSubscriptions('cleanly')],
    ['was ended with an error', () => bed.server.endSubscriptions('with-error')],
    ['lost its server', () => bed.server.restart()],
    ['lost its connection', () => bed.server.connections.cut()],
  ])('goes on after it %s', async (_, breakIt) => {
    await expectToSurvive(breakIt, { isSparse });
  });

  it('leaves the events of others on the server', async () => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const listener = listen({ after: await store.head(), filter, isSparse });
    await listener.until(({ caughtUpPositions }) => caughtUpPositions.length > 0);
    const delivered = bed.server.delivered;
    await append(store, newStream(), someEvents(400));
    await append(store, newStream(category), [anEvent()]);
    await listener.untilEvents(1);
    expect(bed.server.delivered - delivered).toBe(1);
  });

  it('is begun again by the watchdog where something was held back', async () => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const listener = listen({ after: await store.head(), filter, isSparse });
    await listener.until(({ caughtUpPositions }) => caughtUpPositions.length > 0);
    bed.server.stallSubscriptions();
    const event = anEvent();
    await append(store, newStream(category), [event]);
    await until(() => store.health().subscriptionsRestarted > 0);
    bed.server.resumeSubscriptions();
    await listener.untilEvents(1);
    expect(idsOf(listener.events)).toEqual([event.id]);
  });

  it('shares the stream of those who follow the whole log', async () => {
    const after = await store.head();
    await listen({ after }).untilCaughtUp(after);
    const event = anEvent();
    const stream = newStream();
    const listener = listen({ after, filter: { streamPrefixes: [stream] }, isSparse });
    await append(store, stream, [event]);
    await listener.untilEvents(1);
    // One for the tail of the log, one for the retention of streams.
    expect(bed.server.subscriptions).toBe(2);
  });
});

describe('all subscriptions of a store', () => {
  it('share one stream from the server', async () => {
    const after = await store.head();
    const all = Array.from({ length: 20 }, () => listen({ after }));
    await Promise.all(all.map((listener) => listener.untilCaughtUp(after)));
    // One for the tail of the log, one for the retention of streams.
    expect(bed.server.subscriptions).toBe(2);
  });
});

describe('a subscription with a filter that is far behind', () => {
  it('has the server look, and is told of nothing else', async () => {
    const [rare, after] = [newCategory(), await store.head()];
    for (let n = 0; n < 3; n++) await append(store, newStream(), someEvents(400));
    const { position } = await append(store, newStream(rare), someEvents(2));
    for (let n = 0; n < 2; n++) await append(store, newStream(), someEvents(400));
    // The tail begins at the head, so that what is older has to be asked for.
    const head = await store.head();
    await listen({ after: head }).untilCaughtUp(head);
    const listener = listen({ after, filter: { streamPrefixes: [`${rare}-`] } });
    await listener.untilCaughtUp(head);
    expect(listener.events.map((event) => event.position).at(-1)).toBe(position);
    expect(listener.events).toHaveLength(2);
  });

  it('begins again where the search breaks off', async () => {
    const [rare, after] = [newCategory(), await store.head()];
    for (let n = 0; n < 3; n++) {
      await append(store, newStream(), someEvents(400));
      await append(store, newStream(rare), someEvents(1));
    }
    const head = await store.head();
    await listen({ after: head }).untilCaughtUp(head);
    const listener = listen({ after, filter: { streamPrefixes: [`${rare}-`] } });
    await listener.untilEvents(1);
    bed.server.endSubscriptions('cleanly');
    await listener.untilCaughtUp(head);
    expect(listener.events).toHaveLength(3);
    expect(new Set(idsOf(listener.events)).size).toBe(3);
  });
});

describe('the checkpoint of a feed', () => {
  it('never runs ahead of the events that a slow consumer has been given', async () => {
    await append(store, newStream(), someEvents(500));
    const matching = bed.server.log.all.filter(({ type }) => type === 'IncidentReported');
    const client = EventStoreDBClient.connectionString(bed.server.url);
    const filter = eventTypeFilter({ prefixes: ['IncidentReported'] });
    const given: bigint[] = [];
    const early: bigint[] = [];
    let checkpoints = 0;
    for await (const item of feed(client, { filter, signal: new AbortController().signal })) {
      // Leaves the client all the time it wants to read ahead.
      for (let n = 0; n < 3; n++) await nextTurn();
      if (item.kind === 'caught-up') break;
      if (item.kind === 'event') {
        given.push(item.event.revision);
      } else {
        checkpoints += 1;
        const { commit } = item.position;
        const due = matching.filter(({ position }) => position <= commit).length;
        if (given.length < due) early.push(commit);
      }
    }
    expect(early).toEqual([]);
    expect(given).toHaveLength(500);
    expect(checkpoints).toBeGreaterThan(1);
    await client.dispose();
  });
});

describe('a subscription to a server that is away', () => {
  it('fails after a while, so that its owner learns of it', async () => {
    const after = await store.head();
    const listener = new Listener(store, { after });
    await listener.untilCaughtUp(after);
    await bed.server.kill();
    await expect(listener.ended).rejects.toMatchObject({
      code: 'unavailable.event-store-unreachable',
    });
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await nextTurn();
}
