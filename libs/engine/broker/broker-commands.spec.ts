import type { EventStore } from '@ledgerdesk/event-store';
import { openEventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';
import { MemoryMessageBroker, type Consumption } from '@ledgerdesk/messaging';
import { type Engine, reviveFlatCommand } from '@ledgerdesk/engine';
import { CounterDesk, errorOf, openTestEngine, storedEvents } from '../testing/engine-kit';
import type { FlowCommandRequest } from '../flows/command-dispatch.port';
import { BrokerDispatch } from './broker-dispatch';
import { BrokerCommandIntake, COMMAND_ATTEMPTS_MAX } from './command-intake';
import { CommandOutcomes } from './command-outcomes';
import { commandTopicOf } from './topics';

// Goal: a command that goes over the broker has one effect and one answer, both in the log. Method:
// a flow's dispatch on one end, the intake over a real pipeline on the other, messages in memory.

let eventStore: EventStore;
let engine: Engine;
let broker: MemoryMessageBroker;
let outcomes: CommandOutcomes;
let consumption: Consumption;
let fault: (() => unknown) | undefined;
let executed = 0;

beforeEach(async () => {
  fault = undefined;
  executed = 0;
  eventStore = await openEventStore('memory:');
  engine = await openTestEngine({ eventStore });
  broker = new MemoryMessageBroker();
  outcomes = new CommandOutcomes(engine);
  const intake = new BrokerCommandIntake({
    commands: {
      execute: async (request) => {
        executed += 1;
        const error = fault?.();
        if (error !== undefined) throw error as Error;
        return engine.commands.execute(request);
      },
    },
    processes: engine.processes,
    outcomes,
    revive: reviveFlatCommand,
    tenant: 'acme',
    version: '1',
  });
  consumption = broker.consume({
    group: 'commands',
    topics: [commandTopicOf('counter')],
    deadLetters: { topic: 'dead', causeOf: () => ({}) },
    retry: { attemptsMax: COMMAND_ATTEMPTS_MAX, initialMs: 1, maxMs: 2 },
    handle: (message, { attempt }) => intake.take('counter', message, attempt),
  });
});

afterEach(async () => {
  await broker.close();
  await engine.close();
});

const dispatch = (timeoutMs = 5_000): BrokerDispatch =>
  new BrokerDispatch({ broker, outcomes, timeoutMs, lookEveryMs: 1 });

const request = (more: Partial<FlowCommandRequest>): FlowCommandRequest => ({
  id: 'command-1',
  process: 'counter',
  ticket: null,
  command: 'OpenCounter',
  body: { title: 'Cups' },
  tenant: 'acme',
  actor: 'flow:sample',
  origin: { kind: 'flow', id: 'sample', version: '1' },
  correlationId: 'correlation',
  causationId: 'cause',
  ...more,
});

describe('a command over the broker', () => {
  it('is taken by the pipeline, and its receipt read from the log', async () => {
    const receipt = await dispatch().send(request({}));
    const ticket = await engine.tickets.load('counter', receipt.ticket);
    expect(receipt).toEqual({
      ticket: ticket.id,
      number: receipt.number,
      revision: 0n,
      position: ticket.position,
      eventId: expect.any(String) as string,
    });
    const [event] = await storedEvents(eventStore, ticket.stream);
    expect(JSON.parse(event?.body ?? '')).toMatchObject({
      actor: 'flow:sample',
      origin: { kind: 'flow', id: 'sample', version: '1' },
      correlationId: 'correlation',
      causationId: 'cause',
      commandId: 'command-1',
    });
  });

  it('has one effect and one outcome, however often it is sent', async () => {
    const first = await dispatch().send(request({}));
    expect(await dispatch().send(request({}))).toEqual(first);
    expect(executed).toBe(1);
    const twice = { topic: commandTopicOf('counter'), key: 'k', value: commandText('command-1') };
    await broker.publish([twice, twice]);
    await done(3);
    const types = await outcomeTypes('command-1');
    const ticket = await engine.tickets.load('counter', first.ticket);
    expect([types, ticket.revision]).toEqual([['CommandAccepted'], 0n]);
  });

  it('gives the sender the reason of a refusal, and may be accepted later', async () => {
    fault = () => new LedgerdeskError('refused.full', 'it is full', { details: { at: 5n } });
    const refusal = await errorOf(dispatch().send(request({})));
    expect([refusal.code, refusal.message, refusal.details]).toEqual([
      'refused.full',
      'it is full',
      { at: '5' },
    ]);
    fault = undefined;
    await expect(dispatch().send(request({}))).resolves.toMatchObject({ revision: 0n });
    expect(await outcomeTypes('command-1')).toEqual(['CommandRefused', 'CommandAccepted']);
  });

  it('stays accepted where its id is used for another one', async () => {
    await dispatch().send(request({}));
    const { revision } = await new CounterDesk(engine).open();
    expect(revision).toBe(0n);
    const other = commandText('command-1', { data: { title: 'Other' } });
    await broker.publish([{ topic: commandTopicOf('counter'), key: 'k', value: other }]);
    await done(2);
    expect(await outcomeTypes('command-1')).toEqual(['CommandAccepted']);
    expect(consumption.figures().deadLetters).toBe(1);
  });

  it('is said to be refused once it has failed too often', async () => {
    fault = () => new LedgerdeskError('limit.stream-queue', 'too many');
    const refusal = await errorOf(dispatch().send(request({})));
    expect([refusal.code, executed]).toEqual(['limit.stream-queue', COMMAND_ATTEMPTS_MAX]);
  });

  it.each<ErrorCode>(['corrupt.event', 'refused.full', 'denied.command'])(
    'is said to be refused wherever it goes to the dead letters at once, as for %s',
    async (code) => {
      fault = () => new LedgerdeskError(code, 'no try is worth it');
      const refusal = await errorOf(dispatch().send(request({})));
      expect([refusal.code, executed]).toEqual([code, 1]);
      await done(1);
      expect(consumption.figures().deadLetters).toBe(1);
    },
  );

  it('waits for a store that is down', async () => {
    let times = 2 * COMMAND_ATTEMPTS_MAX;
    fault = () =>
      (times -= 1) >= 0 ? new LedgerdeskError('unavailable.event-store-io', 'down') : undefined;
    await expect(dispatch().send(request({}))).resolves.toMatchObject({ revision: 0n });
    expect(await outcomeTypes('command-1')).toEqual(['CommandAccepted']);
  });

  it('is not refused by the first failure after the store was down for long', async () => {
    let tries = 0;
    fault = () => {
      tries += 1;
      if (tries < COMMAND_ATTEMPTS_MAX) return new LedgerdeskError('unavailable.read', 'down');
      return tries === COMMAND_ATTEMPTS_MAX ? new Error('once') : undefined;
    };
    await expect(dispatch().send(request({}))).resolves.toMatchObject({ revision: 0n });
    expect(await outcomeTypes('command-1')).toEqual(['CommandAccepted']);
  });

  it('has an unknown outcome where nobody takes it in time', async () => {
    await consumption.stop();
    const error = await errorOf(dispatch(20).send(request({})));
    expect(error.code).toBe('unknown-outcome.command');
  });
});

async function outcomeTypes(commandId: string): Promise<readonly string[]> {
  const outcome = await outcomes.find('acme', commandId);
  return (await storedEvents(eventStore, outcome?.stream ?? '')).map(({ type }) => type);
}

function commandText(id: string, more: object = {}): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: 'urn:spec',
    type: 'OpenCounter',
    actor: 'flow:sample',
    data: { title: 'Cups' },
    ...more,
  });
}

/** Resolves once so many messages were handled or put away. */
async function done(count: number): Promise<void> {
  const settled = (): number => consumption.figures().handled + consumption.figures().deadLetters;
  while (settled() < count) await new Promise((resolve) => setImmediate(resolve));
}
