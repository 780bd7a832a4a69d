import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import fc from 'fast-check';
import { InterceptedEventStore, storedEvents } from '../testing';
import { allocatorOn, takeMany } from '../testing/number-kit';
import { NUMBER_BLOCK_SIZE, type NumberAllocator } from './number-allocator';

async function lastEvent(eventStore: EventStore): Promise<unknown> {
  return JSON.parse((await storedEvents(eventStore, 'numbers-counter')).at(-1)?.body ?? '{}');
}

describe('an allocator that closes', () => {
  it('gives back what it has not used, so that the next one goes on without a gap', async () => {
    const eventStore = await openEventStore('memory:');
    const allocator = allocatorOn(eventStore);
    await takeMany(allocator, 37);
    await allocator.close();
    expect(await lastEvent(eventStore)).toMatchObject({
      type: 'NumberBlockReturned',
      data: { process: 'counter', from: 38, to: 100 },
    });
    expect(await allocatorOn(eventStore).take()).toBe('CNT-000038');
  });

  it('gives back the block that it has reserved ahead too', async () => {
    const eventStore = await openEventStore('memory:');
    const allocator = allocatorOn(eventStore);
    await takeMany(allocator, 60);
    await allocator.close();
    expect(await lastEvent(eventStore)).toMatchObject({ data: { from: 61, to: 200 } });
  });

  it('gives back the last numbers of refused commands with the rest', async () => {
    const eventStore = await openEventStore('memory:');
    const allocator = allocatorOn(eventStore);
    const [, second = '', , fourth = ''] = await takeMany(allocator, 4);
    allocator.giveBack(second);
    allocator.giveBack(fourth);
    await allocator.close();
    expect(await allocatorOn(eventStore).take()).toBe('CNT-000004');
  });

  it('writes nothing where it has taken nothing, or is closed already', async () => {
    const eventStore = await openEventStore('memory:');
    await allocatorOn(eventStore).close();
    expect(await storedEvents(eventStore, 'numbers-counter')).toHaveLength(0);
    const allocator = allocatorOn(eventStore);
    await allocator.take();
    await Promise.all([allocator.close(), allocator.close()]);
    await allocator.close();
    expect(await storedEvents(eventStore, 'numbers-counter')).toHaveLength(2);
  });

  it('gives out no more', async () => {
    const allocator = allocatorOn(await openEventStore('memory:'));
    await allocator.take();
    await allocator.close();
    await expect(allocator.take()).rejects.toMatchObject({ code: 'unavailable.shutting-down' });
  });

  it('keeps its numbers as a gap where another engine has reserved behind them', async () => {
    const eventStore = await openEventStore('memory:');
    const [ours, theirs] = [allocatorOn(eventStore), allocatorOn(eventStore)];
    await ours.take();
    await theirs.take();
    await ours.close();
    expect(await storedEvents(eventStore, 'numbers-counter')).toHaveLength(2);
    expect(await theirs.take()).toBe('CNT-000102');
  });

  it('gives back only the block behind that of another engine', async () => {
    const eventStore = await openEventStore('memory:');
    const [ours, theirs] = [allocatorOn(eventStore), allocatorOn(eventStore)];
    await takeMany(ours, NUMBER_BLOCK_SIZE / 2 - 1);
    await theirs.take();
    await ours.take();
    await ours.close();
    expect(await lastEvent(eventStore)).toMatchObject({ data: { from: 201, to: 300 } });
  });

  it('lets another engine that reserves at that very moment have its way', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const [ours, theirs] = [allocatorOn(eventStore), allocatorOn(eventStore)];
    await ours.take();
    let taken = '';
    eventStore.onAppend = async (_request, pass) => {
      eventStore.onAppend = undefined;
      taken = await theirs.take();
      return pass();
    };
    await ours.close();
    expect(taken).toBe('CNT-000101');
    expect(await storedEvents(eventStore, 'numbers-counter')).toHaveLength(2);
  });

  it('closes all the same where the store takes nothing', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const allocator = allocatorOn(eventStore);
    await allocator.take();
    eventStore.onAppend = async () => {
      throw new LedgerdeskError('unavailable.disk-full', 'no room');
    };
    await expect(allocator.close()).resolves.toBeUndefined();
    eventStore.onAppend = undefined;
    expect(await allocatorOn(eventStore).take()).toBe('CNT-000101');
  });
});

type Step =
  | { readonly kind: 'take'; readonly engine: number; readonly count: number }
  | { readonly kind: 'refuse' | 'close' | 'crash'; readonly engine: number };

const ENGINES = 3;
const engine = fc.nat(ENGINES - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      engine,
      count: fc.integer({ min: 1, max: 70 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('refuse' as const, 'close' as const, 'crash' as const),
      engine,
    }),
  },
);

describe('engines that start, stop and crash on one store', () => {
  it('never use a number twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const eventStore = await openEventStore('memory:');
        const running = Array.from({ length: ENGINES }, () => allocatorOn(eventStore));
        const used: string[] = [];
        for (const each of steps) {
          const allocator = running[each.engine] as NumberAllocator;
          if (each.kind === 'take') used.push(...(await takeMany(allocator, each.count)));
          if (each.kind === 'refuse') allocator.giveBack(await allocator.take());
          if (each.kind === 'close') await allocator.close();
          if (each.kind === 'close' || each.kind === 'crash') {
            running[each.engine] = allocatorOn(eventStore);
          }
        }
        expect(new Set(used).size).toBe(used.length);
      }),
      { seed: 20260302, numRuns: 150 },
    );
  });

  it('leave no gap while one runs after the other and none crashes', async () => {
    const lives = fc.array(fc.integer({ min: 0, max: 230 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lives, async (counts) => {
        const eventStore = await openEventStore('memory:');
        const used: string[] = [];
        for (const count of counts) {
          const allocator = allocatorOn(eventStore);
          used.push(...(await takeMany(allocator, count)));
          await allocator.close();
        }
        const total = counts.reduce((sum, count) => sum + count, 0);
        const inOrder = Array.from({ length: total }, (_, i) => Number(used[i]?.slice(4)));
        expect(inOrder).toEqual(Array.from({ length: total }, (_, i) => i + 1));
      }),
      { seed: 20260302, numRuns: 50 },
    );
  });
});
