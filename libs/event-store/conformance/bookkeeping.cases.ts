import type { StreamMetadata } from '../event-store.port';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  newCategory,
  newStream,
  someEvents,
  type Suite,
} from './subject';

/** A server that keeps no counters is read whole by the first count. */
const COUNTING_MS = 60_000;

/** Metadata, the head of the log, statistics. */
export function bookkeepingCases({ store }: Suite): void {
  describe('stream metadata', () => {
    it('is empty where none was set', async () => {
      expect(await store().streamMetadata(newStream())).toEqual({});
    });

    it('is given back as it was set', async () => {
      const stream = newStream();
      await append(store(), stream, [anEvent()]);
      const metadata = { retention: 'P7Y', holds: [{ by: 'größe', until: null }], legal: true };
      await store().setStreamMetadata(stream, metadata);
      expect(await store().streamMetadata(stream)).toEqual(metadata);
    });

    it('is replaced as a whole', async () => {
      const stream = newStream();
      await store().setStreamMetadata(stream, { a: 1, b: 2 });
      await store().setStreamMetadata(stream, { b: 3 });
      expect(await store().streamMetadata(stream)).toEqual({ b: 3 });
    });

    it('does not make a stream, nor an event', async () => {
      const stream = newStream();
      const after = await store().head();
      await store().setStreamMetadata(stream, { a: 1 });
      expect(await collect(store().readAll({ after }))).toEqual([]);
      expect(await append(store(), stream, [anEvent()], 'no-stream')).toMatchObject({
        revision: 0n,
      });
    });

    it('belongs to one stream alone', async () => {
      const [one, other] = [newStream(), newStream()];
      await store().setStreamMetadata(one, { a: 1 });
      expect(await store().streamMetadata(other)).toEqual({});
    });

    it('that is no plain object is refused', async () => {
      const list = ['a'] as unknown as StreamMetadata;
      const refusal = store().setStreamMetadata(newStream(), list);
      const { details } = await expectRejection(refusal, 'invalid.stream-metadata');
      expect(details).toHaveProperty('stream');
    });

    it('that is larger than an event may be is refused', async () => {
      const note = 'x'.repeat(store().limits.eventBytesMax);
      const refusal = store().setStreamMetadata(newStream(), { note });
      expect((await expectRejection(refusal, 'limit.event-size')).kind).toBe('limit');
    });
  });

  describe('the head of the log', () => {
    it('is the position of the newest event', async () => {
      const { position } = await append(store(), newStream(), someEvents(3));
      expect(await store().head()).toBe(position);
    });

    it('stays where it is when an append is refused or repeated', async () => {
      const stream = newStream();
      const events = [anEvent()];
      const { position } = await append(store(), stream, events);
      await append(store(), stream, events);
      await expectRejection(append(store(), stream, [anEvent()], 5n), 'conflict.revision');
      expect(await store().head()).toBe(position);
    });
  });

  describe('statistics', () => {
    it(
      'count events and streams',
      async () => {
        const before = await store().statistics();
        await append(store(), newStream(), someEvents(3));
        await append(store(), newStream(), someEvents(2));
        const after = await store().statistics();
        expect(after.events - before.events).toBe(5);
        expect(after.streams - before.streams).toBe(2);
      },
      COUNTING_MS,
    );

    it('count streams by category, the name before its first dash', async () => {
      const category = newCategory();
      for (const stream of [`${category}-1`, `${category}-1-2`, `${category}x-1`, category]) {
        await append(store(), stream, [anEvent()]);
      }
      const { streamsByCategory } = await store().statistics();
      expect([streamsByCategory[category], streamsByCategory[`${category}x`]]).toEqual([3, 1]);
    });

    it('do not count what was repeated or refused', async () => {
      const stream = newStream();
      const events = someEvents(2);
      await append(store(), stream, events);
      const before = await store().statistics();
      await append(store(), stream, events);
      await expectRejection(append(store(), newStream(), events, 1n), 'conflict.revision');
      expect(await store().statistics()).toEqual(before);
    });
  });
}
