import { LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import type { ReadStore } from '@ledgerdesk/read-store';
import { ProjectionHostFixture } from '../testing/projection-host-fixture';
import {
  eventually,
  overriding,
  TallyLog,
  withWriteFaults,
  type WriteFaults,
} from '../testing/projection-kit';
import { tallyProjection, tallyRegistry } from '../testing/tally.projection';
import { assertSameLog } from './log-recognition';
import { PARKED_COLLECTION } from './projection-storage';
import { rebuildProjection } from './rebuild-projection';

const WAIT_MS = 120_000;

describe('InProcessProjectionHost', () => {
  let fixture: ProjectionHostFixture;
  let eventStore: EventStore;
  let readStore: ReadStore;
  let log: TallyLog;

  beforeEach(async () => {
    fixture = await ProjectionHostFixture.open();
    ({ eventStore, readStore, log } = fixture);
  });

  afterEach(() => fixture.close());

  describe('following the log', () => {
    it('serves an empty log at once', async () => {
      const host = fixture.start([tallyProjection()]);
      await eventually(async () => (await fixture.statusOf(host)).state === 'live');
      expect(await readStore.count('tallies', 'tallies')).toBe(0);
    });

    it('folds what is stored and what comes later', async () => {
      await log.add('a', 1, 2);
      const host = fixture.start([tallyProjection()]);
      await fixture.expectCaughtUp(host);
      expect(await fixture.totalOf('a')).toBe(3);
      await log.add('a', 4);
      await fixture.expectCaughtUp(host);
      expect(await fixture.totalOf('a')).toBe(7);
      await fixture.expectLikeFreshFold();
    });

    it('moves its checkpoint over events that concern no projection', async () => {
      const host = fixture.start([tallyProjection()]);
      const position = await log.distract();
      expect(await host.waitFor('tallies', position, WAIT_MS)).toBe(true);
      expect(await readStore.checkpoint('tallies')).toBe(position);
    });

    it('decodes an event once for all projections, over one subscription', async () => {
      await log.add('a', 1, 2, 3);
      const decode = jest.fn(tallyRegistry.decode.bind(tallyRegistry));
      const subscribeToAll = jest.fn(eventStore.subscribeToAll.bind(eventStore));
      const host = fixture.start([tallyProjection(), tallyProjection('others')], {
        registry: { ...tallyRegistry, decode },
        eventStore: overriding(eventStore, { subscribeToAll }),
      });
      await fixture.expectCaughtUp(host);
      await fixture.expectCaughtUp(host, 'others');
      expect(decode).toHaveBeenCalledTimes(3);
      expect(subscribeToAll).toHaveBeenCalledTimes(1);
    });

    it('reports how far each projection is', async () => {
      const host = fixture.start([tallyProjection()]);
      const position = await log.add('a', 1);
      await fixture.expectCaughtUp(host);
      expect(await fixture.statusOf(host)).toEqual({
        name: 'tallies',
        version: 1,
        generation: 1,
        checkpoint: position,
        head: position,
        lagEvents: 0n,
        state: 'live',
        parked: 0,
        restarts: 0,
      });
    });

    it('says no in time to those who wait for a position that does not come', async () => {
      const host = fixture.start([tallyProjection()]);
      expect(await host.waitFor('tallies', 99n, 20)).toBe(false);
      expect(await host.waitFor('unknown', 0n, WAIT_MS)).toBe(false);
    });

    it('tells its listeners of progress until they leave', async () => {
      const host = fixture.start([tallyProjection()]);
      const heard: string[] = [];
      const leave = host.onProgress((name, checkpoint) => heard.push(`${name} ${checkpoint}`));
      await log.add('a', 1);
      await fixture.expectCaughtUp(host);
      leave();
      await log.add('a', 1);
      await fixture.expectCaughtUp(host);
      expect(heard).toContain('tallies 1');
      expect(heard).not.toContain('tallies 2');
    });

    it('answers those who wait, and stops, when it is told to', async () => {
      const host = fixture.start([tallyProjection()]);
      const waiting = host.waitFor('tallies', 99n, WAIT_MS);
      await host.stop();
      await host.stop();
      expect(await waiting).toBe(false);
      expect((await fixture.statusOf(host)).state).toBe('stopped');
    });
  });

  describe('after a fault', () => {
    it('continues where it was stopped, and applies each event once', async () => {
      const seen: string[] = [];
      const observed = tallyProjection('tallies', 1, ({ stream }) => seen.push(stream));
      const first = fixture.start([observed]);
      await log.add('a', 1);
      await fixture.expectCaughtUp(first);
      await first.stop();
      await log.add('b', 2);
      await fixture.expectCaughtUp(fixture.start([observed]));
      expect(seen).toEqual(['tally-a', 'tally-b']);
      await fixture.expectLikeFreshFold();
    });

    it.each(['before', 'after'] as const)(
      'has each effect once where a write fails %s it is stored',
      async (moment) => {
        const faults: WriteFaults = {};
        const host = fixture.start([tallyProjection()], {
          readStore: withWriteFaults(readStore, faults),
        });
        await log.add('a', 1);
        await fixture.expectCaughtUp(host);
        let failures = 1;
        faults[moment] = () => {
          failures -= 1;
          if (failures >= 0) throw new LedgerdeskError('unavailable.disk-full', 'the disk is full');
        };
        await log.add('a', 2, 3);
        await fixture.expectCaughtUp(host);
        expect(failures).toBeLessThanOrEqual(0);
        expect(await fixture.totalOf('a')).toBe(6);
        await eventually(async () => (await fixture.statusOf(host)).state === 'live');
        expect(await fixture.statusOf(host)).toMatchObject({
          restarts: 1,
          lastError: 'the disk is full',
        });
        await fixture.expectLikeFreshFold();
      },
    );

    it('shares the work with another process that runs the same projection', async () => {
      const [one, other] = [fixture.start([tallyProjection()]), fixture.start([tallyProjection()])];
      for (let amount = 1; amount <= 20; amount += 1) await log.add(`t${amount % 3}`, amount);
      await fixture.expectCaughtUp(one);
      await fixture.expectCaughtUp(other);
      await fixture.expectLikeFreshFold();
      expect((await readStore.generations('tallies')).filter(({ live }) => live)).toHaveLength(1);
    });

    it('subscribes again where the store drops the subscription, with or without an error', async () => {
      let drops = 0;
      async function* dropping(
        ...[options]: Parameters<EventStore['subscribeToAll']>
      ): ReturnType<EventStore['subscribeToAll']> & AsyncGenerator {
        for await (const message of eventStore.subscribeToAll(options)) {
          yield message;
          if (message.kind !== 'events' || drops === 3) continue;
          drops += 1;
          if (drops % 2 === 0) return;
          throw new LedgerdeskError('unavailable.event-store', 'the connection is gone');
        }
      }
      const host = fixture.start([tallyProjection()], {
        eventStore: overriding(eventStore, { subscribeToAll: dropping }),
      });
      for (const amount of [1, 2, 3, 4]) {
        await log.add('a', amount);
        await fixture.expectCaughtUp(host);
      }
      await eventually(async () => (await fixture.statusOf(host)).restarts === 3);
      expect(await fixture.totalOf('a')).toBe(10);
    });

    it('begins anew where nothing moves although the log is ahead', async () => {
      let isStuck = false;
      async function* sticking(
        ...[options]: Parameters<EventStore['subscribeToAll']>
      ): AsyncGenerator<never, void> {
        const wasStuck = isStuck;
        for await (const message of eventStore.subscribeToAll(options)) {
          if (isStuck && !wasStuck) {
            await new Promise<void>((resolve) => {
              options.signal?.addEventListener('abort', () => resolve());
            });
            return;
          }
          yield message as never;
        }
      }
      const host = fixture.start([tallyProjection()], {
        eventStore: overriding(eventStore, { subscribeToAll: sticking }),
        stallMs: 50,
      });
      await log.add('a', 1);
      await fixture.expectCaughtUp(host);
      isStuck = true;
      await log.add('a', 2);
      await fixture.expectCaughtUp(host);
      expect(await fixture.totalOf('a')).toBe(3);
      expect(host.stalls).toBeGreaterThanOrEqual(1);
    });

    it.each([
      ['is shorter than what the documents hold', [1], 'corrupt.checkpoint-ahead'],
      ['is another one that has grown past them', [5, 6, 7, 8], 'corrupt.other-log'],
    ])('folds nothing into the documents where the log %s, and says so', async (_, sums, code) => {
      await log.add('a', 1, 2, 3);
      const first = fixture.start([tallyProjection()]);
      await fixture.expectCaughtUp(first);
      await first.stop();
      const restored = await openEventStore('memory:');
      await new TallyLog(restored).add('a', ...sums);
      const failed: unknown[] = [];
      const stores = { eventStore: restored, readStore, registry: tallyRegistry };
      const host = fixture.start([tallyProjection()], {
        eventStore: restored,
        onFailure: (projection, reason) => failed.push([projection, reason]),
      });
      expect(await host.waitFor('tallies', 9n, WAIT_MS)).toBe(false);
      expect(failed).toEqual([['tallies', expect.objectContaining({ code })]]);
      const rebuilt = rebuildProjection({ ...stores, projection: tallyProjection() });
      await expect(rebuilt).rejects.toMatchObject({ code });
      await expect(assertSameLog(stores, [tallyProjection()])).rejects.toMatchObject({ code });
      expect(await fixture.totalOf('a')).toBe(6);
      await host.stop();
      await restored.close();
    });
  });

  describe('poison', () => {
    it('parks an event that the fold throws on, with where and why, and goes on', async () => {
      const host = fixture.start([tallyProjection()]);
      await log.add('a', 1);
      const position = await log.record('a', 'TallySpoilt');
      await log.add('a', 2);
      await fixture.expectCaughtUp(host);
      expect(await fixture.totalOf('a')).toBe(3);
      expect(await readStore.get('tallies', PARKED_COLLECTION, String(position))).toEqual({
        position: String(position),
        stream: 'tally-a',
        revision: '1',
        type: 'TallySpoilt',
        code: 'defect.fold',
        reason: 'spoilt',
        parkedAt: expect.stringMatching(/^\d{4}-/),
      });
      expect(await fixture.statusOf(host)).toMatchObject({ parked: 1, state: 'live' });
    });

    it('parks an event whose body cannot be read, whose sums throw, or whose document is unfit', async () => {
      await log.damage('a');
      await log.add('b', 13);
      await log.add('c', 1, 2);
      await log.record('c', 'TallyGarbled');
      await log.add('c', 3);
      await log.add('d', 4);
      await log.record('d', 'TallyBloated');
      await log.add('e', 5);
      const host = fixture.start([tallyProjection()]);
      await fixture.expectCaughtUp(host);
      const { items } = await readStore.find('tallies', PARKED_COLLECTION, {});
      expect(items.map(({ document }) => document['code'])).toEqual([
        'corrupt.event-body',
        'defect.fold',
        'defect.document',
        'invalid.document',
      ]);
      expect(await fixture.totalOf('b')).toBeUndefined();
      expect(await fixture.totalOf('c')).toBe(6);
      expect(await fixture.totalOf('d')).toBe(4);
      expect(await fixture.totalOf('e')).toBe(5);
    });

    it('remembers what it has parked over a restart', async () => {
      await log.record('a', 'TallySpoilt');
      const first = fixture.start([tallyProjection()]);
      await fixture.expectCaughtUp(first);
      await first.stop();
      const second = fixture.start([tallyProjection()]);
      await fixture.expectCaughtUp(second);
      expect((await fixture.statusOf(second)).parked).toBe(1);
    });

    it('stops a projection before an event of a newer build, the others go on', async () => {
      await log.add('a', 1);
      await log.record('a', 'TallyAdded', 2);
      await log.add('b', 5);
      const others: Projection = {
        ...tallyProjection('others'),
        streamPrefixes: ['tally-b'],
      };
      const host = fixture.start([tallyProjection(), others]);
      await fixture.expectCaughtUp(host, 'others');
      await eventually(async () => (await fixture.statusOf(host)).state === 'failed');
      expect(await fixture.statusOf(host)).toMatchObject({ checkpoint: 1n, parked: 0 });
      expect((await fixture.statusOf(host)).lastError).toContain('run a newer build');
      expect(await fixture.totalOf('b', 'others')).toBe(5);
      await log.add('b', 1);
      await fixture.expectCaughtUp(host, 'others');
      expect(await fixture.totalOf('b', 'others')).toBe(6);
    });
  });
});
