import type { EventToAppend } from '../event-store.port';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  fill,
  idsOf,
  newStream,
  revisionsOf,
  someEvents,
  storedIds,
  type Suite,
} from './subject';

/** One stream, in both directions. */
export function readStreamCases({ store }: Suite): void {
  const tenEvents = async (): Promise<string> => {
    const stream = newStream();
    await append(store(), stream, someEvents(10));
    return stream;
  };

  describe('reading a stream', () => {
    it.each(['forwards', 'backwards'] as const)(
      'yields nothing %s for one that does not exist',
      async (direction) => {
        expect(await collect(store().readStream(newStream(), { direction }))).toEqual([]);
      },
    );

    it.each([
      [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      [{ direction: 'forwards', from: 7n }, [7, 8, 9]],
      [{ from: 0n, limit: 2 }, [0, 1]],
      [{ from: 4n, limit: 3 }, [4, 5, 6]],
      [{ from: 9n, limit: 5 }, [9]],
      [{ from: 10n }, []],
      [{ from: 2n ** 60n }, []],
      [{ limit: 1 }, [0]],
      [{ direction: 'backwards' }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
      [{ direction: 'backwards', from: 2n }, [2, 1, 0]],
      [{ direction: 'backwards', from: 0n }, [0]],
      [{ direction: 'backwards', from: 5n, limit: 2 }, [5, 4]],
      [{ direction: 'backwards', from: 99n, limit: 2 }, [9, 8]],
      [{ direction: 'backwards', limit: 1 }, [9]],
    ] as const)('with %p yields the revisions %p', async (options, expected) => {
      const stream = await tenEvents();
      const read = await collect(store().readStream(stream, options));
      expect(revisionsOf(read)).toEqual(expected);
    });

    it('gives every field back as it was stored', async () => {
      const stream = newStream();
      const event = anEvent({ type: 'IncidentPriorityRaised', body: '{"b":1,"a":[1.50, null]}' });
      const { position } = await append(store(), stream, [event]);
      expect(await collect(store().readStream(stream))).toEqual([
        { ...event, stream, revision: 0n, position },
      ]);
    });

    it.each([
      ['{"name":"Grüße aus Łódź"}'],
      ['{"name":"日本語 и кириллица"}'],
      ['{"emoji":"🔥👩‍🚒"}'],
      ['{"combining":"e\u0301 is not \u00e9"}'],
      ['{"separators":"\u2028\u2029\u0085","escaped":"\\u0000\\ud800"}'],
      ['\uFEFF{"mark":"first"}'],
      ['{ "spaces" : "kept" ,\n\t"order":"kept","a":1e400}'],
    ])('gives the body %s back byte for byte', async (body) => {
      const stream = newStream();
      await append(store(), stream, [anEvent({ body })]);
      const [stored] = await collect(store().readStream(stream));
      expect(Buffer.from(stored?.body ?? '').equals(Buffer.from(body))).toBe(true);
    });

    it('finds streams and types with unusual names', async () => {
      const stream = `${newStream()} "größe" 100%_*.[x]'-;`;
      const event = anEvent({ type: 'Ereignis "größer" %_*' });
      await append(store(), stream, [event]);
      const [stored] = await collect(store().readStream(stream));
      expect(stored).toMatchObject({ stream, type: event.type });
    });

    it('tells names apart that differ in case alone', async () => {
      const stream = newStream();
      await append(store(), stream, [anEvent()]);
      expect(await collect(store().readStream(stream.toUpperCase()))).toEqual([]);
    });

    it.each(['forwards', 'backwards'] as const)(
      'reads more than one page %s',
      async (direction) => {
        const stream = newStream();
        const events = someEvents(1_230);
        await fill(store(), stream, events);
        const read = await collect(store().readStream(stream, { direction }));
        const expected: EventToAppend[] = direction === 'forwards' ? events : events.toReversed();
        expect(idsOf(read)).toEqual(idsOf(expected));
      },
    );

    it('counts a limit over several pages', async () => {
      const stream = newStream();
      await fill(store(), stream, someEvents(1_100));
      const read = await collect(store().readStream(stream, { from: 50n, limit: 1_001 }));
      expect([read.length, read[0]?.revision, read.at(-1)?.revision]).toEqual([1_001, 50n, 1_050n]);
    });

    it('yields large events all the same', async () => {
      const stream = newStream();
      const body = JSON.stringify('x'.repeat(Math.min(400_000, store().limits.eventBytesMax - 2)));
      const events = someEvents(15, { body });
      for (const event of events) await append(store(), stream, [event]);
      expect(await storedIds(store(), stream)).toEqual(idsOf(events));
    });

    it('tells which of many streams are there, where it answers such questions', async () => {
      const [there, absent, other] = [newStream(), newStream(), newStream()];
      await append(store(), there, [anEvent()]);
      await append(store(), other, [anEvent()]);
      await store().setStreamMetadata(absent, { note: 'no event' });
      const existing = await store().existingStreams?.([there, absent, there.toUpperCase()]);
      expect([undefined, new Set([there])]).toContainEqual(existing);
      expect([undefined, new Set()]).toContainEqual(await store().existingStreams?.([]));
    });

    it('may be left early', async () => {
      const stream = await tenEvents();
      for await (const event of store().readStream(stream)) {
        if (event.revision === 3n) break;
      }
      expect(await append(store(), stream, [anEvent()], 9n)).toMatchObject({ revision: 10n });
    });

    it('goes on while the reader appends to it', async () => {
      const stream = await tenEvents();
      const seen: bigint[] = [];
      for await (const { revision } of store().readStream(stream, { limit: 10 })) {
        seen.push(revision);
        await append(store(), stream, [anEvent()]);
      }
      expect(seen.map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it.each([{ limit: 0 }, { limit: -1 }, { limit: 1.5 }, { from: -1n }])(
      'refuses %p',
      async (options) => {
        const reading = collect(store().readStream(newStream(), options));
        expect((await expectRejection(reading, 'invalid.read')).details).toHaveProperty('option');
      },
    );
  });
}
