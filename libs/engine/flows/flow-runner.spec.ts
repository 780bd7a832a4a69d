import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { defineFlow, ticketIdOfStream } from '@ledgerdesk/kernel';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine } from '../engine';
import { CounterDesk, countingIds, ManualClock, openTestEngine, storedEvents } from '../testing';
import { LogFlowIndex } from '../testing/log-flow-index';
import { eventually } from '../testing/projection-kit';

const REST_MS = 7;
const REST_MAX_MS = 11;

/** Keeps the sum of what was added, and decides nothing. */
const summing = defineFlow<number>({
  name: 'summing',
  version: 1,
  title: 'Summing',
  summary: 'Keeps the sum of what was added.',
  events: { CounterAdded: 'starts' },
  follows: {},
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: 0,
  evolve: (sum, { data }) => sum + Number(data['by']),
  decide: () => undefined,
  compensations: {},
  policies: {},
});

describe('FlowRunner', () => {
  let eventStore: EventStore;
  let clock: ManualClock;
  let rests: number[];
  const newId = countingIds();
  const engines: Engine[] = [];

  const open = async (flows = [summing]): Promise<Engine> => {
    const engine = await openTestEngine({
      eventStore,
      clock,
      flows,
      flowOptions: {
        index: new LogFlowIndex(eventStore),
        scheduler: { after: () => () => undefined },
        limits: { busyRestMs: REST_MS, busyRestMaxMs: REST_MAX_MS },
        backOff: {
          delay: (ms) => {
            rests.push(ms);
            return Promise.resolve();
          },
        },
      },
    });
    engines.push(engine);
    return engine;
  };
  const level = (engine: Engine): Promise<void> =>
    eventually(async () => (await engine.flows?.metrics())?.lagEvents === 0n);

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
    clock = new ManualClock();
    rests = [];
  });

  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await eventStore.close();
  });

  it('rests between two looks at a log that grows all the time', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine, newId);
    await desk.open();
    await desk.open();
    await eventually(() => Promise.resolve(rests.length > 0));
    expect(rests.every((ms) => ms === REST_MS)).toBe(true);
  });

  it('rests longer where much has come since the last look, up to a bound', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine, newId);
    const { id } = await desk.open();
    await level(engine);
    rests = [];
    await Promise.all(Array.from({ length: REST_MAX_MS * 3 }, () => desk.add(id, 1)));
    await level(engine);
    expect(Math.max(...rests)).toBe(REST_MAX_MS);
  });

  it('looks at a quiet log without delay', async () => {
    const engine = await open();
    const desk = new CounterDesk(engine, newId);
    await desk.open();
    await level(engine);
    // It is level before it notes when it was.
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    clock.advance(1_000);
    rests = [];
    await desk.open();
    await level(engine);
    expect(rests).toEqual([]);
  });

  it('appends together what one instance makes of the events of a batch', async () => {
    const first = await open();
    await level(first);
    await first.close();
    const desk = new CounterDesk(await open([]), newId);
    const { id } = await desk.open();
    for (const by of [1, 2, 3]) await desk.add(id, by);
    const append = jest.spyOn(eventStore, 'append');
    const engine = await open();
    await level(engine);
    expect(append).toHaveBeenCalledTimes(1);
    const types = (await storedEvents(eventStore, `flow-summing-${id}`)).map(({ type }) => type);
    expect(types).toEqual(['FlowStarted', 'FlowDecided', 'FlowDecided', 'FlowDecided']);
    expect(await engine.flows?.operations.load('summing', id)).toMatchObject({ state: 6 });
  });
});
