import type { EventToAppend, ExpectedRevision } from '../event-store.port';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  idsOf,
  newStream,
  someEvents,
  storedIds,
  type Suite,
} from './subject';

/** Repeated appends: the id decides, and no id is ever stored twice in a stream. */
export function idempotencyCases({ store }: Suite): void {
  const streamOf = async (events: readonly EventToAppend[]): Promise<string> => {
    const stream = newStream();
    for (const event of events) await append(store(), stream, [event]);
    return stream;
  };

  describe('a repeated append', () => {
    it.each<ExpectedRevision>(['no-stream', 'any'])(
      'of the first event with %s gives the first outcome',
      async (expected) => {
        const stream = newStream();
        const events = [anEvent()];
        const first = await append(store(), stream, events, expected);
        const second = await append(store(), stream, events, expected);
        expect(second).toEqual({ ...first, repeated: true });
      },
    );

    it.each<ExpectedRevision>([1n, 'any', 'stream-exists'])(
      'of a batch with %s gives the first outcome',
      async (expected) => {
        const stream = await streamOf(someEvents(2));
        const events = someEvents(3);
        const first = await append(store(), stream, events, expected);
        const second = await append(store(), stream, events, expected);
        expect(second).toEqual({ ...first, repeated: true });
      },
    );

    it.each<ExpectedRevision>([0n, 'any', 'stream-exists'])(
      'with %s is recognised after later events',
      async (expected) => {
        const stream = await streamOf(someEvents(1));
        const events = someEvents(2);
        const first = await append(store(), stream, events, expected);
        await append(store(), stream, someEvents(4));
        const second = await append(store(), stream, events, expected);
        expect(second).toEqual({ ...first, repeated: true });
      },
    );

    it('stores nothing again', async () => {
      const events = someEvents(3);
      const stream = newStream();
      await append(store(), stream, events, 'no-stream');
      await append(store(), stream, events, 'no-stream');
      await append(store(), stream, events, 'any');
      expect(await storedIds(store(), stream)).toEqual(idsOf(events));
    });

    it('is recognised by its ids alone, and the first body stays', async () => {
      const stream = newStream();
      const event = anEvent({ body: '{"priority":1}' });
      await append(store(), stream, [event], 'no-stream');
      const other = anEvent({ id: event.id, body: '{"priority":4}' });
      const second = await append(store(), stream, [other], 'no-stream');
      const [stored] = await collect(store().readStream(stream));
      expect(second.repeated).toBe(true);
      expect(stored?.body).toBe('{"priority":1}');
    });

    it('of the beginning of a stored batch answers with the end of that beginning', async () => {
      const stream = newStream();
      const events = someEvents(3);
      await append(store(), stream, events, 'no-stream');
      const result = await append(store(), stream, events.slice(0, 2), 'no-stream');
      expect(result).toMatchObject({ revision: 1n, repeated: true });
    });

    it('is no repetition in another stream', async () => {
      const event = anEvent();
      await append(store(), newStream(), [event], 'no-stream');
      const result = await append(store(), newStream(), [event], 'no-stream');
      expect(result.repeated).toBe(false);
    });
  });

  describe('an append of ids of which some are stored', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(() => anEvent()) as [
      EventToAppend,
      EventToAppend,
      EventToAppend,
    ];
    const fresh = anEvent();

    it.each<[string, readonly EventToAppend[], ExpectedRevision]>([
      ['a stored event and a new one, at its place', [c, fresh], 1n],
      ['a stored event and a new one, anywhere', [c, fresh], 'any'],
      ['a new event and a stored one, anywhere', [fresh, a], 'any'],
      ['a new event and a stored one, at the end', [fresh, a], 2n],
      ['stored events in another order, at their place', [b, a], 'no-stream'],
      ['stored events in another order, anywhere', [b, a], 'stream-exists'],
      ['stored events that do not follow each other, anywhere', [a, c], 'any'],
      ['a stored event at an earlier place', [b], 'no-stream'],
      ['a stored event at a later place', [a], 0n],
      ['a stored event at the end of the stream', [a], 2n],
      ['the last event at the end of the stream', [c], 2n],
      ['a whole stored batch at the end of the stream', [b, c], 2n],
      ['a stored event beyond the end of the stream', [a], 9n],
    ])('is refused: %s', async (_, events, expected) => {
      const stream = await streamOf([a, b, c]);
      await expectRejection(append(store(), stream, events, expected), 'conflict.revision');
      expect(await storedIds(store(), stream)).toEqual(idsOf([a, b, c]));
    });
  });
}
