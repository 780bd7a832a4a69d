import { openEventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { InterceptedEventStore, storedEvents } from '../testing';
import { allocatorOn, takeMany } from '../testing/number-kit';
import { NUMBER_BLOCK_SIZE } from './number-allocator';

describe('NumberAllocator', () => {
  it('counts from one, six digits at the least', async () => {
    const allocator = allocatorOn(await openEventStore('memory:'));
    expect(await takeMany(allocator, 2)).toEqual(['CNT-000001', 'CNT-000002']);
  });

  it('never gives a number twice, however many engines take from one store', async () => {
    const eventStore = await openEventStore('memory:');
    const allocators = [1, 2, 3].map(() => allocatorOn(eventStore));
    const taken = await Promise.all(allocators.map((allocator) => takeMany(allocator, 350)));
    expect(new Set(taken.flat()).size).toBe(3 * 350);
    await Promise.all(allocators.map((allocator) => allocator.close()));
  });

  it('never gives a number twice when many commands wait for the first block', async () => {
    const allocator = allocatorOn(await openEventStore('memory:'));
    const taken = await Promise.all(Array.from({ length: 250 }, () => allocator.take()));
    expect(new Set(taken).size).toBe(250);
  });

  it('goes on behind the last block after a crash', async () => {
    const eventStore = await openEventStore('memory:');
    await allocatorOn(eventStore).take();
    expect(await allocatorOn(eventStore).take()).toBe('CNT-000101');
  });

  it('reserves ahead, so that the last number of a block is followed without a wait', async () => {
    const eventStore = await openEventStore('memory:');
    const allocator = allocatorOn(eventStore);
    await takeMany(allocator, NUMBER_BLOCK_SIZE / 2);
    await allocator.close();
    expect(allocator.blocks).toBe(2);
  });

  it('gives out first what was given back', async () => {
    const allocator = allocatorOn(await openEventStore('memory:'));
    const [one = ''] = await takeMany(allocator, 2);
    allocator.giveBack(one);
    expect(await takeMany(allocator, 2)).toEqual(['CNT-000001', 'CNT-000003']);
  });

  it('chains its reservations like all other events', async () => {
    const eventStore = await openEventStore('memory:');
    await takeMany(allocatorOn(eventStore), 2 * NUMBER_BLOCK_SIZE);
    const [first, second] = await storedEvents(eventStore, 'numbers-counter');
    expect(JSON.parse(second?.body ?? '{}')).toMatchObject({
      type: 'NumberBlockReserved',
      revision: '1',
      previousHash: first?.hash,
      data: { process: 'counter', from: 101, to: 200 },
    });
  });

  it('survives a lost answer with a gap at the most', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const allocator = allocatorOn(eventStore);
    eventStore.onAppend = async (_request, pass) => {
      eventStore.onAppend = undefined;
      await pass();
      throw new LedgerdeskError('unknown-outcome.append', 'lost');
    };
    const taken = await takeMany(allocator, 150);
    expect(new Set(taken).size).toBe(150);
  });

  it('fails the command that finds no number left, and recovers with the store', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    const allocator = allocatorOn(eventStore);
    await allocator.take();
    eventStore.onAppend = async () => {
      throw new LedgerdeskError('unavailable.disk-full', 'no room');
    };
    const rest = await takeMany(allocator, NUMBER_BLOCK_SIZE - 1);
    expect(rest.at(-1)).toBe('CNT-000100');
    await expect(allocator.take()).rejects.toMatchObject({ code: 'unavailable.disk-full' });
    eventStore.onAppend = undefined;
    expect(await allocator.take()).toBe('CNT-000101');
  });

  it('gives up when others are faster every time', async () => {
    const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
    eventStore.onAppend = async () => {
      throw new LedgerdeskError('conflict.revision', 'someone was faster');
    };
    await expect(allocatorOn(eventStore).take()).rejects.toMatchObject({
      code: 'unavailable.numbers',
    });
  });
});
