import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import {
  MemoryMessageBroker,
  type MessageBroker,
  type OutgoingMessage,
} from '@ledgerdesk/messaging';
import { MemoryReadStore } from '@ledgerdesk/read-store';
import { type Engine, newUuid7 } from '@ledgerdesk/engine';
import { CounterDesk, openTestEngine } from '../testing/engine-kit';
import { atOnce, eventually } from '../testing/projection-kit';
import { noTracing, type TracedWork, type Tracing } from '../tracing/tracing.port';
import type { CloudEvent } from './cloud-event';
import { EventRelay } from './event-relay';
import { LeasedEventRelay } from './leased-event-relay';
import { RelayCheckpoint } from './relay-checkpoint';

// Goal: each event of the log reaches its topic, in order within its stream, across crashes, drops
// and changes of the leader. Method: a log of counters, a broker that remembers what it was given.

class RecordingBroker extends MemoryMessageBroker {
  readonly sent: OutgoingMessage[] = [];
  fault: (() => unknown) | undefined;

  override async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const error = this.fault?.();
    if (error !== undefined) throw error as Error;
    await super.publish(messages);
    this.sent.push(...messages);
  }

  events(): readonly CloudEvent[] {
    return this.sent.map(({ value }) => JSON.parse(value.toString()) as CloudEvent);
  }
}

let eventStore: EventStore;
let readStore: MemoryReadStore;
let engine: Engine;
let desk: CounterDesk;
let broker: RecordingBroker;
const started: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  eventStore = await openEventStore('memory:');
  readStore = new MemoryReadStore();
  engine = await openTestEngine({ eventStore });
  desk = new CounterDesk(engine);
  broker = new RecordingBroker();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((relay) => relay.stop()));
  await engine.close();
});

function parts(over: MessageBroker): {
  readonly eventStore: EventStore;
  readonly registry: Engine['registry'];
  readonly processes: ReturnType<typeof processesOf>;
  readonly broker: MessageBroker;
  readonly backOff: typeof atOnce;
} {
  return {
    eventStore,
    registry: engine.registry,
    processes: processesOf(),
    broker: over,
    backOff: atOnce,
  };
}

function processesOf(): readonly (typeof engine.processes extends ReadonlyMap<string, infer P>
  ? P
  : never)[] {
  return [...engine.processes.values()];
}

function relayOver(checkpoint: RelayCheckpoint, over: MessageBroker = broker): EventRelay {
  const relay = new EventRelay({ ...parts(over), checkpoint });
  started.push(relay);
  relay.start();
  return relay;
}

const isLevel = async (relay: EventRelay): Promise<boolean> =>
  relay.figures().position === (await eventStore.head());

