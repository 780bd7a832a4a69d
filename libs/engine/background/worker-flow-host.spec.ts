import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** As the echo's, in an engine that has policies. */
const POLICY_CATALOGUE = `
const echo = require(${JSON.stringify(join(__dirname, '../testing/echo.catalogue.ts'))});
const { processes } = require(${JSON.stringify(join(__dirname, '../../processes/index.ts'))});
const eventTables = [...echo.eventTables, ...processes.map(({ events }) => events)];
module.exports = { ...echo, processes, eventTables };
`;

describe('WorkerFlowHost', () => {
  let dir: string;
  let eventStore: EventStore;
  let readStore: ReadStore;
  let thread: BackgroundThread;
  let engine: Engine | undefined;
  let failures: unknown[];

  const open = async (
    dispatch?: CommandDispatch,
    {
      catalogue = join(__dirname, '../testing/echo.catalogue.ts'),
      known = [counterProcess],
    }: { readonly catalogue?: string; readonly known?: readonly ProcessDefinition[] } = {},
  ): Promise<Engine> => {
    const url = `sqlite:${dir}`;
    thread = await BackgroundThread.start({
      ...{ eventStoreUrl: url, readStoreUrl: url },
      catalogue,
      appendPort: () => eventStore.appendPort?.() ?? fail('the store has no port'),
      backOff: { initialMs: 1, maxMs: 1 },
    });
    engine = await Engine.open({
      ...{ eventStore, readStore, processes: known, clock: systemClock },
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

  it('hears from the thread of a policy whose publication nobody here was told of', async () => {
    const chosen = processes.filter(({ name }) => name === 'incident' || name === 'policy');
    const catalogue = join(dir, 'policies.cjs');
    await writeFile(catalogue, POLICY_CATALOGUE);
    const { policies } = await open(undefined, { catalogue, known: chosen });
    const matrix = async (): Promise<unknown> => {
      const time = systemClock.now().toISOString();
      const found = await policies.overview({ tenant: 'acme', time });
      return found.find(({ policy }) => policy === 'priority-matrix')?.inForce.version;
    };
    expect(await matrix()).toBe(1);
    const publisher = await Engine.open({
      ...{ eventStore, readStore, processes: chosen, projections: [] },
      blobs: new MemoryBlobStore(),
    });
    await publishMatrix(publisher);
    await publisher.close();
    await eventually(async () => (await matrix()) === 2, 'the version of another');
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
    expect(await flows?.checkpoints()).toEqual(new Map([['echo', before?.position]]));
    await flows?.stop();
  });
});

/** Publishes another matrix of priorities. */
async function publishMatrix({ processes: known, commands }: Engine): Promise<void> {
  const reason = 'The service desk asked for it.';
  const value = { impacts: ['all'], urgencies: ['now'], priorities: [[3]] };
  let ticket: string | undefined;
  for (const [name, body] of [
    ['IntroducePolicy', { policy: 'priority-matrix', reason }],
    ['ProposePolicyVersion', { value, reason }],
    ['PublishPolicyVersion', {}],
  ] as const) {
    const type = known.get('policy')?.commands[name]?.type ?? fail();
    const { id } = await commands.execute({
      ...{ process: 'policy', tenant: 'acme', actor: 'ada', onBehalfOf: null },
      ...(ticket !== undefined && { ticket }),
      command: Object.assign(new type(), body),
      commandId: name,
      origin: { kind: 'api', id: 'spec', version: '1' },
    });
    ticket = id;
  }
}

function fail(what = 'something is missing'): never {
  throw new Error(what);
}
