import { LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { MemoryReadStore, type ReadStore } from '@ledgerdesk/read-store';
import type { ProjectionStatus } from '../projection-host';
import {
  atOnce,
  dump,
  eventually,
  overriding,
  TallyLog,
  withWriteFaults,
  type WriteFaults,
} from '../testing/projection-kit';
import { tallyProjection, tallyRegistry } from '../testing/tally.projection';
import {
  InProcessProjectionHost,
  type InProcessProjectionHostOptions,
} from './in-process-projection-host';
import { PARKED_COLLECTION } from './projection-storage';
import { rebuildProjection } from './rebuild-projection';

const WAIT_MS = 10_000;

describe('InProcessProjectionHost', () => {
  let eventStore: EventStore;
  let readStore: ReadStore;
  let log: TallyLog;
  const hosts: InProcessProjectionHost[] = [];

  const start = (
    projections: readonly Projection[],
    options: Partial<InProcessProjectionHostOptions> = {},
  ): InProcessProjectionHost => {
    const host = InProcessProjectionHost.start({
      eventStore,
      readStore,
      registry: tallyRegistry,
      projections,
      backOff: atOnce,
      patrolMs: 10,
      ...options,
    });
    hosts.push(host);
    return host;
  };
  const statusOf = async (
    host: InProcessProjectionHost,
    name = 'tallies',
  ): Promise<ProjectionStatus> => {
    const found = (await host.status()).find((status) => status.name === name);
    if (found === undefined) throw new Error(`no status of ${name}`);
    return found;
  };
  const caughtUp = async (host: InProcessProjectionHost, name = 'tallies'): Promise<void> => {
    expect(await host.waitFor(name, await eventStore.head(), WAIT_MS)).toBe(true);
  };
  const totalOf = async (tally: string, name = 'tallies'): Promise<unknown> =>
    (await readStore.get(name, name, tally))?.['total'];
  const expectLikeFreshFold = async (projection = tallyProjection()): Promise<void> => {
    const fresh = new MemoryReadStore();
    await rebuildProjection({ eventStore, readStore: fresh, registry: tallyRegistry, projection });
    expect(await dump(readStore, projection)).toEqual(await dump(fresh, projection));
  };

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
    readStore = new MemoryReadStore();
    log = new TallyLog(eventStore);
  });

  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
    await eventStore.close();
  });

  describe('following the log', () => {
    it('serves an empty log at once', async () => {
      const host = start([tallyProjection()]);
      await eventually(async () => (await statusOf(host)).state === 'live');
      expect(await readStore.count('tallies', 'tallies')).toBe(0);
    });

    it('folds what is stored and what comes later', async () => {
      await log.add('a', 1, 2);
      const host = start([tallyProjection()]);
      await caughtUp(host);
      expect(await totalOf('a')).toBe(3);
      await log.add('a', 4);
      await caughtUp(host);
      expect(await totalOf('a')).toBe(7);
      await expectLikeFreshFold();
    });

    it('moves its checkpoint over events that concern no projection', async () => {
      const host = start([tallyProjection()]);
      const position = await log.distract();
      expect(await host.waitFor('tallies', position, WAIT_MS)).toBe(true);
      expect(await readStore.checkpoint('tallies')).toBe(position);
    });

    it('decodes an event once for all projections, over one subscription', async () => {
      await log.add('a', 1, 2, 3);
      const decode = jest.fn(tallyRegistry.decode.bind(tallyRegistry));
      const subscribeToAll = jest.fn(eventStore.subscribeToAll.bind(eventStore));
      const host = start([tallyProjection(), tallyProjection('others')], {
        registry: { ...tallyRegistry, decode },
        eventStore: overriding(eventStore, { subscribeToAll }),
      });
      await caughtUp(host);
      await caughtUp(host, 'others');
      expect(decode).toHaveBeenCalledTimes(3);
      expect(subscribeToAll).toHaveBeenCalledTimes(1);
    });

    it('reports how far each projection is', async () => {
      const host = start([tallyProjection()]);
      const position = await log.add('a', 1);
      await caughtUp(host);
      expect(await statusOf(host)).toEqual({
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
      const host = start([tallyProjection()]);
      expect(await host.waitFor('tallies', 99n, 20)).toBe(false);
      expect(await host.waitFor('unknown', 0n, WAIT_MS)).toBe(false);
    });

    it('tells its listeners of progress until they leave', async () => {
      const host = start([tallyProjection()]);
      const heard: string[] = [];
      const leave = host.onProgress((name, checkpoint) => heard.push(`${name} ${checkpoint}`));
      await log.add('a', 1);
      await caughtUp(host);
      leave();
      await log.add('a', 1);
      await caughtUp(host);
      expect(heard).toContain('tallies 1');
      expect(heard).not.toContain('tallies 2');
    });

    it('answers those who wait, and stops, when it is told to', async () => {
      const host = start([tallyProjection()]);
      const waiting = host.waitFor('tallies', 99n, WAIT_MS);
      await host.stop();
      await host.stop();
      expect(await waiting).toBe(false);
      expect((await statusOf(host)).state).toBe('stopped');
    });
  });

  describe('after a fault', () => {
    it('continues where it was stopped, and applies each event once', async () => {
      const seen: string[] = [];
      const observed = tallyProjection('tallies', 1, ({ stream }) => seen.push(stream));
      const first = start([observed]);
      await log.add('a', 1);
      await caughtUp(first);
      await first.stop();
      await log.add('b', 2);
      await caughtUp(start([observed]));
      expect(seen).toEqual(['tally-a', 'tally-b']);
      await expectLikeFreshFold();
    });

    it.each(['before', 'after'] as const)(
      'has each effect once where a write fails %s it is stored',
      async (moment) => {
        const faults: WriteFaults = {};
        const host = start([tallyProjection()], { readStore: withWriteFaults(readStore, faults) });
        await log.add('a', 1);
        await caughtUp(host);
        let failures = 1;
        faults[moment] = () => {
          failures -= 1;
          if (failures >= 0) throw new LedgerdeskError('unavailable.disk-full', 'the disk is full');
        };
        await log.add('a', 2, 3);
        await caughtUp(host);
        expect(failures).toBeLessThanOrEqual(0);
        expect(await totalOf('a')).toBe(6);
        await eventually(async () => (await statusOf(host)).state === 'live');
        expect(await statusOf(host)).toMatchObject({ restarts: 1, lastError: 'the disk is full' });
        await expectLikeFreshFold();
      },
    );

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
      const host = start([tallyProjection()], {
        eventStore: overriding(eventStore, { subscribeToAll: dropping }),
      });
      for (const amount of [1, 2, 3, 4]) {
        await log.add('a', amount);
        await caughtUp(host);
      }
      await eventually(async () => (await statusOf(host)).restarts === 3);
      expect(await totalOf('a')).toBe(10);
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
      const host = start([tallyProjection()], {
        eventStore: overriding(eventStore, { subscribeToAll: sticking }),
        stallMs: 50,
      });
      await log.add('a', 1);
      await caughtUp(host);
      isStuck = true;
      await log.add('a', 2);
      await caughtUp(host);
      expect(await totalOf('a')).toBe(3);
      expect(host.stalls).toBeGreaterThanOrEqual(1);
    });

    it('fails, and names the cure, where the log is shorter than what the documents hold', async () => {
      await log.add('a', 1, 2, 3);
      const first = start([tallyProjection()]);
      await caughtUp(first);
      await first.stop();
      const restored = await openEventStore('memory:');
      await new TallyLog(restored).add('a', 1);
      const failures: string[] = [];
      const host = start([tallyProjection()], {
        eventStore: restored,
        onFailure: (projection) => failures.push(projection),
      });
      await eventually(async () => (await statusOf(host)).state === 'failed');
      expect((await statusOf(host)).lastError).toContain('ledgerdesk projections rebuild tallies');
      expect(failures).toEqual(['tallies']);
      expect(await host.waitFor('tallies', 1n, WAIT_MS)).toBe(false);
      await host.stop();
      expect((await statusOf(host)).state).toBe('failed');
      await restored.close();
    });
  });

  describe('poison', () => {
    it('parks an event that the fold throws on, with where and why, and goes on', async () => {
      const host = start([tallyProjection()]);
      await log.add('a', 1);
      const position = await log.record('a', 'TallySpoilt');
      await log.add('a', 2);
      await caughtUp(host);
      expect(await totalOf('a')).toBe(3);
      expect(await readStore.get('tallies', PARKED_COLLECTION, String(position))).toEqual({
        position: String(position),
        stream: 'tally-a',
        revision: '1',
        type: 'TallySpoilt',
        code: 'defect.fold',
        reason: 'spoilt',
        parkedAt: expect.stringMatching(/^\d{4}-/),
      });
      expect(await statusOf(host)).toMatchObject({ parked: 1, state: 'live' });
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
      const host = start([tallyProjection()]);
      await caughtUp(host);
      const { items } = await readStore.find('tallies', PARKED_COLLECTION, {});
      expect(items.map(({ document }) => document['code'])).toEqual([
        'corrupt.event-body',
        'defect.fold',
        'defect.document',
        'invalid.document',
      ]);
      expect(await totalOf('b')).toBeUndefined();
      expect(await totalOf('c')).toBe(6);
      expect(await totalOf('d')).toBe(4);
      expect(await totalOf('e')).toBe(5);
    });

    it('remembers what it has parked over a restart', async () => {
      await log.record('a', 'TallySpoilt');
      const first = start([tallyProjection()]);
      await caughtUp(first);
      await first.stop();
      const second = start([tallyProjection()]);
      await caughtUp(second);
      expect((await statusOf(second)).parked).toBe(1);
    });

    it('stops a projection before an event of a newer build, the others go on', async () => {
      await log.add('a', 1);
      await log.record('a', 'TallyAdded', 2);
      await log.add('b', 5);
      const others: Projection = {
        ...tallyProjection('others'),
        streamPrefixes: ['tally-b'],
      };
      const host = start([tallyProjection(), others]);
      await caughtUp(host, 'others');
      await eventually(async () => (await statusOf(host)).state === 'failed');
      expect(await statusOf(host)).toMatchObject({ checkpoint: 1n, parked: 0 });
      expect((await statusOf(host)).lastError).toContain('run a newer build');
      expect(await totalOf('b', 'others')).toBe(5);
      await log.add('b', 1);
      await caughtUp(host, 'others');
      expect(await totalOf('b', 'others')).toBe(6);
    });
  });

  describe('generations', () => {
    const versionOf = async (tally: string): Promise<unknown> =>
      (await readStore.get('tallies', 'tallies', tally))?.['version'];

    it('builds a new version beside the old one, which serves until it is replaced', async () => {
      await log.add('a', 1, 2);
      const old = start([tallyProjection()]);
      await caughtUp(old);
      await old.stop();
      await log.add('b', 3);

      const served: unknown[] = [];
      const observing = tallyProjection('tallies', 2, () => {
        void totalOf('a').then((total) => served.push(total));
      });
      const host = start([observing]);
      await caughtUp(host);
      expect(await versionOf('a')).toBe(2);
      expect(await totalOf('b')).toBe(3);
      expect(served).toEqual([3, 3, 3]);
      const generations = await readStore.generations('tallies');
      expect(generations).toMatchObject([{ generation: 2, version: 2, live: true }]);
      await log.add('a', 9);
      await caughtUp(host);
      expect(await totalOf('a')).toBe(12);
    });

    it('lets a projection that is built anew catch up alone, and then joins it to the others', async () => {
      const first = start([tallyProjection(), tallyProjection('others')]);
      for (let i = 0; i < 11; i += 1) await log.add('a', ...Array.from({ length: 1_000 }, () => 2));
      await caughtUp(first);
      await caughtUp(first, 'others');
      await first.stop();

      const subscribeToAll = jest.fn(eventStore.subscribeToAll.bind(eventStore));
      const host = start([tallyProjection('tallies', 2), tallyProjection('others')], {
        eventStore: overriding(eventStore, { subscribeToAll }),
      });
      await caughtUp(host);
      // One for `others`, one for the build, one for both of them together.
      await eventually(() => subscribeToAll.mock.calls.length === 3, 'the join');
      const begun = subscribeToAll.mock.calls.map(([{ after }]) => after);
      expect(begun.slice(0, 2)).toEqual([11_000n, 0n]);
      await log.add('a', 1);
      await caughtUp(host);
      await caughtUp(host, 'others');
      expect(await totalOf('a')).toBe(22_001);
      expect(await totalOf('a', 'others')).toBe(22_001);
    });

    it('throws away a build that a crash left unfinished', async () => {
      await log.add('a', 1, 2, 3);
      const faults: WriteFaults = { after: () => undefined };
      const crashing = start([tallyProjection()], {
        readStore: overriding(withWriteFaults(readStore, faults), {
          promote: async () => {
            throw new LedgerdeskError('incompatible.crash', 'the process died here');
          },
        }),
      });
      await eventually(async () => (await statusOf(crashing)).state === 'failed');
      await crashing.stop();
      expect(await readStore.generations('tallies')).toMatchObject([{ live: false }]);
      await caughtUp(start([tallyProjection()]));
      expect(await totalOf('a')).toBe(6);
      expect(await readStore.generations('tallies')).toMatchObject([{ generation: 2, live: true }]);
    });

    it('moves over to the generation that another process has rebuilt', async () => {
      await log.add('a', 1, 2);
      const host = start([tallyProjection()]);
      await caughtUp(host);
      const projection = tallyProjection();
      await rebuildProjection({ eventStore, readStore, registry: tallyRegistry, projection });
      await log.add('a', 4);
      await eventually(async () => (await totalOf('a')) === 7, 'the new generation');
      await eventually(async () => (await statusOf(host)).generation === 2);
      await expectLikeFreshFold();
    });

    it('brings a generation that another process has promoted forward without waiting for an event', async () => {
      const host = start([tallyProjection()]);
      await log.add('a', 1);
      await caughtUp(host);
      const { storageOf } = await import('./projection-storage');
      await readStore.createGeneration(storageOf(tallyProjection()));
      await readStore.promote('tallies', 2);
      await eventually(async () => (await totalOf('a')) === 1, 'the empty generation is filled');
    });
  });
});
