import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { MemoryBlobStore } from '../blobs/memory-blob-store';
import { systemClock } from '../clock';
import { Engine } from '../engine';
import type { CommandDispatch } from '../flows/command-dispatch.port';
import { add, CounterDesk, counterProcess, storedEvents } from '../testing';
import { echo } from '../testing/echo.catalogue';
import { operator } from '../testing/flow-kit';
import { eventually } from '../testing/projection-kit';
import { BackgroundThread } from './background-thread';
import { WorkerProjectionHost } from './worker-projection-host';

describe('WorkerFlowHost', () => {
  let dir: string;
  let eventStore: EventStore;
  let readStore: ReadStore;
  let thread: BackgroundThread;
  let engine: Engine | undefined;
  let failures: unknown[];

  const open = async (dispatch?: CommandDispatch): Promise<Engine> => {
    const url = `sqlite:${dir}`;
    thread = await BackgroundThread.start({
      ...{ eventStoreUrl: url, readStoreUrl: url },
      catalogue: join(__dirname, '../testing/echo.catalogue.ts'),
      appendPort: () => eventStore.appendPort?.() ?? fail('the store has no port'),
      backOff: { initialMs: 1, maxMs: 1 },
    });
    engine = await Engine.open({
      ...{ eventStore, readStore, processes: [counterProcess], clock: systemClock },
      projections: [],
      projectionHost: new WorkerProjectionHost(thread),
      blobs: new MemoryBlobStore(),
      flows: [echo],
      flowOptions: {
        run: { thread },
        onFailure: (error) => failures.push(error),
        ...(dispatch && { dispatch }),
      },
    });
    return engine;
  };
  const kill = (): Promise<number> => (thread as unknown as { worker: Worker }).worker.terminate();
  const idle = (): Promise<void> =>
    eventually(async () => (await engine?.flows?.isIdle()) === true, 'idle flows');
  const added = async (stream: string): Promise<readonly unknown[]> =>
    (await storedEvents(eventStore, stream))
      .map(({ body }) => JSON.parse(body) as { type: string; actor: string; data: object })
      .filter(({ type }) => type === 'CounterAdded')
      .map(({ actor, data }) => ({ actor, ...data }));

  beforeEach(async () => {
    failures = [];
    dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-worker-flows-'));
    eventStore = await openEventStore({ dir });
    readStore = await openReadStore(`sqlite:${dir}`);
  });

  afterEach(async () => {
    await engine?.close();
    engine = undefined;
    await thread.stop();
    await eventStore.close();
    await readStore.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('decides in the thread what the main one then does', async () => {
    const { flows } = await open();
    const desk = new CounterDesk(engine ?? fail());
    const { id, stream } = await desk.open();
    await desk.add(id, 7);
    await idle();
    const person = { actor: 'ada', by: 7 };
    expect(await added(stream)).toEqual([person, { actor: 'flow:echo', by: 7 }]);
    const head = await eventStore.head();
    expect(await flows?.checkpoints()).toEqual(new Map([['echo', head]]));
    expect(await flows?.metrics()).toMatchObject({
      ...{ open: 1, timers: 1, decisions: 1, commandsAccepted: 1, lagEvents: 0n },
      ...{ restarts: 0, failure: null },
    });
  });

  it('shows the thread what a person does about an instance', async () => {
    const { flows } = await open();
    const desk = new CounterDesk(engine ?? fail());
    const { id, stream } = await desk.open();
    await desk.add(id, 7);
    await idle();
    const dueAt = systemClock.now().toISOString();
    const address = { flow: 'echo', key: id, timer: 'Day' };
    await flows?.operations.moveTimer(address, operator, { dueAt, reason: 'It is late.' });
    await eventually(async () => (await added(stream)).length === 3, 'what the timer leads to');
    expect((await added(stream)).at(-1)).toEqual({ actor: 'flow:echo', by: 1 });
  });

  it('tells the thread why a command is refused', async () => {
    const { flows } = await open();
    const desk = new CounterDesk(engine ?? fail());
    const { id } = await desk.open();
    await desk.add(id, 600);
    await idle();
    const { parking } = (await flows?.operations.load('echo', id)) ?? {};
    expect(parking).toMatchObject({ code: 'refused.over-limit', attempts: 1 });
    await desk.add(id, -300);
    await flows?.operations.retry('echo', id, operator);
    await idle();
    expect(await flows?.metrics()).toMatchObject({ parked: 0, commandsRefused: 1 });
  });

  it('goes on in the thread that takes the place of one that died, with each effect once', async () => {
    let sent = 0;
    const dispatch: CommandDispatch = {
      send: async (request) => {
        sent += 1;
        const outcome = await engine?.commands.execute({
          ...{ process: 'counter', tenant: request.tenant, actor: request.actor },
          ...{ onBehalfOf: null, origin: request.origin, commandId: request.id },
          ...(request.ticket !== null && { ticket: request.ticket }),
          command: add(Number(request.body['by'])),
        });
        // The command has its effect, and nobody hears of it.
        if (sent === 1) await kill();
        const { id, number, revision, position, events } = outcome ?? fail();
        return { ticket: id, number, revision, position, eventId: events.at(-1)?.id ?? null };
      },
    };
    const { flows } = await open(dispatch);
    const desk = new CounterDesk(engine ?? fail());
    const { id, stream } = await desk.open();
    await desk.add(id, 7);
    await eventually(() => thread.restarts === 1, 'another thread');
    await idle();
    expect(sent).toBe(2);
    expect(await added(stream)).toHaveLength(2);
    expect(await flows?.metrics()).toMatchObject({ restarts: 1, failure: null, open: 1 });
    expect(failures).toEqual([]);
  });

  it('says what it knew last while no thread answers, and stops without one', async () => {
    const { flows } = await open();
    const desk = new CounterDesk(engine ?? fail());
    const { id } = await desk.open();
    await desk.add(id, 7);
    await idle();
    const before = await flows?.metrics();
    await thread.stop();
    const { position } = await desk.add(id, 1);
    const { position: known = 0n } = before ?? {};
    expect(await flows?.metrics()).toMatchObject({ open: 1, lagEvents: position - known });
    await expect(flows?.checkpoints()).rejects.toMatchObject({
      code: 'unavailable.background-thread',
    });
    await flows?.stop();
  });
});

function fail(what = 'something is missing'): never {
  throw new Error(what);
}
