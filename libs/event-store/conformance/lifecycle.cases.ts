import { LOG_START, type EventStore } from '../event-store.port';
import { Listener } from './listener';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  idsOf,
  newStream,
  someEvents,
  storedIds,
  type EventStoreUnderTest,
  type Suite,
} from './subject';

/** Opening, closing, and what outlives it. Each case has a store of its own. */
export function lifecycleCases(suite: Suite): void {
  // In a chapter of its own, or its hooks would open a store for each case of the others too.
  describe('from opening to closing:', () => {
    ownStoreCases(suite);
  });
}

function ownStoreCases({ factory, capabilities }: Suite): void {
  let subject: EventStoreUnderTest;

  beforeEach(async () => {
    subject = await factory();
  });

  afterEach(async () => {
    await subject.dispose();
  });

  if (capabilities.startsEmpty) {
    describe('an empty log', () => {
      it('has its head at the start and holds nothing', async () => {
        const { store } = subject;
        expect(await store.head()).toBe(LOG_START);
        expect(await collect(store.readAll())).toEqual([]);
        expect(await collect(store.readAll({ direction: 'backwards' }))).toEqual([]);
        expect(await store.statistics()).toEqual({ events: 0, streams: 0, streamsByCategory: {} });
      });

      it('is read whole by a subscription from the start', async () => {
        const listener = new Listener(subject.store, { after: LOG_START });
        await listener.untilCaughtUp(LOG_START);
        const events = someEvents(2);
        await append(subject.store, newStream(), events);
        await listener.untilEvents(2);
        await listener.stop();
        expect(idsOf(listener.events)).toEqual(idsOf(events));
      });
    });
  }

  describe('a closed store', () => {
    it('may be closed again', async () => {
      await subject.store.close();
      await expect(subject.store.close()).resolves.toBeUndefined();
    });

    it.each<[string, (store: EventStore) => Promise<unknown>]>([
      ['append', (store) => append(store, newStream(), [anEvent()])],
      ['readStream', (store) => collect(store.readStream(newStream()))],
      ['readAll', (store) => collect(store.readAll())],
      ['subscribeToAll', (store) => collect(store.subscribeToAll({ after: LOG_START }))],
      ['head', (store) => store.head()],
      ['streamMetadata', (store) => store.streamMetadata(newStream())],
      ['setStreamMetadata', (store) => store.setStreamMetadata(newStream(), {})],
      ['statistics', (store) => store.statistics()],
    ])('refuses %s', async (_, use) => {
      await subject.store.close();
      const refusal = use(subject.store);
      const { kind } = await expectRejection(refusal, 'unavailable.event-store-closed');
      expect(kind).toBe('unavailable');
    });

    it('has ended its subscriptions cleanly', async () => {
      const listener = new Listener(subject.store, { after: LOG_START });
      await listener.until(({ messages }) => messages.length > 0);
      await subject.store.close();
      await expect(listener.ended).resolves.toBeUndefined();
    });

    it('has answered the appends that were under way', async () => {
      const appends = [1, 2, 3].map(() => append(subject.store, newStream(), [anEvent()]));
      await subject.store.close();
      const outcomes = await Promise.all(appends);
      expect(outcomes.every(({ repeated }) => !repeated)).toBe(true);
    });
  });

  reopeningCases(() => subject);
}

function reopeningCases(subject: () => EventStoreUnderTest): void {
  /** Does something before and after a reopening; where nothing survives, on the same store. */
  const reopened = (): Promise<EventStore> =>
    subject().reopen?.() ?? Promise.resolve(subject().store);

  describe('what was acknowledged', () => {
    it('is there after reopening, with the same revisions and positions', async () => {
      const stream = newStream();
      await append(subject().store, stream, someEvents(3));
      await append(subject().store, newStream(), someEvents(2));
      const before = await collect(subject().store.readAll());
      const store = await reopened();
      expect(await collect(store.readAll())).toEqual(before);
    });

    it('is recognised after reopening when it is repeated', async () => {
      const stream = newStream();
      const events = someEvents(2);
      const first = await append(subject().store, stream, events, 'no-stream');
      const store = await reopened();
      expect(await append(store, stream, events, 'no-stream')).toEqual({
        ...first,
        repeated: true,
      });
      await expectRejection(append(store, stream, events, 1n), 'conflict.revision');
      expect(await storedIds(store, stream)).toEqual(idsOf(events));
    });

    it('is continued after reopening at the next revision and a later position', async () => {
      const stream = newStream();
      const before = await append(subject().store, stream, someEvents(2));
      const store = await reopened();
      const after = await append(store, stream, [anEvent()], 1n);
      expect(after.revision).toBe(2n);
      expect(after.position).toBeGreaterThan(before.position);
    });

    it('counts after reopening, and so does metadata', async () => {
      const stream = newStream();
      await append(subject().store, stream, someEvents(2));
      await subject().store.setStreamMetadata(stream, { retention: 'P7Y' });
      const before = await subject().store.statistics();
      const store = await reopened();
      expect(await store.statistics()).toEqual(before);
      expect(await store.streamMetadata(stream)).toEqual({ retention: 'P7Y' });
    });
  });
}
