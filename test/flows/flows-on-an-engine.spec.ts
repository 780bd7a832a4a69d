import { causationReader, why, type Effect } from '@ledgerdesk/audit';
import { backtestFlow, Engine, MemoryBlobStore, replayFlow } from '@ledgerdesk/engine';
import { ManualClock } from '@ledgerdesk/engine/testing';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { incidentAutoClose, parentToChildren } from '@ledgerdesk/flows';
import type { ProcessDefinition, RecordedEvent } from '@ledgerdesk/kernel';
import { incidentProcess } from '@ledgerdesk/processes';
import { flowReadModels, readModelsOf } from '@ledgerdesk/read-models';
import { MemoryReadStore } from '@ledgerdesk/read-store';
import { setImmediate as nextTurn } from 'node:timers/promises';

const DAY_MS = 86_400_000;

/** An engine with its read models, flows and stores in memory, and a clock that is told. */
describe('flows on an engine', () => {
  let eventStore: EventStore;
  let readStore: MemoryReadStore;
  let clock: ManualClock;
  let engine: Engine;
  let count = 0;

  const process = incidentProcess as unknown as ProcessDefinition;
  const open = (): Promise<Engine> =>
    Engine.open({
      eventStore,
      readStore,
      clock,
      processes: [process],
      projections: [...readModelsOf(process), ...flowReadModels],
      blobs: new MemoryBlobStore(),
      flows: [incidentAutoClose, parentToChildren],
      flowOptions: { scheduler: { after: () => () => undefined } },
    });
  const send = async (name: string, ticket: string | undefined, body: object): Promise<string> => {
    const type = incidentProcess.commands[name]?.type ?? Object;
    count += 1;
    const { id } = await engine.commands.execute({
      process: 'incident',
      ...(ticket !== undefined && { ticket }),
      command: Object.assign(new type(), body),
      commandId: `command-${count}`,
      tenant: 'acme',
      actor: 'ada',
      onBehalfOf: null,
      origin: { kind: 'api', id: 'spec', version: '1' },
    });
    return id;
  };
  const taken = async (): Promise<string> => {
    const body = { description: 'No mail.', channel: 'phone', caller: 'nadia', service: 'mail' };
    const id = await send('RegisterIncident', undefined, body);
    await send('TakeIncident', id, { group: 'desk' });
    return id;
  };
  const stateOf = async (id: string): Promise<string | null> =>
    (await engine.tickets.load('incident', id)).state.state;
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    for (let turn = 0; turn < 50_000; turn += 1) {
      if (await condition()) return;
      await nextTurn();
    }
    throw new Error('the condition did not come about');
  };
  const timersRun = (timers: number): Promise<void> =>
    until(async () => (await engine.flows?.metrics().catch(() => undefined))?.timers === timers);
  const aWeekLater = (): void => {
    clock.advance(7 * DAY_MS);
    engine.flows?.rouseTimers();
  };
  const eventsOf = async (id: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of engine.tickets.events('incident', id)) events.push(event);
    return events;
  };

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
    readStore = new MemoryReadStore();
    clock = new ManualClock();
    engine = await open();
  });

  afterEach(async () => {
    await engine.close();
    await eventStore.close();
  });

  it('closes a resolved incident after a week, also when it was down on the day', async () => {
    const id = await taken();
    await send('ResolveIncident', id, { code: 'other', notes: 'Restarted.' });
    await timersRun(1);
    await engine.close();
    clock.advance(30 * DAY_MS);
    engine = await open();
    await until(async () => (await stateOf(id)) === 'closed');
    const closed = (await eventsOf(id)).at(-1);
    expect(closed).toMatchObject({
      type: 'IncidentClosed',
      actor: 'flow:incident-auto-close',
      data: { cause: 'timer' },
    });
    await timersRun(0);
  });

  it('resolves children with their parent and reopens them with it', async () => {
    const [parent, child, excluded] = [await taken(), await taken(), await taken()];
    await send('SetIncidentParent', child, { parent });
    await send('SetIncidentParent', excluded, { parent });
    await send('ResolveIncident', parent, {
      code: 'solved-permanently',
      notes: 'The relay was replaced.',
      withChildren: true,
      excludedChildren: [excluded],
    });
    await until(async () => (await stateOf(child)) === 'resolved');
    await send('ReopenIncident', parent, { reason: 'It failed again.' });
    await until(async () => (await stateOf(child)) === 'in-progress');
    expect(await stateOf(excluded)).toBe('in-progress');
  });

  it('says why an incident was closed, and what a resolution led to', async () => {
    const id = await taken();
    await send('ResolveIncident', id, { code: 'other', notes: 'Restarted.' });
    await timersRun(1);
    aWeekLater();
    await until(async () => (await stateOf(id)) === 'closed');
    await timersRun(0);
    await engine.projections.waitFor('causation', await eventStore.head(), 120_000);
    const events = await eventsOf(id);
    const [resolved, closed] = ['IncidentResolved', 'IncidentClosed'].map((type) =>
      events.find((event) => event.type === type),
    );
    const reader = causationReader(engine);
    const back = await why(reader, { eventId: closed?.id ?? '' });
    expect(back.causes.map(({ type }) => type)).toEqual([
      'TimerElapsed',
      'TimerSet',
      'IncidentResolved',
    ]);
    expect(back).toMatchObject({ firstCause: 'person', isCut: false });
    const forward = await why(reader, { position: resolved?.position ?? 0n });
    expect(typesOf(forward.effects)).toContain('IncidentClosed');
    await expect(why(reader, { eventId: 'nobody' })).rejects.toMatchObject({
      code: 'missing.event',
    });
    const cut = await why(reader, { position: resolved?.position ?? 0n }, { effectsMax: 2 });
    expect(cut.isCut).toBe(true);
  });

  it('replays to the same decisions, and finds those that would differ', async () => {
    const id = await taken();
    await send('ResolveIncident', id, { code: 'other', notes: 'Restarted.' });
    await timersRun(1);
    aWeekLater();
    await until(async () => (await stateOf(id)) === 'closed');
    await timersRun(0);
    await until(async () => (await engine.flows?.metrics())?.open === 0);
    expect(await replayFlow(incidentAutoClose, engine)).toMatchObject({
      instances: 1,
      decisions: 3,
      differenceCount: 0,
    });
    const policies = { autoClose: { name: 'incident-auto-close', version: 2, value: { days: 3 } } };
    const hasty = await replayFlow({ ...incidentAutoClose, policies }, engine);
    expect(hasty.differences).toMatchObject([{ kind: 'different', version: 1 }]);
    expect(hasty.differences[0]?.decided).toContain('2026-01-04');
    const broken = await replayFlow(
      {
        ...incidentAutoClose,
        decide: () => {
          throw new Error('broken');
        },
      },
      engine,
    );
    expect(broken.differences.map(({ kind }) => kind)).toEqual(['threw', 'threw', 'threw']);
    expect(await replayFlow(parentToChildren, engine)).toMatchObject({ differenceCount: 0 });
  });

  it('tells what a flow would have done on recorded history, and writes nothing', async () => {
    const id = await taken();
    await send('ResolveIncident', id, { code: 'other', notes: 'Restarted.' });
    clock.advance(9 * DAY_MS);
    await taken();
    await timersRun(1);
    const head = await eventStore.head();
    const policies = { autoClose: { name: 'incident-auto-close', version: 2, value: { days: 3 } } };
    const later = {
      ...incidentAutoClose,
      events: { ...incidentAutoClose.events, IncidentRegistered: 'continues' as const },
    };
    const report = await backtestFlow({ ...later, policies }, engine);
    expect(report).toMatchObject({
      instances: 1,
      timersElapsed: 1,
      commandCounts: { 'incident CloseIncident': 1 },
      commands: [{ ticket: id, at: '2026-01-04T00:00:00.000Z' }],
      faultCount: 0,
    });
    expect(await eventStore.head()).toBe(head);
  });
});

function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => [effect.type, ...typesOf(effect.effects)]);
}
