import { openEventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import {
  CloseCounter,
  CounterDesk,
  errorOf,
  Follow,
  InterceptedEventStore,
  openTestEngine,
  storedEvents,
  type CounterState,
} from '../testing';

const follow = (counter: string): Follow => Object.assign(new Follow(), { counter });

async function twoCounters(): Promise<{
  eventStore: InterceptedEventStore;
  desk: CounterDesk;
  follower: string;
  followed: string;
}> {
  const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
  const desk = new CounterDesk(await openTestEngine({ eventStore }));
  const [follower, followed] = [await desk.open(), await desk.open()];
  return { eventStore, desk, follower: follower.id, followed: followed.id };
}

async function followersOf(desk: CounterDesk, id: string): Promise<readonly string[]> {
  const { state } = await desk.engine.tickets.load('counter', id);
  return (state as CounterState).followers;
}

describe('a command with a companion', () => {
  it('records the companion first, under an id derived from its own', async () => {
    const { eventStore, desk, follower, followed } = await twoCounters();
    const { events } = await desk.send(follow(followed), { ticket: follower, commandId: 'f-1' });
    const log: string[] = [];
    for await (const { type } of eventStore.readAll()) log.push(type);
    expect(log.slice(-2)).toEqual(['CounterFollowerCounted', 'CounterFollowed']);
    const [counted] = (await storedEvents(eventStore, `counter-${followed}`)).slice(-1);
    const sealed = JSON.parse(counted?.body ?? '{}') as Record<string, unknown>;
    expect(sealed).toMatchObject({
      correlationId: 'f-1',
      actor: 'ada',
      occurredAt: events[0]?.occurredAt,
    });
    expect(sealed['commandId']).not.toBe('f-1');
  });

  it('may name the other ticket by its number', async () => {
    const { desk, follower, followed } = await twoCounters();
    await desk.send(follow('CNT-000002'), { ticket: follower });
    expect(await followersOf(desk, followed)).toEqual([follower]);
  });

  it('leaves no companion behind when it is refused itself', async () => {
    const { desk, follower, followed } = await twoCounters();
    await desk.send(new CloseCounter(), { ticket: follower });
    const error = await errorOf(desk.send(follow(followed), { ticket: follower }));
    expect(error.code).toBe('refused.state');
    expect(await followersOf(desk, followed)).toEqual([]);
  });

  it('leaves no companion behind when only this engine has not heard that the ticket is closed', async () => {
    const { eventStore, desk, follower, followed } = await twoCounters();
    const other = new CounterDesk(await openTestEngine({ eventStore }));
    await other.send(new CloseCounter(), { ticket: follower, commandId: 'theirs' });
    const error = await errorOf(desk.send(follow(followed), { ticket: follower }));
    expect(error.code).toBe('refused.state');
    expect(await followersOf(desk, followed)).toEqual([]);
  });

  it('is refused when its companion is, and says which one', async () => {
    const { desk, follower, followed } = await twoCounters();
    await desk.send(new CloseCounter(), { ticket: followed });
    const error = await errorOf(desk.send(follow(followed), { ticket: follower }));
    expect(error.code).toBe('refused.state');
    expect(error.details['companion']).toEqual({ ticket: followed, command: 'CountFollower' });
    expect(await desk.engine.tickets.load('counter', follower)).toMatchObject({ revision: 0n });
  });

  it('has one effect on both when the engine died between the two and the command is sent again', async () => {
    const { eventStore, desk, follower, followed } = await twoCounters();
    eventStore.onAppend = async ({ stream }, pass) => {
      if (stream === `counter-${followed}`) return pass();
      throw new LedgerdeskError('unavailable.event-store', 'the power failed here');
    };
    await errorOf(desk.send(follow(followed), { ticket: follower, commandId: 'f-1' }));
    expect(await followersOf(desk, followed)).toEqual([follower]);
    eventStore.onAppend = undefined;
    const restarted = new CounterDesk(await openTestEngine({ eventStore }));
    const outcome = await restarted.send(follow(followed), { ticket: follower, commandId: 'f-1' });
    expect(outcome).toMatchObject({ revision: 1n, repeated: false, state: { follows: followed } });
    expect(await followersOf(restarted, followed)).toEqual([follower]);
  });

  it('does not lock up when two tickets take each other as companions at once', async () => {
    const { desk, follower, followed } = await twoCounters();
    const outcomes = await Promise.all([
      desk.send(follow(followed), { ticket: follower }),
      desk.send(follow(follower), { ticket: followed }),
    ]);
    expect(outcomes.map(({ state }) => (state as CounterState).follows)).toEqual([
      followed,
      follower,
    ]);
    expect(await followersOf(desk, followed)).toEqual([follower]);
    expect(await followersOf(desk, follower)).toEqual([followed]);
  });
});
