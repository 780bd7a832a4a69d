import type { EventFilter, ReadAllOptions } from '../event-store.port';
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

/** The whole log, in both directions, and what filters let through. */
export function readAllCases({ store }: Suite): void {
  /** Six events one after another: the category x0 has the even ones, x1 the odd ones. */
  const sixEvents = async () => {
    const category = newCategory();
    const after = await store().head();
    const positions: bigint[] = [];
    for (let n = 0; n < 6; n++) {
      const event = anEvent({ type: `Type${n % 3}`, body: `{"n":${n}}` });
      const { position } = await append(store(), `${category}x${n % 2}-${n}`, [event]);
      positions.push(position);
    }
    return { category, after, positions };
  };
  const numbers = async (options: ReadAllOptions): Promise<number[]> => {
    const events = await collect(store().readAll(options));
    return events.map(({ body }) => (JSON.parse(body) as { n: number }).n);
  };

  describe('reading the log', () => {
    it('yields all events in the order of their positions', async () => {
      const { after } = await sixEvents();
      const events = await collect(store().readAll({ after }));
      const positions = events.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
      expect(await numbers({ after })).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('gives the same events as reading their streams', async () => {
      const { category, after } = await sixEvents();
      const fromLog = await collect(store().readAll({ after }));
      const fromStreams = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((n) => collect(store().readStream(`${category}x${n % 2}-${n}`))),
      );
      expect(fromLog).toEqual(fromStreams.flat());
    });

    it('leaves out the event at "after" and takes in the one at "until"', async () => {
      const { positions } = await sixEvents();
      const [, after, , until] = positions as [bigint, bigint, bigint, bigint];
      expect(await numbers({ after, until })).toEqual([2, 3]);
    });

    it('goes backwards from the newest event', async () => {
      const { after } = await sixEvents();
      expect(await numbers({ after, direction: 'backwards' })).toEqual([5, 4, 3, 2, 1, 0]);
    });

    it('goes backwards from "until" down to behind "after"', async () => {
      const { positions } = await sixEvents();
      const [, after, , until] = positions as [bigint, bigint, bigint, bigint];
      expect(await numbers({ after, until, direction: 'backwards' })).toEqual([3, 2]);
    });

    it.each<[ReadAllOptions['direction'], number[]]>([
      ['forwards', [0, 1]],
      ['backwards', [5, 4]],
    ])('stops %s after "limit" events', async (direction = 'forwards', expected) => {
      const { after } = await sixEvents();
      expect(await numbers({ after, direction, limit: 2 })).toEqual(expected);
    });

    it('yields nothing behind the head, nor for an empty range', async () => {
      const { positions } = await sixEvents();
      const head = await store().head();
      const [first = 0n] = positions;
      expect(await numbers({ after: head })).toEqual([]);
      expect(await numbers({ after: head + 1_000n })).toEqual([]);
      expect(await numbers({ after: first, until: first })).toEqual([]);
    });

    it('ends at the head of the moment when it began', async () => {
      const { category, after } = await sixEvents();
      let seen = 0;
      for await (const event of store().readAll({
        after,
        filter: { streamPrefixes: [category] },
      })) {
        seen += 1;
        await append(store(), `${category}x9-${event.revision}`, [anEvent({ body: '{"n":9}' })]);
      }
      expect(seen).toBe(6);
    });

    it('reads many pages in both directions', async () => {
      const category = newCategory();
      const after = await store().head();
      const events = someEvents(1_700);
      await fill(store(), newStream(category), events);
      const forwards = await collect(store().readAll({ after }));
      const backwards = await collect(store().readAll({ after, direction: 'backwards' }));
      expect(idsOf(forwards)).toEqual(idsOf(events));
      expect(idsOf(backwards)).toEqual(idsOf(events).reverse());
    });

    it.each([{ limit: 0 }, { limit: 2.5 }, { after: -1n }, { until: -2n }])(
      'refuses %p',
      async (options) => {
        const reading = collect(store().readAll(options));
        expect((await expectRejection(reading, 'invalid.read')).details).toHaveProperty('option');
      },
    );
  });

  describe('a filter', () => {
    const filters: [string, (category: string) => EventFilter, number[]][] = [
      ['one prefix', (c) => ({ streamPrefixes: [`${c}x1-`] }), [1, 3, 5]],
      ['several prefixes', (c) => ({ streamPrefixes: [`${c}x1-5`, `${c}x0-`] }), [0, 2, 4, 5]],
      ['prefixes that overlap', (c) => ({ streamPrefixes: [c, `${c}x0-`] }), [0, 1, 2, 3, 4, 5]],
      ['a whole name', (c) => ({ streamPrefixes: [`${c}x0-2`] }), [2]],
      ['one type', () => ({ eventTypes: ['Type2'] }), [2, 5]],
      ['several types', () => ({ eventTypes: ['Type0', 'Type2'] }), [0, 2, 3, 5]],
      ['prefix and type', (c) => ({ streamPrefixes: [`${c}x1`], eventTypes: ['Type2'] }), [5]],
      ['an unknown prefix', (c) => ({ streamPrefixes: [`${c}y`] }), []],
      ['an unknown type', () => ({ eventTypes: ['TypeUnknown'] }), []],
      ['part of a type', () => ({ eventTypes: ['Type'] }), []],
      ['no prefix at all', () => ({ streamPrefixes: [] }), []],
      ['no type at all', () => ({ eventTypes: [] }), []],
      ['the empty prefix', () => ({ streamPrefixes: [''] }), [0, 1, 2, 3, 4, 5]],
      ['nothing', () => ({}), [0, 1, 2, 3, 4, 5]],
    ];

    it.each(filters)('by %s', async (_, filterOf, expected) => {
      const { category, after } = await sixEvents();
      expect(await numbers({ after, filter: filterOf(category) })).toEqual(expected);
    });

    it.each(filters)('backwards by %s', async (_, filterOf, expected) => {
      const { category, after } = await sixEvents();
      const read = await numbers({ after, filter: filterOf(category), direction: 'backwards' });
      expect(read).toEqual([...expected].reverse());
    });

    it.each(['%', '_', '*', '?', '[x]', "'", '\\'])('takes "%s" literally', async (sign) => {
      const category = newCategory();
      const after = await store().head();
      const event = anEvent();
      await append(store(), `${category}${sign}-1`, [event]);
      await append(store(), `${category}x-1`, [anEvent()]);
      const filter = { streamPrefixes: [`${category}${sign}`] };
      expect(idsOf(await collect(store().readAll({ after, filter })))).toEqual([event.id]);
    });

    it('counts a limit in events that it lets through', async () => {
      const { category, after } = await sixEvents();
      const filter = { streamPrefixes: [`${category}x1`] };
      expect(await numbers({ after, filter, limit: 2 })).toEqual([1, 3]);
    });

    it.each(['forwards', 'backwards'] as const)(
      'finds rare events in a long log %s',
      async (direction) => {
        const category = newCategory();
        const after = await store().head();
        const rare = someEvents(3, { type: `Rare${category}` });
        for (const event of rare) {
          await fill(store(), newStream(category), someEvents(2_100));
          await append(store(), newStream(category), [event]);
        }
        const filter = { eventTypes: [`Rare${category}`] };
        const read = await collect(store().readAll({ after, filter, direction, limit: 10 }));
        const expected = direction === 'forwards' ? rare : rare.toReversed();
        expect(idsOf(read)).toEqual(idsOf(expected));
      },
    );

    it('with too many terms is refused', async () => {
      const eventTypes = Array.from({ length: 5_000 }, (_, n) => `Type${n}`);
      const reading = collect(store().readAll({ filter: { eventTypes } }));
      expect((await expectRejection(reading, 'invalid.read')).details).toHaveProperty('option');
    });
  });
}
