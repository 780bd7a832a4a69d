import type { EventToAppend } from '../event-store.port';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  newStream,
  someEvents,
  storedIds,
  type Suite,
} from './subject';

/** What is refused whatever the stream holds. */
export function limitCases({ store }: Suite): void {
  describe('limits', () => {
    it('take a body of exactly the largest size', async () => {
      const body = 'x'.repeat(store().limits.eventBytesMax);
      const stream = newStream();
      await append(store(), stream, [anEvent({ body })]);
      const [stored] = await collect(store().readStream(stream));
      expect(stored?.body === body).toBe(true);
    });

    it('refuse a body of one byte more', async () => {
      const { eventBytesMax } = store().limits;
      const event = anEvent({ body: 'x'.repeat(eventBytesMax + 1) });
      const refusal = append(store(), newStream(), [event]);
      const { details } = await expectRejection(refusal, 'limit.event-size');
      expect(details).toEqual({ id: event.id, bytes: eventBytesMax + 1, bytesMax: eventBytesMax });
    });

    it('count bytes of UTF-8, not characters', async () => {
      const body = 'ß'.repeat(Math.floor(store().limits.eventBytesMax / 2) + 1);
      const refusal = append(store(), newStream(), [anEvent({ body })]);
      expect((await expectRejection(refusal, 'limit.event-size')).kind).toBe('limit');
    });

    it('take a batch of exactly the largest number of events', async () => {
      const { batchEventsMax } = store().limits;
      const { revision } = await append(store(), newStream(), someEvents(batchEventsMax));
      expect(Number(revision)).toBe(batchEventsMax - 1);
    });

    it('refuse a batch of one event more', async () => {
      const { batchEventsMax } = store().limits;
      const refusal = append(store(), newStream(), someEvents(batchEventsMax + 1));
      const { details } = await expectRejection(refusal, 'limit.batch-size');
      expect(details).toMatchObject({ unit: 'events', sizeMax: batchEventsMax });
    });

    it('refuse a batch of too many bytes, and store nothing of it', async () => {
      const { batchBytesMax, eventBytesMax } = store().limits;
      const body = 'x'.repeat(eventBytesMax);
      const stream = newStream();
      const events = someEvents(Math.floor(batchBytesMax / eventBytesMax) + 1, { body });
      const refusal = append(store(), stream, events);
      const { details } = await expectRejection(refusal, 'limit.batch-size');
      expect(details).toMatchObject({ unit: 'bytes', sizeMax: batchBytesMax });
      expect(await storedIds(store(), stream)).toEqual([]);
    });
  });

  describe('an invalid append', () => {
    const id = 'd9b1c0de-0000-4000-8000-000000000001';

    it.each<[string, readonly EventToAppend[]]>([
      ['no events', []],
      ['an id twice', [anEvent({ id }), anEvent({ id })]],
      ['an id that is no UUID', [anEvent({ id: 'ticket-1' })]],
      ['an id in upper case', [anEvent({ id: id.toUpperCase() })]],
      ['an empty type', [anEvent({ type: '' })]],
      ['a type with a control character', [anEvent({ type: 'Incident\nReported' })]],
      ['a type with a leading dollar sign', [anEvent({ type: '$metadata' })]],
      ['a hash that is too short', [anEvent({ hash: 'abc' })]],
      ['a hash in upper case', [anEvent({ hash: 'A'.repeat(64) })]],
      ['a body that UTF-8 cannot hold', [anEvent({ body: '"\ud800"' })]],
    ])('has %s', async (_, events) => {
      const stream = newStream();
      await expectRejection(append(store(), stream, events), 'invalid.append');
      expect(await storedIds(store(), stream)).toEqual([]);
    });

    it.each(['', '$all', 'incident-\u0000', 'incident-\ud800', 'x'.repeat(2_000)])(
      'names the stream %j',
      async (stream) => {
        const refusal = append(store(), stream, [anEvent()]);
        expect((await expectRejection(refusal, 'invalid.append')).kind).toBe('invalid');
      },
    );

    it('expects a negative revision', async () => {
      const refusal = append(store(), newStream(), [anEvent()], -1n);
      const { details } = await expectRejection(refusal, 'invalid.append');
      expect(details).toMatchObject({ expected: '-1' });
    });
  });
}