describe('EventRelay', () => {
  it('publishes the log as CloudEvents, each to the topic of its process', async () => {
    const { id, stream } = await desk.open();
    await desk.add(id, 5, { correlationId: 'a'.repeat(32) });
    const relay = relayOver(new RelayCheckpoint(eventStore, readStore));
    await eventually(() => isLevel(relay));
    const ofCounter = broker.sent.filter(({ topic }) => topic === 'ledgerdesk.events.counter');
    expect(ofCounter.map(({ key }) => key)).toEqual([stream, stream]);
    expect(ofCounter[1]?.headers).toEqual({
      'content-type': 'application/cloudevents+json; charset=UTF-8',
      traceparent: expect.stringMatching(/^00-a{32}-[0-9a-f]{16}-01$/) as string,
    });
    const stored: { readonly hash: string; readonly position: bigint }[] = [];
    for await (const event of eventStore.readStream(stream)) stored.push(event);
    const added = JSON.parse(String(ofCounter[1]?.value)) as CloudEvent;
    expect(added).toMatchObject({
      specversion: '1.0',
      source: 'urn:ledgerdesk:acme:counter',
      type: 'CounterAdded',
      subject: stream,
      partitionkey: stream,
      revision: '1',
      position: String(stored[1]?.position),
      hash: stored[1]?.hash,
      previoushash: stored[0]?.hash,
      datacontenttype: 'application/json',
      data: { by: 5 },
    });
    const names = Object.keys(added).filter((name) => !/^[a-z0-9]{1,20}$/.test(name));
    expect(names).toEqual([]);
  });

  it('shows in the traces of the commands that their events were published', async () => {
    const { id } = await desk.open();
    await desk.add(id, 5, { commandId: 'add-5', correlationId: 'a'.repeat(32) });
    const recorded: TracedWork[] = [];
    const checkpoint = new RelayCheckpoint(eventStore, readStore);
    const tracing: Tracing = { ...noTracing, record: (work) => void recorded.push(work()) };
    const relay = new EventRelay({ ...parts(broker), checkpoint, tracing });
    started.push(relay);
    relay.start();
    await eventually(() => isLevel(relay));
    expect(recorded).toContainEqual({
      name: 'publish CounterAdded',
      kind: 'producer',
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': 'ledgerdesk.events.counter',
        'ledgerdesk.position': String(await eventStore.head()),
      },
      follows: { correlationId: 'a'.repeat(32), commandId: 'add-5' },
    });
  });

  it('goes on at the stored checkpoint', async () => {
    const { id } = await desk.open();
    const first = relayOver(new RelayCheckpoint(eventStore, readStore));
    await eventually(() => isLevel(first));
    await first.stop();
    broker.sent.length = 0;
    await desk.add(id, 1);
    const second = relayOver(new RelayCheckpoint(eventStore, readStore));
    await eventually(() => isLevel(second));
    expect(broker.events().map(({ type }) => type)).toEqual(['CounterAdded']);
  });

  it('publishes again what the broker did not acknowledge, and loses nothing', async () => {
    const { id } = await desk.open();
    const relay = relayOver(new RelayCheckpoint(eventStore, readStore));
    await eventually(() => isLevel(relay));
    let faults = 3;
    broker.fault = () =>
      (faults -= 1) >= 0 ? new LedgerdeskError('unknown-outcome.publish', 'lost') : undefined;
    for (let by = 1; by <= 5; by += 1) await desk.add(id, by);
    await eventually(() => isLevel(relay));
    const added = broker.events().filter(({ type }) => type === 'CounterAdded');
    expect(added.map(({ data }) => data?.['by'])).toEqual([1, 2, 3, 4, 5]);
    expect(relay.figures()).toMatchObject({ failure: null, restarts: 3 });
  });

  it('refers to data that the broker would not take', async () => {
    const small = new RecordingBroker({ limits: { messageBytesMax: 1_900 } });
    const { id } = await desk.open({}, 1);
    await desk.add(id, 1, { correlationId: 'x'.repeat(190), commandId: 'y'.repeat(190) });
    const relay = relayOver(new RelayCheckpoint(eventStore, readStore), small);
    await eventually(() => isLevel(relay));
    const [without] = small.events().filter(({ dataref }) => dataref !== undefined);
    expect(relay.figures().withoutData).toBeGreaterThan(0);
    expect(without).not.toHaveProperty('data');
    expect(without?.dataref).toBe(`/api/v1/events/${without?.position}`);
  });
});

describe('a relay whose log was replaced', () => {
  it.each([
    ['corrupt.checkpoint-ahead', 0],
    ['corrupt.other-log', 9],
  ])('publishes nothing and says %s', async (code, commands) => {
    const { id } = await desk.open();
    const relay = relayOver(new RelayCheckpoint(eventStore, readStore));
    await desk.add(id, 1);
    await eventually(() => isLevel(relay));
    await relay.stop();
    await engine.close();
    broker.sent.length = 0;
    eventStore = await openEventStore('memory:');
    engine = await openTestEngine({ eventStore });
    desk = new CounterDesk(engine, () => newUuid7());
    for (let count = 0; count < commands; count += 1) await desk.open();
    const reading = new RelayCheckpoint(eventStore, readStore).read();
    await expect(reading).rejects.toMatchObject({ code });
    const next = relayOver(new RelayCheckpoint(eventStore, readStore));
    await eventually(() => next.figures().failure !== null);
    expect(broker.sent).toEqual([]);
  });
});

describe('LeasedEventRelay', () => {
  const lease = (): LeasedEventRelay => {
    const relay = new LeasedEventRelay({
      ...parts(broker),
      readStore,
      holder: newUuid7(),
      leaseTtlMs: 200,
    });
    started.push(relay);
    relay.start();
    return relay;
  };

  it('lets one at a time publish, and another one take over', async () => {
    const { id } = await desk.open();
    const [first, second] = [lease(), lease()];
    await eventually(() => first.figures().isLeading !== second.figures().isLeading);
    const [leader, heir] = first.figures().isLeading ? [first, second] : [second, first];
    await eventually(async () => leader.figures().position === (await eventStore.head()));
    expect(heir.figures().published).toBe(0);
    await leader.stop();
    await desk.add(id, 7);
    await eventually(() => broker.events().some(({ data }) => data?.['by'] === 7));
    expect(heir.figures().isLeading).toBe(true);
    const ids = broker.events().map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets one that was replaced not move the checkpoint', async () => {
    await desk.open();
    const old = new RelayCheckpoint(eventStore, readStore, 1);
    await old.read();
    const next = new RelayCheckpoint(eventStore, readStore, 2);
    await next.read();
    await next.advance(1n, undefined);
    await old.read();
    await expect(old.advance(2n, undefined)).rejects.toMatchObject({ code: 'conflict.fenced' });
    expect(await new RelayCheckpoint(eventStore, readStore).read()).toBe(1n);
  });
});
