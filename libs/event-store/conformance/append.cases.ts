import type { ExpectedRevision } from '../event-store.port';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  idsOf,
  newStream,
  revisionsOf,
  someEvents,
  storedIds,
  type Suite,
} from './subject';

/** Expected revisions, and what an append leaves. */
export function appendCases({ store }: Suite): void {
  describe('append', () => {
    it.each<ExpectedRevision>(['no-stream', 'any'])('starts a stream with %s', async (expected) => {
      const stream = newStream();
      const result = await append(store(), stream, [anEvent()], expected);
      expect(result).toMatchObject({ revision: 0n, repeated: false });
    });

    it.each<ExpectedRevision>(['any', 'stream-exists', 0n])(
      'goes on after the last event with %s',
      async (expected) => {
        const stream = newStream();
        await append(store(), stream, [anEvent()]);
        const result = await append(store(), stream, [anEvent()], expected);
        expect(result).toMatchObject({ revision: 1n, repeated: false });
      },
    );

    it.each<[ExpectedRevision, string]>([
      ['stream-exists', 'no-stream'],
      [0n, 'no-stream'],
      [7n, 'no-stream'],
    ])('refuses %s for a stream that does not exist', async (expectedRevision, actual) => {
      const stream = newStream();
      const refusal = append(store(), stream, [anEvent()], expectedRevision);
      const { details } = await expectRejection(refusal, 'conflict.revision');
      expect(details).toEqual({ stream, expected: String(expectedRevision), actual });
    });

    it.each<ExpectedRevision>(['no-stream', 0n, 2n, 5n, 2n ** 60n])(
      'refuses %s for a stream that stands at revision 1',
      async (expectedRevision) => {
        const stream = newStream();
        await append(store(), stream, someEvents(2));
        const refusal = append(store(), stream, [anEvent()], expectedRevision);
        const { details } = await expectRejection(refusal, 'conflict.revision');
        expect(details).toEqual({ stream, expected: String(expectedRevision), actual: '1' });
      },
    );

    it('does not create the stream that a refused append named', async () => {
      const stream = newStream();
      await expectRejection(append(store(), stream, [anEvent()], 3n), 'conflict.revision');
      const result = await append(store(), stream, [anEvent()], 'no-stream');
      expect(result.revision).toBe(0n);
    });

    it('numbers a batch without gaps and answers with its last event', async () => {
      const stream = newStream();
      const { revision, position } = await append(store(), stream, someEvents(3), 'no-stream');
      const stored = await collect(store().readStream(stream));
      expect(revisionsOf(stored)).toEqual([0, 1, 2]);
      expect(stored.at(-1)).toMatchObject({ revision, position });
    });

    it('stores nothing of a refused batch', async () => {
      const stream = newStream();
      const first = anEvent();
      await append(store(), stream, [first]);
      await expectRejection(append(store(), stream, someEvents(5), 4n), 'conflict.revision');
      expect(await storedIds(store(), stream)).toEqual([first.id]);
    });

    it('keeps the order of the events within a batch', async () => {
      const stream = newStream();
      const events = someEvents(50);
      await append(store(), stream, events);
      expect(await storedIds(store(), stream)).toEqual(idsOf(events));
    });

    it('gives each later append a higher position, in whichever stream', async () => {
      const first = await append(store(), newStream(), [anEvent()]);
      const second = await append(store(), newStream(), [anEvent()]);
      const third = await append(store(), newStream(), someEvents(2));
      expect(second.position).toBeGreaterThan(first.position);
      expect(third.position).toBeGreaterThan(second.position);
    });

    it('shows an acknowledged event to the next read', async () => {
      const stream = newStream();
      const event = anEvent();
      await append(store(), stream, [event]);
      expect(await storedIds(store(), stream)).toEqual([event.id]);
    });

    it('gives revisions and positions as bigints', async () => {
      const { revision, position } = await append(store(), newStream(), [anEvent()]);
      expect([typeof revision, typeof position]).toEqual(['bigint', 'bigint']);
    });
  });
}
