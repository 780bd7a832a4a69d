import { openEventStore } from '@ledgerdesk/event-store';
import type { DryRunOutcome, CommandRequest } from '../command-request';
import {
  add,
  CloseCounter,
  CounterDesk,
  errorOf,
  Follow,
  ForkCounter,
  InterceptedEventStore,
  OpenCounter,
  openTestEngine,
} from '../testing';

const follow = (counter: string): Follow => Object.assign(new Follow(), { counter });

const cups = (key?: string): OpenCounter =>
  Object.assign(new OpenCounter(), { title: 'Cups', ...(key !== undefined && { key }) });

async function deskWithDryRun(): Promise<{
  desk: CounterDesk;
  head: () => Promise<bigint>;
  dryRun: (command: object, request?: Partial<CommandRequest>) => Promise<DryRunOutcome>;
}> {
  const eventStore = new InterceptedEventStore(await openEventStore('memory:'));
  const engine = await openTestEngine({ eventStore });
  return {
    desk: new CounterDesk(engine),
    head: () => eventStore.head(),
    dryRun: (command, request = {}) =>
      engine.commands.dryRun({
        process: 'counter',
        tenant: 'acme',
        actor: 'ada',
        onBehalfOf: null,
        origin: { kind: 'api', id: 'spec', version: '1' },
        commandId: 'dry-1',
        command,
        ...request,
      }),
  };
}

const typesOf = ({ events }: Pick<DryRunOutcome, 'events'>): readonly string[] =>
  events.map(({ type }) => type);

describe('a dry run', () => {
  it('gives the events that the real command then records, field by field', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id } = await desk.open();
    const dry = await dryRun(add(3), { ticket: id });
    const real = await desk.send(add(3), { ticket: id, commandId: 'dry-1' });
    const strip = (events: DryRunOutcome['events']): unknown =>
      events.map((event) => ({ ...event, position: 0n }));
    expect(dry.events.length).toBeGreaterThan(0);
    expect(strip(dry.events)).toEqual(strip(real.events));
    expect(dry).toMatchObject({ state: real.state, revision: real.revision, repeated: false });
  });

  it('appends nothing and takes no number, also where it would begin a ticket', async () => {
    const { desk, head, dryRun } = await deskWithDryRun();
    await desk.open();
    const before = await head();
    const dry = await dryRun(cups());
    expect(dry.number).toBe('CNT-000000');
    expect(typesOf(dry)).toEqual(['CounterOpened']);
    expect(await head()).toBe(before);
    expect(await desk.open()).toMatchObject({ number: 'CNT-000002' });
  });

  it('reserves no block of numbers on an empty log', async () => {
    const { head, dryRun } = await deskWithDryRun();
    await dryRun(cups());
    expect(await head()).toBe(0n);
  });

  it('leaves the id of the command unused', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id } = await desk.open();
    await dryRun(add(3), { ticket: id });
    expect(await desk.send(add(4), { ticket: id, commandId: 'dry-1' })).toMatchObject({
      repeated: false,
    });
  });

  it('alters no cache: what comes next is decided on the log alone', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id } = await desk.open();
    const before = desk.engine.metrics().cache;
    await dryRun(new CloseCounter(), { ticket: id });
    expect(desk.engine.metrics().cache).toEqual(before);
    expect(await desk.add(id, 1)).toMatchObject({ repeated: false });
  });

  it('says that a command was recorded before, and gives no events', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id } = await desk.open();
    await desk.send(add(3), { ticket: id, commandId: 'dry-1' });
    const dry = await dryRun(add(3), { ticket: id });
    expect(dry).toMatchObject({ repeated: true, events: [], revision: 1n });
  });

  it('is refused as the command would be', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id, revision } = await desk.open({}, 5);
    const codes = await Promise.all(
      [
        dryRun(add(5000), { ticket: id }),
        dryRun(add(1), { ticket: id, expectedRevision: revision + 1n }),
        dryRun(add(1), { ticket: 'CNT-000099' }),
      ].map(async (work) => (await errorOf(work)).code),
    );
    expect(codes).toEqual(['invalid.command', 'conflict.revision-pinned', 'missing.ticket']);
    await desk.send(new CloseCounter(), { ticket: id });
    expect((await errorOf(dryRun(add(1), { ticket: id }))).code).toBe('refused.state');
  });

  it('names the ticket whose natural key it would take a second time', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { number } = await desk.send(cups('kitchen'));
    const error = await errorOf(dryRun(cups('kitchen')));
    expect(error).toMatchObject({ code: 'refused.exists', details: { number } });
  });

  it('shows the events of companions on other tickets first', async () => {
    const { desk, head, dryRun } = await deskWithDryRun();
    const [follower, followed] = [await desk.open(), await desk.open()];
    const before = await head();
    const dry = await dryRun(follow(followed.id), { ticket: follower.id });
    expect(dry.events.map(({ type, stream }) => [type, stream])).toEqual([
      ['CounterFollowerCounted', followed.stream],
      ['CounterFollowed', follower.stream],
    ]);
    expect(await head()).toBe(before);
  });

  it('is refused where a companion would be, and says which one', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const [follower, followed] = [await desk.open(), await desk.open()];
    await desk.send(new CloseCounter(), { ticket: followed.id });
    const error = await errorOf(dryRun(follow(followed.id), { ticket: follower.id }));
    expect(error).toMatchObject({
      code: 'refused.state',
      details: { companion: { command: 'CountFollower' } },
    });
  });

  it('shows the new ticket of a command that makes one out of another', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id, stream } = await desk.open();
    const dry = await dryRun(new ForkCounter(), { ticket: id });
    expect(dry.stream).not.toBe(stream);
    expect(dry).toMatchObject({ number: 'CNT-000000', state: { additions: 1 } });
  });

  it('is not taken once the engine stops', async () => {
    const { desk, dryRun } = await deskWithDryRun();
    const { id } = await desk.open();
    await desk.engine.close();
    const error = await errorOf(dryRun(add(1), { ticket: id }));
    expect(error.code).toBe('unavailable.shutting-down');
  });
});
