import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EventStore } from '@ledgerdesk/event-store';
import type { ReadStore } from '@ledgerdesk/read-store';
import { ProjectionHostFixture } from '../testing/projection-host-fixture';
import { eventually, overriding, type TallyLog } from '../testing/projection-kit';
import { tallyProjection, tallyRegistry } from '../testing/tally.projection';
import { storageOf } from './projection-storage';
import { rebuildProjection } from './rebuild-projection';

describe('generations of a projection', () => {
  let fixture: ProjectionHostFixture;
  let eventStore: EventStore;
  let readStore: ReadStore;
  let log: TallyLog;

  beforeEach(async () => {
    fixture = await ProjectionHostFixture.open();
    ({ eventStore, readStore, log } = fixture);
  });

  afterEach(() => fixture.close());

  it('builds a new version beside the old one, which serves until it is replaced', async () => {
    await log.add('a', 1, 2);
    const old = fixture.start([tallyProjection()]);
    await fixture.expectCaughtUp(old);
    await old.stop();
    await log.add('b', 3);

    const served: unknown[] = [];
    const observing = tallyProjection('tallies', 2, () => {
      void fixture.totalOf('a').then((total) => served.push(total));
    });
    const host = fixture.start([observing]);
    await fixture.expectCaughtUp(host);
    expect(await fixture.documentOf('a')).toMatchObject({ version: 2 });
    expect(await fixture.totalOf('b')).toBe(3);
    expect(served).toEqual([3, 3, 3]);
    const generations = await readStore.generations('tallies');
    expect(generations).toMatchObject([{ generation: 2, version: 2, live: true }]);
    await log.add('a', 9);
    await fixture.expectCaughtUp(host);
    expect(await fixture.totalOf('a')).toBe(12);
  });

  it('lets a projection that is built anew catch up alone, and then joins it to the others', async () => {
    const first = fixture.start([tallyProjection(), tallyProjection('others')]);
    for (let i = 0; i < 11; i += 1) await log.add('a', ...Array.from({ length: 1_000 }, () => 2));
    await fixture.expectCaughtUp(first);
    await fixture.expectCaughtUp(first, 'others');
    await first.stop();

    const subscribeToAll = jest.fn(eventStore.subscribeToAll.bind(eventStore));
    const host = fixture.start([tallyProjection('tallies', 2), tallyProjection('others')], {
      eventStore: overriding(eventStore, { subscribeToAll }),
    });
    await fixture.expectCaughtUp(host);
    // One for `others`, one for the build, one for both of them together.
    await eventually(() => subscribeToAll.mock.calls.length === 3, 'the join');
    const begun = subscribeToAll.mock.calls.map(([{ after }]) => after);
    expect(begun.slice(0, 2)).toEqual([11_000n, 0n]);
    await log.add('a', 1);
    await fixture.expectCaughtUp(host);
    await fixture.expectCaughtUp(host, 'others');
    expect(await fixture.totalOf('a')).toBe(22_001);
    expect(await fixture.totalOf('a', 'others')).toBe(22_001);
  });

  it('throws away a build that a crash left unfinished', async () => {
    await log.add('a', 1, 2, 3);
    const crashing = fixture.start([tallyProjection()], {
      readStore: overriding(readStore, {
        promote: async () => {
          throw new LedgerdeskError('incompatible.crash', 'the process died here');
        },
      }),
    });
    await eventually(async () => (await fixture.statusOf(crashing)).state === 'failed');
    await crashing.stop();
    expect(await readStore.generations('tallies')).toMatchObject([{ live: false }]);
    await fixture.expectCaughtUp(fixture.start([tallyProjection()]));
    expect(await fixture.totalOf('a')).toBe(6);
    expect(await readStore.generations('tallies')).toMatchObject([{ generation: 2, live: true }]);
  });

  it('moves over to the generation that another process has rebuilt', async () => {
    await log.add('a', 1, 2);
    const host = fixture.start([tallyProjection()]);
    await fixture.expectCaughtUp(host);
    const projection = tallyProjection();
    await rebuildProjection({ eventStore, readStore, registry: tallyRegistry, projection });
    await log.add('a', 4);
    await eventually(async () => (await fixture.totalOf('a')) === 7, 'the new generation');
    await eventually(async () => (await fixture.statusOf(host)).generation === 2);
    expect(await fixture.totalOf('a')).toBe(7);
    await fixture.expectLikeFreshFold();
  });

  it('brings a generation that another process has promoted forward without waiting for an event', async () => {
    const host = fixture.start([tallyProjection()]);
    await log.add('a', 1);
    await fixture.expectCaughtUp(host);
    await readStore.createGeneration(storageOf(tallyProjection()));
    await readStore.promote('tallies', 2);
    await eventually(async () => (await fixture.totalOf('a')) === 1, 'the fill');
    expect(await readStore.checkpoint('tallies')).toBe(1n);
  });
});
