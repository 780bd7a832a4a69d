import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { MemoryReadStore } from '@ledgerdesk/read-store';
import { dump, overriding, TallyLog, withWriteFaults } from '../testing/projection-kit';
import { tallyProjection, tallyRegistry } from '../testing/tally.projection';
import { PARKED_COLLECTION, PARKED_MAX } from './projection-storage';
import { rebuildProjection, type RebuildProgress } from './rebuild-projection';

describe('rebuildProjection', () => {
  const projection = tallyProjection();
  const registry = tallyRegistry;
  let eventStore: EventStore;
  let readStore: MemoryReadStore;
  let log: TallyLog;

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
    readStore = new MemoryReadStore();
    log = new TallyLog(eventStore);
  });

  afterEach(() => eventStore.close());

  it('replaces the live generation, drops it, and says what it did', async () => {
    await log.add('a', 1, 2);
    await rebuildProjection({ eventStore, readStore, registry, projection });
    const before = await dump(readStore, projection);
    await log.distract();
    const report = await rebuildProjection({ eventStore, readStore, registry, projection });
    expect(report).toMatchObject({
      projection: 'tallies',
      version: 1,
      generation: 2,
      events: 2,
      parked: 0,
      isPromoted: true,
    });
    expect(await dump(readStore, projection)).toEqual(before);
    expect(await readStore.generations()).toMatchObject([
      { generation: 2, live: true, checkpoint: 3n },
    ]);
  });

  it('promotes an empty generation of an empty log', async () => {
    const report = await rebuildProjection({ eventStore, readStore, registry, projection });
    expect(report).toMatchObject({ events: 0, isPromoted: true });
    expect(await readStore.count('tallies', 'tallies')).toBe(0);
  });

  it('serves the old generation while it builds, and tells how far it is', async () => {
    await log.add('a', 2);
    await rebuildProjection({ eventStore, readStore, registry, projection });
    for (let i = 0; i < 5; i += 1) await log.add('a', ...Array.from({ length: 1_000 }, () => 2));
    const progress: RebuildProgress[] = [];
    const served: Promise<unknown>[] = [];
    await rebuildProjection({
      eventStore,
      readStore,
      registry,
      projection,
      onProgress: (step) => {
        progress.push(step);
        served.push(readStore.get('tallies', 'tallies', 'a'));
      },
    });
    expect(progress.map(({ events }) => events).slice(0, 3)).toEqual([2_000, 4_000, 5_001]);
    expect(progress.every(({ head }) => head === 5_001n)).toBe(true);
    expect(await served[0]).toMatchObject({ total: 2 });
    expect(await readStore.get('tallies', 'tallies', 'a')).toMatchObject({ total: 10_002 });
  });

  it('takes in what is appended while the indexes are built', async () => {
    await log.add('a', 1);
    const created = readStore.createGeneration.bind(readStore);
    const slow = overriding(readStore, {
      createGeneration: async (storage, options) => {
        const generation = await created(storage, options);
        return overriding(generation, {
          buildIndexes: async () => {
            await log.add('a', 5);
            await generation.buildIndexes();
          },
        });
      },
    });
    const report = await rebuildProjection({ eventStore, readStore: slow, registry, projection });
    expect(report.events).toBe(2);
    expect(await readStore.get('tallies', 'tallies', 'a')).toMatchObject({ total: 6 });
  });

  it('leaves the old generation alone when it is aborted', async () => {
    await log.add('a', 1);
    await rebuildProjection({ eventStore, readStore, registry, projection });
    await log.add('a', 1);
    const report = await rebuildProjection({
      eventStore,
      readStore,
      registry,
      projection,
      signal: AbortSignal.abort(),
    });
    expect(report.isPromoted).toBe(false);
    expect(await readStore.generations()).toMatchObject([{ generation: 1, live: true }]);
  });

  it('leaves the old generation alone when a write fails', async () => {
    await log.add('a', 1);
    await rebuildProjection({ eventStore, readStore, registry, projection });
    const failing = withWriteFaults(readStore, {
      before: () => {
        throw new Error('the disk is gone');
      },
    });
    await expect(
      rebuildProjection({ eventStore, readStore: failing, registry, projection }),
    ).rejects.toThrow('the disk is gone');
    expect(await readStore.generations()).toMatchObject([{ generation: 1, live: true }]);
  });

  it('gives way to a rebuild that was begun later', async () => {
    await log.add('a', 1);
    let rival: Promise<unknown> | undefined;
    const overtaken = rebuildProjection({
      eventStore,
      readStore,
      registry,
      projection,
      onProgress: () => {
        rival ??= rebuildProjection({ eventStore, readStore, registry, projection });
      },
    });
    await expect(overtaken).rejects.toMatchObject({ code: 'missing.generation' });
    await rival;
    expect(await readStore.generations()).toMatchObject([{ generation: 2, live: true }]);
  });

  it('counts what it parks, and gives up where it would park almost everything', async () => {
    await log.record('a', 'TallySpoilt');
    const report = await rebuildProjection({ eventStore, readStore, registry, projection });
    expect(report.parked).toBe(1);
    expect(await readStore.count('tallies', PARKED_COLLECTION)).toBe(1);

    const many = Array.from({ length: 1_000 }, () => 1);
    for (let i = 0; i <= PARKED_MAX / many.length; i += 1) await log.add(`t${i}`, ...many);
    const broken = {
      ...projection,
      fold: () => {
        throw new Error('always');
      },
    };
    await expect(
      rebuildProjection({ eventStore, readStore, registry, projection: broken }),
    ).rejects.toMatchObject({ code: 'limit.parked-events' });
  });
});
