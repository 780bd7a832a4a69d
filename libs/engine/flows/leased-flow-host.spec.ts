import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { MemoryReadStore, type ReadStore } from '@ledgerdesk/read-store';
import type { Engine } from '../engine';
import { CounterDesk, countingIds, openTestEngine, storedEvents } from '../testing';
import { echoFlow } from '../testing/flow-kit';
import { LogFlowIndex } from '../testing/log-flow-index';
import { eventually } from '../testing/projection-kit';
import { FlowCheckpoints } from './flow-checkpoints';

const TTL_MS = 500;

let eventStore: EventStore;
let readStore: ReadStore;
let engines: Engine[];

const flows = ['echo-one', 'echo-two'].map(echoFlow);

async function open(holder: string): Promise<Engine> {
  const engine = await openTestEngine({
    eventStore,
    readStore,
    flows,
    newId: countingIds((engines.length + 1) * 100_000),
    flowOptions: {
      index: new LogFlowIndex(eventStore),
      scheduler: { after: () => () => undefined },
      run: { holder, leaseTtlMs: TTL_MS },
      limits: { checkpointEveryMs: 0 },
    },
  });
  engines.push(engine);
  return engine;
}

const ledBy = (engine: Engine | undefined): readonly string[] =>
  (engine?.flows?.leading?.() ?? []).map(({ name }) => name);

/** How many run by now, and are not only led. */
const running = async (engine: Engine): Promise<number> =>
  (await engine.flows?.checkpoints())?.size ?? 0;

beforeEach(async () => {
  eventStore = await openEventStore('memory:');
  readStore = new MemoryReadStore();
  engines = [];
});

afterEach(async () => {
  for (const engine of engines) await engine.close();
  await eventStore.close();
});

describe('LeasedFlowHost', () => {
  it('runs each flow in one of two processes, and each event has its effect once', async () => {
    const [one, two] = [await open('one'), await open('two')];
    await eventually(() => ledBy(one).length === 1 && ledBy(two).length === 1);
    expect([...ledBy(one), ...ledBy(two)].sort()).toEqual(['echo-one', 'echo-two']);
    await eventually(async () => (await running(one)) + (await running(two)) === flows.length);
    const desk = new CounterDesk(one);
    const { id, stream } = await desk.open();
    await desk.add(id, 1);
    // Opened, added by a person, and once by each flow.
    await eventually(async () => (await storedEvents(eventStore, stream)).length === 4);
    await eventually(async () => (await one.flows?.isIdle()) === true);
    await eventually(async () => (await two.flows?.isIdle()) === true);
    expect(await storedEvents(eventStore, stream)).toHaveLength(4);
  });

  it('runs what it leads also where the leases had answered too late to believe in them', async () => {
    const { leases } = readStore;
    const take = leases.take.bind(leases);
    jest.spyOn(leases, 'take').mockImplementationOnce(async (...of) => {
      const taken = await take(...of);
      const lateMs = performance.now() + TTL_MS;
      await eventually(() => performance.now() >= lateMs);
      return taken;
    });
    const one = await open('one');
    await eventually(async () => (await running(one)) === flows.length);
    expect(ledBy(one)).toHaveLength(2);
  });

  it('hands its flows over when it stops, with what they have still to see', async () => {
    const one = await open('one');
    await eventually(async () => (await running(one)) === flows.length);
    const desk = new CounterDesk(one);
    const { id, stream } = await desk.open();
    await one.flows?.stop();
    await desk.add(id, 1);
    const two = await open('two');
    await eventually(async () => (await running(two)) === flows.length);
    await eventually(async () => (await storedEvents(eventStore, stream)).length === 4);
    expect(ledBy(one)).toEqual([]);
  });
});

describe('the checkpoint of a flow that another process leads by now', () => {
  const noCounts = { isFull: false, store: () => Promise.resolve() };

  it('is refused to the one before', async () => {
    const options = { everyMs: 0, nowMs: () => 0, counts: noCounts };
    const counts = { isFull: false, store: jest.fn(() => Promise.resolve()) };
    const late = new FlowCheckpoints(eventStore, { ...options, counts, fence: 1 });
    await late.open(['echo-one']);
    expect(counts.store).toHaveBeenCalledTimes(1);
    const next = new FlowCheckpoints(eventStore, { ...options, fence: 2 });
    await next.open(['echo-one']);
    await next.advance(9n);
    await expect(late.advance(5n)).rejects.toMatchObject({
      code: 'conflict.fenced',
      details: { flow: 'echo-one', token: 1, seen: 2 },
    });
    // What it has counted meanwhile would stand behind the checkpoint of the next one.
    expect(counts.store).toHaveBeenCalledTimes(1);
    const after = new FlowCheckpoints(eventStore, { ...options, fence: 3 });
    await after.open(['echo-one']);
    expect(after.of('echo-one')).toBe(9n);
  });

  it('goes on from where all flows of one process have stood', async () => {
    const options = { everyMs: 0, nowMs: () => 0, counts: noCounts };
    const together = new FlowCheckpoints(eventStore, options);
    await together.open(['echo-one']);
    await together.advance(7n);
    const led = new FlowCheckpoints(eventStore, { ...options, fence: 1 });
    await led.open(['echo-one']);
    expect(led.of('echo-one')).toBe(7n);
  });
});
