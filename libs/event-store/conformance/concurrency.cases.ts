import { hasErrorCode } from '@ledgerdesk/kernel';
import type { EventToAppend } from '../event-store.port';
import {
  anEvent,
  append,
  collect,
  idsOf,
  newStream,
  revisionsOf,
  someEvents,
  storedIds,
  type Suite,
} from './subject';

const WRITERS = 24;

/** Many appends at the same time. */
export function concurrencyCases({ store }: Suite): void {
  const race = async (stream: string, expected: bigint | 'no-stream') => {
    const writers = Array.from({ length: WRITERS }, () =>
      append(store(), stream, [anEvent()], expected),
    );
    const outcomes = await Promise.allSettled(writers);
    const lost = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason as unknown] : []));
    return { winners: outcomes.length - lost.length, lost };
  };

  describe('concurrent appends', () => {
    it('at one exact revision: exactly one wins and the others conflict', async () => {
      const stream = newStream();
      await append(store(), stream, [anEvent()]);
      const { winners, lost } = await race(stream, 0n);
      expect(winners).toBe(1);
      expect(lost.every((error) => hasErrorCode(error, 'conflict.revision'))).toBe(true);
      expect(await storedIds(store(), stream)).toHaveLength(2);
    });

    it('that start one stream: exactly one wins', async () => {
      const stream = newStream();
      const { winners } = await race(stream, 'no-stream');
      expect(winners).toBe(1);
      expect(await storedIds(store(), stream)).toHaveLength(1);
    });

    it('at any revision: all are stored, without a gap', async () => {
      const stream = newStream();
      const events = someEvents(WRITERS);
      await Promise.all(events.map((event) => append(store(), stream, [event])));
      const stored = await collect(store().readStream(stream));
      expect(revisionsOf(stored)).toEqual(events.map((_, i) => i));
      expect(new Set(idsOf(stored))).toEqual(new Set(idsOf(events)));
    });

    it('of one and the same event: it is stored once, and all get the same outcome', async () => {
      const stream = newStream();
      const event = anEvent();
      const same = Array.from({ length: WRITERS }, () => append(store(), stream, [event]));
      const outcomes = await Promise.all(same);
      expect(outcomes.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(new Set(outcomes.map(({ position }) => position)).size).toBe(1);
      expect(await storedIds(store(), stream)).toEqual([event.id]);
    });

    it('of batches: none is torn apart', async () => {
      const stream = newStream();
      const batches = Array.from({ length: WRITERS }, () => someEvents(5));
      await Promise.all(batches.map((batch) => append(store(), stream, batch)));
      const stored = await storedIds(store(), stream);
      const isWhole = ([first, ...rest]: EventToAppend[]): boolean => {
        const at = stored.indexOf(first?.id ?? '');
        return at >= 0 && rest.every(({ id }, i) => stored[at + 1 + i] === id);
      };
      expect(batches.every(isWhole)).toBe(true);
    });

    it('of writers that retry on a conflict: each event gets in once', async () => {
      const stream = newStream();
      const events = someEvents(8);
      await Promise.all(events.map((event) => appendWithRetries(stream, event)));
      expect(new Set(await storedIds(store(), stream))).toEqual(new Set(idsOf(events)));
      expect(await storedIds(store(), stream)).toHaveLength(events.length);
    });

    it('to many streams do not disturb each other when some conflict', async () => {
      const streams = Array.from({ length: WRITERS }, () => newStream());
      const outcomes = await Promise.allSettled(
        streams.map((stream, i) =>
          append(store(), stream, [anEvent()], i % 2 === 0 ? 'no-stream' : 5n),
        ),
      );
      const expected = streams.map((_, i) => (i % 2 === 0 ? 'fulfilled' : 'rejected'));
      expect(outcomes.map(({ status }) => status)).toEqual(expected);
    });
  });

  async function appendWithRetries(stream: string, event: EventToAppend): Promise<void> {
    for (let tries = 0; tries < WRITERS; tries++) {
      const [last] = await collect(
        store().readStream(stream, { direction: 'backwards', limit: 1 }),
      );
      try {
        await append(store(), stream, [event], last?.revision ?? 'no-stream');
        return;
      } catch (error) {
        if (!hasErrorCode(error, 'conflict.revision')) throw error;
      }
    }
    throw new Error(`no success in ${WRITERS} tries`);
  }
}
