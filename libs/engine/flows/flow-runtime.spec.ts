import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import {
  defineFlow,
  LedgerdeskError,
  ticketIdOfStream,
  type FlowDefinition,
  type FlowInstance,
} from '@ledgerdesk/kernel';
import type { Engine } from '../engine';
import { add, CounterDesk, ManualClock, openTestEngine, storedEvents } from '../testing';
import { operator } from '../testing/flow-kit';
import { LogFlowIndex } from '../testing/log-flow-index';
import { eventually } from '../testing/projection-kit';
import type { FlowMetrics } from './flow-metrics';

const DAY_MS = 86_400_000;

/**
 * Doubles the first amount a day later, once. An amount of 13 is a poison; 500 or more too much.
 */
const doubling: FlowDefinition<{ readonly by: number }> = defineFlow<{ readonly by: number }>({
  name: 'doubling',
  version: 1,
  title: 'Doubling',
  summary: 'Adds the first amount once more after a day.',
  events: { CounterAdded: 'starts', CounterClosed: 'continues', TimerElapsed: 'continues' },
  follows: {
    CounterAdded: { timers: ['Due'], ends: true },
    CounterClosed: { ends: true },
    TimerElapsed: { commands: ['counter.Add'] },
    'undo Add': { commands: ['counter.Add'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { by: 0 },
  evolve: (state, { type, data }) => {
    if (type !== 'CounterAdded' || state.by !== 0) return state;
    if (data['by'] === 13) throw new Error('thirteen');
    return { by: Number(data['by']) };
  },
  decide: ({ by }, event, { key }) => {
    switch (event.type) {
      case 'CounterAdded':
        return event.origin.kind === 'flow'
          ? { complete: true }
          : { timers: [{ set: 'Due', dueAt: plusDay(event.occurredAt) }] };
      case 'TimerElapsed':
        return { commands: [{ process: 'counter', ticket: key, command: 'Add', body: { by } }] };
      default:
        return { complete: true };
    }
  },
  compensations: {
    Add: ({ ticket, body }) => ({
      process: 'counter',
      ticket,
      command: 'Add',
      body: { by: -Number(body['by']) },
    }),
  },
  policies: {},
});

function plusDay(instant: string): string {
  return new Date(Date.parse(instant) + DAY_MS).toISOString();
}

describe('FlowRuntime', () => {
  let eventStore: EventStore;
  let clock: ManualClock;
  const engines: Engine[] = [];

  const open = async (): Promise<Engine> => {
    const engine = await openTestEngine({
      eventStore,
      clock,
      flows: [doubling],
      flowOptions: {
        index: new LogFlowIndex(eventStore),
        scheduler: { after: () => () => undefined },
      },
    });
    engines.push(engine);
    return engine;
  };
  const metrics = async (engine: Engine): Promise<FlowMetrics | undefined> =>
    engine.flows?.metrics();
  const instance = async (engine: Engine, key: string): Promise<FlowInstance | undefined> =>
    engine.flows?.operations.load('doubling', key).catch(() => undefined);
  const level = (engine: Engine): Promise<void> =>
    eventually(async () => {
      const at = await metrics(engine);
      return at?.lagEvents === 0n && at.backlog === 0;
    });
  const totalOf = async (engine: Engine, id: string): Promise<unknown> =>
    (await engine.tickets.load('counter', id)).state;
  const aDayLater = (engine: Engine): void => {
    clock.advance(DAY_MS);
    engine.flows?.rouseTimers();
  };

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
    clock = new ManualClock();
  });

  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await eventStore.close();
  });

  it('sets a timer, sends the command when it elapses, and ends with what follows', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine);
    const { id } = await desk.open();
    await desk.add(id, 4);
    await eventually(async () => (await instance(engine, id))?.timers.length === 1);
    aDayLater(engine);
    await eventually(async () => (await instance(engine, id))?.status === 'completed');
    await level(engine);
    expect(await totalOf(engine, id)).toMatchObject({ total: 8 });
    const types = (await storedEvents(eventStore, `flow-doubling-${id}`)).map(({ type }) => type);
    expect(types.toSorted()).toEqual(
      [
        'FlowStarted',
        'FlowDecided',
        'TimerSet',
        'TimerElapsed',
        'FlowDecided',
        'FlowCommandAccepted',
        'FlowDecided',
        'FlowCompleted',
      ].toSorted(),
    );
  });

  it('sends as a flow with its version, because of the event that it reacted to', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine);
    const { id } = await desk.open();
    const { events } = await desk.add(id, 4);
    await eventually(async () => (await instance(engine, id))?.timers.length === 1);
    aDayLater(engine);
    await eventually(async () => (await instance(engine, id))?.status === 'completed');
    const added = (await storedEvents(eventStore, `counter-${id}`)).at(-1);
    const elapsed = (await storedEvents(eventStore, `flow-doubling-${id}`)).find(
      ({ type }) => type === 'TimerElapsed',
    );
    expect(JSON.parse(added?.body ?? '')).toMatchObject({
      actor: 'flow:doubling',
      origin: { kind: 'flow', id: 'doubling', version: '1' },
      causationId: elapsed?.id,
      correlationId: events[0]?.correlationId,
    });
  });

  it('lets late timers elapse after downtime', async () => {
    const first = await open();
    const desk = new CounterDesk(first);
    const { id } = await desk.open();
    await desk.add(id, 4);
    await eventually(async () => (await instance(first, id))?.timers.length === 1);
    await first.close();
    clock.advance(3 * DAY_MS);
    const second = await open();
    await eventually(async () => (await instance(second, id))?.status === 'completed');
    expect(await totalOf(second, id)).toMatchObject({ total: 8 });
  });

  it('does not act on what happened before it was introduced', async () => {
    const before = await openTestEngine({ eventStore, clock });
    const { id } = await new CounterDesk(before).open();
    await new CounterDesk(before).send(add(2), {
      ticket: id,
      commandId: 'first',
    });
    await before.close();
    const engine = await open();
    await level(engine);
    expect(await instance(engine, id)).toBeUndefined();
  });

  it('parks the one instance of a poison event, which a person can let go on', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine);
    const poisoned = await desk.open();
    const sound = await desk.open();
    await desk.add(poisoned.id, 13);
    await desk.add(poisoned.id, 5);
    await desk.add(sound.id, 3);
    await eventually(async () => (await instance(engine, sound.id))?.timers.length === 1);
    expect(await instance(engine, poisoned.id)).toMatchObject({
      status: 'parked',
      parking: { code: 'defect.flow-decision', message: 'thirteen', attempts: 1 },
    });
    expect(await metrics(engine)).toMatchObject({ parked: 1, open: 2 });
    await engine.flows?.operations.skip('doubling', poisoned.id, operator, 'thirteen is luck');
    // What came while it was parked is decided now.
    await eventually(async () => (await instance(engine, poisoned.id))?.timers.length === 1);
    expect(await instance(engine, poisoned.id)).toMatchObject({ state: { by: 5 } });
  });

  it('parks a refused command, and sends the very same again when a person retries', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine);
    const { id } = await desk.open();
    await desk.add(id, 600);
    await eventually(async () => (await instance(engine, id))?.timers.length === 1);
    aDayLater(engine);
    await eventually(async () => (await instance(engine, id))?.status === 'parked');
    const parked = await instance(engine, id);
    expect(parked?.parking).toMatchObject({ code: 'refused.over-limit', attempts: 1 });
    await desk.add(id, -300);
    await engine.flows?.operations.retry('doubling', id, operator);
    await eventually(async () => (await instance(engine, id))?.status === 'completed');
    expect(await totalOf(engine, id)).toMatchObject({ total: 900 });
    const { body = '' } =
      (await storedEvents(eventStore, `flow-doubling-${id}`)).find(
        ({ type }) => type === 'FlowRetried',
      ) ?? {};
    expect(JSON.parse(body)).toMatchObject({ actor: 'olga', causationId: parked?.parking?.event });
  });

  it('refuses to act on an instance that is not parked, or not there', async () => {
    const engine = await open();
    const { id } = await new CounterDesk(engine).open();
    await new CounterDesk(engine).send(add(2), {
      ticket: id,
      commandId: 'second',
    });
    await eventually(async () => (await instance(engine, id))?.status === 'open');
    const { operations } = engine.flows ?? {};
    await expect(operations?.retry('doubling', id, operator)).rejects.toMatchObject({
      code: 'refused.flow-not-parked',
    });
    await expect(operations?.retry('doubling', 'x', operator)).rejects.toMatchObject({
      code: 'missing.flow-instance',
    });
    await expect(operations?.retry('tripling', 'x', operator)).rejects.toMatchObject({
      code: 'missing.flow',
    });
    await expect(operations?.skip('doubling', id, operator, ' ')).rejects.toMatchObject({
      code: 'invalid.flow-reason',
    });
  });

  it('refuses to start with flows whose streams could not be told apart', async () => {
    const clash = { ...doubling, name: 'doubling-twice' };
    await expect(openTestEngine({ eventStore, flows: [doubling, clash] })).rejects.toMatchObject({
      code: 'defect.flow',
    });
  });

  it('retries what may pass, then parks it with the attempts', async () => {
    const failing = new LedgerdeskError('unavailable.broker', 'the broker is down');
    const engine = await openTestEngine({
      eventStore,
      clock,
      flows: [doubling],
      flowOptions: {
        index: new LogFlowIndex(eventStore),
        scheduler: { after: () => () => undefined },
        limits: { commandAttemptsMax: 3 },
        dispatch: { send: () => Promise.reject(failing) },
      },
    });
    engines.push(engine);
    const desk = new CounterDesk(engine);
    const { id } = await desk.open();
    await desk.add(id, 4);
    await eventually(async () => (await instance(engine, id))?.timers.length === 1);
    aDayLater(engine);
    await eventually(async () => (await instance(engine, id))?.status === 'parked');
    expect((await instance(engine, id))?.parking).toMatchObject({
      code: 'unavailable.broker',
      attempts: 3,
    });
    expect(await metrics(engine)).toMatchObject({ commandRetries: 3, parked: 1 });
  });
});
