import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import {
  createEventRegistry,
  defineFlow,
  FLOW_CHECKPOINT_STREAM,
  flowEvents,
  ticketIdOfStream,
  type FlowDefinition,
} from '@ledgerdesk/kernel';
import type { Engine } from '../engine';
import { CounterDesk, countingIds, openTestEngine, storedEvents } from '../testing';
import { counterProcess } from '../testing/counter.process';
import { operator } from '../testing/flow-kit';
import { LogFlowIndex } from '../testing/log-flow-index';
import { eventually } from '../testing/projection-kit';
import { replayFlow, type ReplayReport } from './replay-flow';

/** Sums what is added, and decides wherever that is a multiple of ten. Thirteen is a poison. */
function tens(version = 1, factor = 1): FlowDefinition {
  return defineFlow<null>({
    name: 'tens',
    version: 1,
    title: 'Tens',
    summary: 'Notes each multiple of ten.',
    events: { CounterAdded: 'starts' },
    follows: {},
    correlate: ({ stream }) => ticketIdOfStream(stream),
    counting: {
      version,
      initial: 0,
      fold: (sum, { data }) => {
        if (data['by'] === 13) throw new Error('thirteen');
        return Number(sum) + factor * Number(data['by']);
      },
    },
    initial: null,
    evolve: (state) => state,
    decide: (_, __, { count }) =>
      Number(count) % 10 === 0 ? { notes: [String(count)] } : undefined,
    compensations: {},
    policies: {},
  });
}

describe('what a flow counts', () => {
  let eventStore: EventStore;
  const newId = countingIds();
  const engines: Engine[] = [];

  const open = async (flows: readonly FlowDefinition[] = [tens()]): Promise<Engine> => {
    const engine = await openTestEngine({
      eventStore,
      flows,
      flowOptions: {
        index: new LogFlowIndex(eventStore),
        scheduler: { after: () => () => undefined },
        limits: { busyRestMs: 0 },
      },
    });
    engines.push(engine);
    return engine;
  };
  const level = (engine: Engine): Promise<void> =>
    eventually(
      async () => engine.flows === undefined || (await engine.flows.metrics()).lagEvents === 0n,
    );
  const reopened = async (engine: Engine, flows?: readonly FlowDefinition[]): Promise<Engine> => {
    await level(engine);
    await engine.close();
    return open(flows);
  };
  const added = async (engine: Engine, id: string, amounts: readonly number[]): Promise<void> => {
    const desk = new CounterDesk(engine, newId);
    for (const by of amounts) await desk.add(id, by);
    await level(engine);
  };
  const begun = async (engine: Engine): Promise<string> =>
    (await new CounterDesk(engine, newId).open()).id;
  const notesOf = async (id: string): Promise<readonly unknown[]> =>
    (await storedEvents(eventStore, `flow-tens-${id}`))
      .filter(({ type }) => type === 'FlowDecided')
      .flatMap(({ body }) => (JSON.parse(body) as { data: { notes: string[] } }).data.notes);
  const replayed = (flow = tens()): Promise<ReplayReport> =>
    replayFlow(flow, {
      eventStore,
      registry: createEventRegistry([flowEvents, counterProcess.events]),
    });

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
  });

  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await eventStore.close();
  });

  it('is not recorded until something is decided', async () => {
    const engine = await open();
    const id = await begun(engine);
    await added(engine, id, [2, 3]);
    expect(await storedEvents(eventStore, `flow-tens-${id}`)).toEqual([]);
    await added(engine, id, [5]);
    const types = (await storedEvents(eventStore, `flow-tens-${id}`)).map(({ type }) => type);
    expect(types).toEqual(['FlowStarted', 'FlowDecided']);
  });

  it('is taken over by the next process, which does not count the log again', async () => {
    const first = await open();
    const id = await begun(first);
    await added(first, id, [2, 3]);
    const readAll = jest.spyOn(eventStore, 'readAll');
    await added(await reopened(first), id, [5, 4, 6]);
    expect(await notesOf(id)).toEqual(['10', '20']);
    const recounts = readAll.mock.calls.filter(([options]) => options?.filter?.eventTypes);
    expect(recounts).toEqual([]);
  });

  it('is counted once where the checkpoint is behind it', async () => {
    const first = await open();
    const id = await begun(first);
    const behind = await eventStore.streamMetadata(FLOW_CHECKPOINT_STREAM);
    await added(first, id, [2, 8, 3]);
    await first.close();
    await eventStore.setStreamMetadata(FLOW_CHECKPOINT_STREAM, behind);
    await added(await open(), id, [7]);
    expect(await notesOf(id)).toEqual(['10', '20']);
  });

  it('comes from the whole log, also of the time before the flow was introduced', async () => {
    const before = await open([]);
    const id = await begun(before);
    await added(before, id, [10, 4]);
    await added(await reopened(before), id, [6]);
    expect(await notesOf(id)).toEqual(['20']);
  });

  it('is counted anew in another version', async () => {
    const first = await open();
    const id = await begun(first);
    await added(first, id, [2, 1]);
    await added(await reopened(first, [tens(2, 2)]), id, [2]);
    expect(await notesOf(id)).toEqual(['10']);
  });

  it('waits while the instance is parked, and then counts event by event', async () => {
    const engine = await open();
    const id = await begun(engine);
    await added(engine, id, [2, 13, 5, 3, 4, 6]);
    expect(await engine.flows?.operations.load('tens', id)).toMatchObject({ status: 'parked' });
    await engine.flows?.operations.skip('tens', id, operator, 'thirteen is luck');
    await eventually(async () => (await notesOf(id)).length === 2);
    expect(await notesOf(id)).toEqual(['10', '20']);
    expect(await replayed()).toMatchObject({ decisions: 2, differences: [] });
  });

  it('is counted again by a replay, which agrees, or shows what is otherwise', async () => {
    const engine = await open();
    const id = await begun(engine);
    await added(engine, id, [2, 3, 5, 1, 9, 4]);
    expect(await notesOf(id)).toEqual(['10', '20']);
    expect(await replayed()).toMatchObject({ decisions: 2, differenceCount: 0 });
    const { differences } = await replayed(tens(1, 5));
    expect(differences.map(({ kind }) => kind)).toEqual([
      'missed',
      'different',
      'different',
      'missed',
    ]);
  });
});
