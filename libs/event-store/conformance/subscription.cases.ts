import type { EventStore, SubscriptionMessage } from '../event-store.port';
import { Listener } from './listener';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  fill,
  idsOf,
  newCategory,
  newStream,
  someEvents,
  type Suite,
} from './subject';

/** Subscriptions to the log: catching up, then live. */
export function subscriptionCases(suite: Suite): void {
  // In a chapter of its own, so that its hook runs behind its own cases only.
  describe('subscribing to the log:', () => {
    listeningCases(suite);
  });
}

function listeningCases({ store }: Suite): void {
  const listening = new Set<Listener>();
  const listen = (...parameters: ConstructorParameters<typeof Listener>): Listener => {
    const listener = new Listener(...parameters);
    listening.add(listener);
    return listener;
  };
  const category = newCategory();
  const appendOne = async (stream = newStream(category)) => {
    const event = anEvent();
    return { event, ...(await append(store(), stream, [event])) };
  };

  afterEach(async () => {
    for (const listener of listening) await listener.stop();
    listening.clear();
  });

  describe('a subscription', () => {
    it('yields what is stored, in order, and then says that it has caught up', async () => {
      const after = await store().head();
      const events = [await appendOne(), await appendOne(), await appendOne()];
      const listener = listen(store(), { after });
      await listener.untilCaughtUp(events[2]?.position ?? 0n);
      expect(idsOf(listener.events)).toEqual(events.map(({ event }) => event.id));
      expect(listener.messages.at(-1)?.kind).toBe('caught-up');
    });

    it('begins behind the position it is given', async () => {
      const [first, second] = [await appendOne(), await appendOne()];
      const listener = listen(store(), { after: first.position });
      await listener.untilCaughtUp(second.position);
      expect(idsOf(listener.events)).toEqual([second.event.id]);
    });

    it('yields what is appended later', async () => {
      const after = await store().head();
      const listener = listen(store(), { after });
      await listener.untilCaughtUp(after);
      const first = await appendOne();
      await listener.untilEvents(1);
      const second = await appendOne();
      await listener.untilEvents(2);
      expect(idsOf(listener.events)).toEqual([first.event.id, second.event.id]);
    });

    it('yields its events where they alone count, whatever comes between', async () => {
      const after = await store().head();
      const wanted = someEvents(4);
      const stream = newStream(category);
      const others = (): Promise<unknown> => append(store(), newStream(), someEvents(300));
      await append(store(), stream, wanted.slice(0, 1), 'no-stream');
      await others();
      await append(store(), stream, wanted.slice(1, 2), 0n);
      const filter = { streamPrefixes: [stream] };
      const listener = listen(store(), { after, filter, isSparse: true });
      await listener.until(({ caughtUpPositions }) => caughtUpPositions.length > 0);
      expect(idsOf(listener.events)).toEqual(idsOf(wanted.slice(0, 2)));
      await others();
      await append(store(), stream, wanted.slice(2, 3), 1n);
      await listener.untilEvents(3);
      await append(store(), stream, wanted.slice(3), 2n);
      await listener.untilEvents(4);
      expect(idsOf(listener.events)).toEqual(idsOf(wanted));
    });

    it('says that it has caught up with an empty rest of the log', async () => {
      const after = await store().head();
      const listener = listen(store(), { after });
      await listener.untilCaughtUp(after);
      expect(listener.messages).toEqual([{ kind: 'caught-up', position: after }]);
    });

    it('says that it has caught up once for each time it has', async () => {
      const after = await store().head();
      const listener = listen(store(), { after });
      await listener.untilCaughtUp(after);
      for (let n = 0; n < 5; n++) await listener.untilCaughtUp((await appendOne()).position);
      const positions = listener.caughtUpPositions;
      expect(new Set(positions).size).toBe(positions.length);
    });

    it('gives with a message only events up to the position it then calls caught up', async () => {
      const after = await store().head();
      const listener = listen(store(), { after });
      for (let n = 0; n < 20; n++) await appendOne();
      await listener.untilCaughtUp(await store().head());
      let newest = after;
      const isSound = listener.messages.every((message) => {
        if (message.kind === 'caught-up') return message.position >= newest;
        const isLater = message.events.every(({ position }) => position > newest);
        newest = message.events.at(-1)?.position ?? newest;
        return isLater;
      });
      expect(isSound).toBe(true);
    });

    it.each([
      ['a prefix', (c: string) => ({ streamPrefixes: [`${c}-`] }), ['TypeA', 'TypeB']],
      ['a type', () => ({ eventTypes: ['TypeA'] }), ['TypeA', 'TypeA']],
      [
        'a prefix and a type',
        (c: string) => ({ streamPrefixes: [`${c}-`], eventTypes: ['TypeA'] }),
        ['TypeA'],
      ],
    ] as const)('filters by %s, stored and live alike', async (_, filterOf, types) => {
      const own = newCategory();
      const after = await store().head();
      const listener = listen(store(), { after, filter: filterOf(own) });
      const expected: string[] = [];
      for (let round = 0; round < 2; round++) {
        await append(store(), newStream(own), [anEvent({ type: 'TypeA' })]);
        await append(store(), newStream(own), [anEvent({ type: 'TypeB' })]);
        const last = await append(store(), newStream(), [anEvent({ type: 'TypeA' })]);
        await listener.untilCaughtUp(last.position);
        expected.push(...types);
      }
      expect(listener.events.map(({ type }) => type)).toEqual(expected);
    });

    it('moves its position over events that the filter passes over', async () => {
      const after = await store().head();
      const filter = { streamPrefixes: [newCategory()] };
      const listener = listen(store(), { after, filter });
      await listener.untilCaughtUp(after);
      const { position } = await appendOne();
      await listener.untilCaughtUp(position);
      expect(listener.events).toEqual([]);
    });

    it('yields at most "batchEventsMax" events at once', async () => {
      const after = await store().head();
      const events = someEvents(25);
      await append(store(), newStream(category), events);
      const listener = listen(store(), { after, batchEventsMax: 10 });
      await listener.untilEvents(25);
      const sizes = listener.messages.flatMap((m) =>
        m.kind === 'events' ? [m.events.length] : [],
      );
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
      expect(idsOf(listener.events)).toEqual(idsOf(events));
    });

    it('catches up over many pages', async () => {
      const after = await store().head();
      const events = someEvents(2_600);
      await fill(store(), newStream(category), events);
      const listener = listen(store(), { after });
      await listener.untilEvents(events.length);
      expect(idsOf(listener.events)).toEqual(idsOf(events));
    });

    it('sees the appends of concurrent writers in log order, each exactly once', async () => {
      const after = await store().head();
      const listener = listen(store(), { after, batchEventsMax: 7 });
      const writers = Array.from({ length: 8 }, async () => {
        const stream = newStream(category);
        for (let n = 0; n < 15; n++) await append(store(), stream, [anEvent()]);
      });
      await Promise.all(writers);
      await listener.untilEvents(120);
      await listener.untilCaughtUp(await store().head());
      expect(listener.events).toEqual(await collect(store().readAll({ after })));
    });

    it('misses and repeats nothing when it goes on from its last position', async () => {
      const start = await store().head();
      const seen: string[] = [];
      let after = start;
      for (let round = 0; round < 4; round++) {
        const listener = listen(store(), { after, batchEventsMax: 2 });
        const { position } = await appendOne();
        await appendOne();
        await appendOne();
        await listener.untilCaughtUp(position);
        await listener.stop();
        seen.push(...idsOf(listener.events));
        after = listener.events.at(-1)?.position ?? after;
      }
      const rest = idsOf(await collect(store().readAll({ after })));
      expect([...seen, ...rest]).toEqual(idsOf(await collect(store().readAll({ after: start }))));
    });

    it('serves two consumers independently', async () => {
      const after = await store().head();
      const [one, other] = [listen(store(), { after }), listen(store(), { after })];
      const first = await appendOne();
      await one.untilEvents(1);
      await one.stop();
      const second = await appendOne();
      await other.untilEvents(2);
      expect(idsOf(one.events)).toEqual([first.event.id]);
      expect(idsOf(other.events)).toEqual([first.event.id, second.event.id]);
    });

    it('holds back while its consumer is slow, and loses nothing', async () => {
      const after = await store().head();
      await append(store(), newStream(category), someEvents(10));
      const { next, leave } = pull(store(), after);
      await next();
      await fill(store(), newStream(category), someEvents(1_500));
      const seen = new Set<string>();
      const head = await store().head();
      for (let isBehind = true; isBehind;) {
        const message = await next();
        if (message.kind === 'events') for (const { id } of message.events) seen.add(id);
        isBehind = message.kind === 'events' || message.position < head;
      }
      await leave();
      expect(seen.size).toBe(1_500);
    });

    it('refuses a position below the start of the log', async () => {
      const reading = collect(store().subscribeToAll({ after: -1n }));
      expect((await expectRejection(reading, 'invalid.read')).details).toHaveProperty('option');
    });
  });

  describe('the end of a subscription', () => {
    it('comes cleanly when the signal aborts while it waits', async () => {
      const after = await store().head();
      const listener = listen(store(), { after });
      await listener.untilCaughtUp(after);
      await expect(listener.stop()).resolves.toBeUndefined();
    });

    it('comes at once for a signal that was aborted before', async () => {
      const after = await store().head();
      await appendOne();
      const options = { after, signal: AbortSignal.abort() };
      expect(await collect(store().subscribeToAll(options))).toEqual([]);
    });

    it('comes between two messages when the consumer aborts', async () => {
      const after = await store().head();
      await append(store(), newStream(category), someEvents(30));
      const abort = new AbortController();
      let messages = 0;
      const options = { after, signal: abort.signal, batchEventsMax: 10 };
      for await (const message of store().subscribeToAll(options)) {
        messages += 1;
        if (message.kind === 'events') abort.abort();
      }
      expect(messages).toBe(1);
    });

    it('lets the error of a consumer through', async () => {
      const after = await store().head();
      await appendOne();
      const consume = async (): Promise<void> => {
        for await (const message of store().subscribeToAll({ after })) {
          throw new Error(`cannot handle ${message.kind}`);
        }
      };
      await expect(consume()).rejects.toThrow('cannot handle events');
    });

    it('comes when the consumer leaves the loop, and the next one starts afresh', async () => {
      const after = await store().head();
      const { event } = await appendOne();
      const leave = async (): Promise<string[]> => {
        for await (const message of store().subscribeToAll({ after })) {
          if (message.kind === 'events') return idsOf(message.events);
        }
        return [];
      };
      expect([await leave(), await leave()]).toEqual([[event.id], [event.id]]);
    });
  });
}

/** A subscription that is asked for one message at a time. */
function pull(store: EventStore, after: bigint) {
  const messages = store.subscribeToAll({ after, batchEventsMax: 10 })[Symbol.asyncIterator]();
  return {
    next: async (): Promise<SubscriptionMessage> => {
      const result = await messages.next();
      if (result.done === true) throw new Error('the subscription has ended');
      return result.value;
    },
    leave: async (): Promise<void> => {
      await messages.return?.();
    },
  };
}
