import { openEventStore, type SubscriptionMessage } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { CounterDesk, InterceptedEventStore, openTestEngine } from '../testing';
import { backOffMs, DEFAULT_BACK_OFF } from './back-off';
import {
  subscribeSupervised,
  type SubscriptionDrop,
  type SupervisedSubscription,
} from './supervised-subscription';

/** Keeps the revisions it has seen, with a checkpoint as a projection would. */
class Follower {
  readonly seen: bigint[] = [];
  readonly drops: SubscriptionDrop[] = [];
  readonly delays: number[] = [];
  checkpoint = 0n;
  failNext: Error | undefined;
  private watching: (() => void)[] = [];

  follow(eventStore: InterceptedEventStore): SupervisedSubscription {
    return subscribeSupervised({
      eventStore,
      filter: { streamPrefixes: ['counter-'] },
      batchEventsMax: 2,
      checkpoint: () => Promise.resolve(this.checkpoint),
      handle: (message) => this.handle(message),
      onDrop: (drop) => this.drops.push(drop),
      backOff: {
        random: () => 1,
        delay: (ms) => {
          this.delays.push(ms);
          return Promise.resolve();
        },
      },
    });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.watching.push(resolve));
  }

  private handle(message: SubscriptionMessage): void {
    if (message.kind === 'events') {
      if (this.failNext !== undefined) {
        const error = this.failNext;
        this.failNext = undefined;
        throw error;
      }
      this.seen.push(...message.events.map(({ position }) => position));
      this.checkpoint = message.events.at(-1)?.position ?? this.checkpoint;
    }
    const watching = this.watching;
    this.watching = [];
    for (const resume of watching) resume();
  }
}

async function logOf(
  count: number,
): Promise<{ eventStore: InterceptedEventStore; desk: CounterDesk; positions: bigint[] }> {
  const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
  const desk = new CounterDesk(await openTestEngine({ eventStore }));
  const { id } = await desk.open();
  for (let i = 1; i < count; i += 1) await desk.add(id, 1);
  const positions: bigint[] = [];
  for await (const event of eventStore.readAll({ filter: { streamPrefixes: ['counter-'] } })) {
    positions.push(event.position);
  }
  return { eventStore, desk, positions };
}

describe('a supervised subscription', () => {
  it('follows the log live until it is stopped', async () => {
    const { eventStore, desk } = await logOf(3);
    const follower = new Follower();
    const subscription = follower.follow(eventStore);
    await follower.until(() => follower.seen.length === 3);
    await desk.open();
    await follower.until(() => follower.seen.length === 4);
    await subscription.stop();
    expect(await subscription.done).toEqual({ reason: 'stopped' });
    expect(subscription.restarts).toBe(0);
  });

  it('begins again at the stored checkpoint when the handler fails', async () => {
    const { eventStore, positions } = await logOf(6);
    const follower = new Follower();
    follower.failNext = new Error('the disk hiccuped');
    const subscription = follower.follow(eventStore);
    await follower.until(() => follower.seen.length === 6);
    await subscription.stop();
    expect(follower.seen).toEqual(positions);
    expect(subscription.restarts).toBe(1);
    expect(subscription.lastError).toEqual(new Error('the disk hiccuped'));
  });

  it('takes an end without an error for a drop', async () => {
    const { eventStore, positions } = await logOf(3);
    // The server closed the connection politely.
    eventStore.nextSubscription = async function* () {
      yield* [];
    };
    const follower = new Follower();
    const subscription = follower.follow(eventStore);
    await follower.until(() => follower.seen.length === 3);
    await subscription.stop();
    expect(follower.seen).toEqual(positions);
    expect(follower.drops).toEqual([{ error: undefined, failures: 1, delayMs: 100 }]);
  });

  it('waits longer with each failure in a row, and no longer once a message was handled', async () => {
    const { eventStore, desk } = await logOf(1);
    const follower = new Follower();
    let refusals = 3;
    const fail = async function* (): AsyncGenerator<SubscriptionMessage> {
      refusals -= 1;
      if (refusals > 0) eventStore.nextSubscription = fail;
      yield* [];
      throw new LedgerdeskError('unavailable.event-store', 'down');
    };
    eventStore.nextSubscription = fail;
    const subscription = follower.follow(eventStore);
    await follower.until(() => follower.seen.length === 1);
    follower.failNext = new Error('once more');
    await desk.open();
    await follower.until(() => follower.seen.length === 2);
    await subscription.stop();
    expect(follower.delays).toEqual([100, 200, 400, 100]);
  });

  it('ends for good on an error that no restart cures', async () => {
    const { eventStore } = await logOf(1);
    const follower = new Follower();
    const error = new LedgerdeskError('incompatible.event-type', 'from a newer build');
    follower.failNext = error;
    const subscription = follower.follow(eventStore);
    expect(await subscription.done).toEqual({ reason: 'failed', error });
    expect(follower.drops).toEqual([]);
  });

  it('begins again at once when told to', async () => {
    const { eventStore, desk } = await logOf(2);
    const follower = new Follower();
    const subscription = follower.follow(eventStore);
    await follower.until(() => follower.seen.length === 2);
    subscription.restart();
    await desk.open();
    await follower.until(() => follower.seen.length === 3);
    await subscription.stop();
    expect(follower.drops).toEqual([{ error: undefined, failures: 0, delayMs: 0 }]);
  });

  it('can be stopped while it waits to begin again', async () => {
    const { eventStore } = await logOf(1);
    let isWaiting: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (isWaiting = resolve));
    const subscription = subscribeSupervised({
      eventStore,
      checkpoint: () => Promise.reject(new Error('the read store is down')),
      handle: () => undefined,
      onDrop: () => {
        isWaiting();
      },
      backOff: { initialMs: 60_000, maxMs: 60_000 },
    });
    await waiting;
    await subscription.stop();
    expect(await subscription.done).toEqual({ reason: 'stopped' });
  });
});

describe('the back-off', () => {
  it('doubles from the initial wait to the longest, half of it jitter', () => {
    const least = { ...DEFAULT_BACK_OFF, random: () => 0 };
    const most = { ...DEFAULT_BACK_OFF, random: () => 1 };
    expect([1, 2, 3, 20, 1000].map((failures) => backOffMs(failures, least))).toEqual([
      50, 100, 200, 15_000, 15_000,
    ]);
    expect([1, 2, 3, 20, 1000].map((failures) => backOffMs(failures, most))).toEqual([
      100, 200, 400, 30_000, 30_000,
    ]);
  });
});
