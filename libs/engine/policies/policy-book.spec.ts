import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { flows, incidentAutoClose } from '@ledgerdesk/flows';
import type { PolicyReference } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import type { Engine, EngineOptions } from '../engine';
import { replayFlow } from '../flows/replay-flow';
import { errorOf, InterceptedEventStore, ManualClock, openTestEngine } from '../testing';
import { LogFlowIndex } from '../testing/log-flow-index';
import { eventually } from '../testing/projection-kit';

const DAY_MS = 86_400_000;
const reason = 'The service desk asked for it.';
const incident = { description: 'No mail.', channel: 'phone', caller: 'nadia', service: 'mail' };
const chosen = processes.filter(({ name }) => name === 'incident' || name === 'policy');

interface Answer {
  readonly id: string;
  readonly policies: readonly PolicyReference[];
}

/** An engine with incidents and policies over a store that a test can disturb. */
describe('the policies of an engine', () => {
  let eventStore: EventStore;
  let intercepted: InterceptedEventStore;
  let clock: ManualClock;
  let count = 0;
  const engines: Engine[] = [];

  const open = async (options: Partial<EngineOptions> = {}): Promise<Engine> => {
    const engine = await openTestEngine({
      eventStore: intercepted,
      clock,
      processes: chosen,
      ...options,
    });
    engines.push(engine);
    return engine;
  };
  const send = async (
    engine: Engine,
    process: string,
    name: string,
    body: object,
    { ticket, tenant = 'acme' }: { readonly ticket?: string; readonly tenant?: string } = {},
  ): Promise<Answer> => {
    const type = engine.processes.get(process)?.commands[name]?.type ?? Object;
    count += 1;
    const { id, events } = await engine.commands.execute({
      ...{ process, tenant, ...(ticket !== undefined && { ticket }) },
      command: Object.assign(new type(), body),
      commandId: `command-${count}`,
      actor: 'ada',
      onBehalfOf: null,
      origin: { kind: 'api', id: 'spec', version: '1' },
    });
    return { id, policies: events.flatMap(({ policies }) => policies) };
  };
  const publish = async (engine: Engine, policy: string, value: unknown): Promise<string> => {
    const { id } = await send(engine, 'policy', 'IntroducePolicy', { policy, reason });
    await send(engine, 'policy', 'ProposePolicyVersion', { value, reason }, { ticket: id });
    await send(engine, 'policy', 'PublishPolicyVersion', {}, { ticket: id });
    return id;
  };
  const matrixOf = async (engine: Engine, tenant?: string): Promise<PolicyReference | undefined> =>
    (
      await send(
        engine,
        'incident',
        'RegisterIncident',
        { ...incident, impact: 1, urgency: 1 },
        tenant === undefined ? {} : { tenant },
      )
    ).policies[0];
  const now = (): string => clock.now().toISOString();
  const plain = { impacts: ['all'], urgencies: ['now'], priorities: [[3]] };
  const builtIn = { name: 'servicenow-3x3', version: 1 };
  const second = { name: 'priority-matrix', version: 2 };

  beforeEach(async () => {
    eventStore = await openEventStore('memory:');
    intercepted = new InterceptedEventStore(eventStore);
    clock = new ManualClock();
  });

  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
    await eventStore.close();
  });

  it('count from their publication on, for the tenant that published them', async () => {
    const engine = await open();
    expect(await matrixOf(engine)).toEqual(builtIn);
    await publish(engine, 'priority-matrix', plain);
    expect(await matrixOf(engine)).toEqual(second);
    expect(await matrixOf(engine, 'other')).toEqual(builtIn);
  });

  it('are found again by reading their own streams alone', async () => {
    const before = await open();
    await matrixOf(before);
    await publish(before, 'priority-matrix', plain);
    const engine = await open();
    const read: string[] = [];
    intercepted.onReadStream = (stream) => {
      if (stream.startsWith('policy-')) read.push(stream);
    };
    expect(await matrixOf(engine)).toEqual(second);
    const overview = await engine.policies.overview({ tenant: 'acme', time: now() });
    expect(read).toHaveLength(overview.length);
    expect(new Set(read).size).toBe(read.length);
    await matrixOf(engine);
    expect(read).toHaveLength(overview.length);
  });

  it('are those that another engine publishes, as soon as it is met in the log', async () => {
    const [one, other] = [await open(), await open()];
    expect(await matrixOf(other)).toEqual(builtIn);
    await publish(one, 'priority-matrix', plain);
    await eventually(async () => {
      const items = await other.policies.overview({ tenant: 'acme', time: now() });
      return items.some(
        ({ policy, inForce }) => policy === 'priority-matrix' && inForce.version === 2,
      );
    });
    expect(await matrixOf(other)).toEqual(second);
  });

  it('decide nothing while they cannot be read, and are read again afterwards', async () => {
    await publish(await open(), 'priority-matrix', plain);
    const engine = await open();
    intercepted.onReadStream = (stream) => {
      if (stream.startsWith('policy-')) throw new Error('the disk is gone');
    };
    await expect(matrixOf(engine)).rejects.toThrow('the disk is gone');
    intercepted.onReadStream = undefined;
    expect(await matrixOf(engine)).toEqual(second);
  });

  it('are refused where the process does not take the value', async () => {
    const engine = await open();
    const error = await errorOf(publish(engine, 'priority-matrix', { ...plain, priorities: [] }));
    expect(error.code).toBe('refused.policy-value');
    expect(await matrixOf(engine)).toEqual({ name: 'priority-matrix', version: 1 });
  });

  it('are for a flow those before the event, so that it replays to the same decisions', async () => {
    const index = new LogFlowIndex(eventStore);
    const engine = await open({
      flows,
      flowOptions: { index, scheduler: { after: () => () => undefined } },
    });
    const resolved = async (): Promise<string> => {
      const { id: ticket } = await send(engine, 'incident', 'RegisterIncident', incident);
      await send(engine, 'incident', 'TakeIncident', { group: 'desk' }, { ticket });
      const body = { code: 'other', notes: 'Restarted.' };
      await send(engine, 'incident', 'ResolveIncident', body, { ticket });
      return ticket;
    };
    const isOver = async (ticket: string): Promise<boolean> =>
      (await engine.tickets.load('incident', ticket)).state.state === 'closed';
    const idle = (): Promise<void> =>
      eventually(async () => (await engine.flows?.isIdle()) === true);
    const early = await resolved();
    await publish(engine, 'incident-auto-close', { days: 2 });
    const late = await resolved();
    await idle();
    clock.advance(2 * DAY_MS);
    engine.flows?.rouseTimers();
    await eventually(() => isOver(late));
    expect(await isOver(early)).toBe(false);
    clock.advance(5 * DAY_MS);
    engine.flows?.rouseTimers();
    await eventually(() => isOver(early));
    await idle();
    const replayed = await replayFlow(incidentAutoClose, engine);
    expect(replayed).toMatchObject({ instances: 2, differenceCount: 0 });
  });
});
