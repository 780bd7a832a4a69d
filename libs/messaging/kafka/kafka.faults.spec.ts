import { getEventListeners } from 'node:events';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { eventually } from '@ledgerdesk/kernel/testing';
import { kafkaErrors, KafkaTestServer, type RequestFault } from '@ledgerdesk/test-servers';
import { plainCauseOf } from '../delivery';
import type { ConsumeOptions, Consumption, MessageBroker } from '../message-broker.port';
import { KafkaMessageBroker, type KafkaMessageBrokerOptions } from './kafka.adapter';

// Goal: nothing that is published and nothing that is acknowledged gets lost, whatever becomes of
// the connection, the broker or the group. Method: the double with its faults, one at a time.

const QUICK: KafkaMessageBrokerOptions = {
  sessionTimeoutMs: 1_000,
  heartbeatIntervalMs: 30,
  rebalanceTimeoutMs: 2_000,
  fetchWaitMs: 50,
  requestTimeoutMs: 400,
};

let server: KafkaTestServer;
const brokers: MessageBroker[] = [];
let names = 0;

beforeAll(async () => {
  server = await KafkaTestServer.start();
});

afterEach(async () => {
  jest.restoreAllMocks();
  delete server.faults.onRequest;
  delete server.faults.onError;
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

afterAll(async () => {
  await server.kill();
});

function newBroker(options: KafkaMessageBrokerOptions = {}): MessageBroker {
  const broker = new KafkaMessageBroker(server.url, { ...QUICK, ...options });
  brokers.push(broker);
  return broker;
}

function newTopic(partitions = 1): string {
  names += 1;
  const name = `topic-${names}`;
  server.addTopic(name, partitions);
  server.addTopic(`${name}.dead`, 1);
  return name;
}

interface Reading {
  readonly consumption: Consumption;
  readonly values: string[];
}

function read(broker: MessageBroker, topic: string, more: Partial<ConsumeOptions> = {}): Reading {
  const values: string[] = [];
  const { handle, ...options } = more;
  const consumption = broker.consume({
    group: `group-${topic}`,
    topics: [topic],
    deadLetters: { topic: `${topic}.dead`, causeOf: plainCauseOf },
    retry: { attemptsMax: 3, initialMs: 5, maxMs: 20 },
    ...options,
    handle: async (message, context) => {
      values.push(message.value.toString());
      await handle?.(message, context);
    },
  });
  return { consumption, values };
}

const publish = (broker: MessageBroker, topic: string, ...values: string[]): Promise<void> =>
  broker.publish(values.map((value) => ({ topic, key: 'k', value })));

/** True the first `times` that it is asked. */
function firstly(times = 1): () => boolean {
  let asked = 0;
  return () => (asked += 1) <= times;
}

describe('publishing', () => {
  it.each<RequestFault>(['lose-request', 'lose-reply', 'half-close', 'silence'])(
    'survives %s, and writes once',
    async (fault) => {
      const [topic, broker, isFirst] = [newTopic(), newBroker(), firstly()];
      server.faults.onRequest = (api) => (api === 'produce' && isFirst() ? fault : undefined);
      await publish(broker, topic, '1');
      await publish(broker, topic, '2');
      expect(server.endOffset(topic, 0)).toBe(2n);
    },
  );

  it('survives a leader that moves', async () => {
    const [topic, broker, isFirst] = [newTopic(), newBroker(), firstly(2)];
    server.faults.onError = (api) =>
      api === 'produce' && isFirst() ? kafkaErrors.notLeaderForPartition : undefined;
    await publish(broker, topic, '1');
    expect(server.endOffset(topic, 0)).toBe(1n);
  });

  it('says after its own deadline that the outcome is unknown, and goes on afterwards', async () => {
    const [topic, broker] = [newTopic(), newBroker({ publishTimeoutMs: 300 })];
    await publish(broker, topic, '1');
    server.faults.onRequest = (api) => (api === 'produce' ? 'silence' : undefined);
    const code = 'unknown-outcome.publish';
    await expect(publish(broker, topic, '2')).rejects.toMatchObject({ code });
    delete server.faults.onRequest;
    await publish(broker, topic, '3');
    expect(server.endOffset(topic, 0)).toBe(2n);
  });

  it('says that the broker is down', async () => {
    const [topic, broker] = [newTopic(), newBroker()];
    await server.kill();
    const code = 'unavailable.broker';
    await expect(publish(broker, topic, '1')).rejects.toMatchObject({ code });
    await expect(broker.ping()).rejects.toMatchObject({ code });
    await server.restart();
    await publish(broker, topic, '2');
    expect(server.endOffset(topic, 0)).toBe(1n);
  });

  it('sends no more at once than the broker takes', async () => {
    const [topic, broker] = [newTopic(), newBroker()];
    await publish(broker, topic, 'x'.repeat(600_000), 'y'.repeat(600_000));
    // What stands around each header is more than what is in it.
    const headers = { h: Array.from({ length: 160_000 }, () => '') };
    const large = { topic, key: null, value: 'x'.repeat(600_000) };
    await broker.publish([large, { topic, key: null, value: '', headers }]);
    expect(server.endOffset(topic, 0)).toBe(4n);
  });

  it('says that the outcome is unknown where a later part fails', async () => {
    const [topic, broker] = [newTopic(), newBroker({ publishTimeoutMs: 300 })];
    let sent = 0;
    server.faults.onRequest = (api) => {
      if (api === 'produce') sent += 1;
      return api === 'produce' && sent > 1 ? 'silence' : undefined;
    };
    const parts = publish(broker, topic, 'x'.repeat(600_000), 'y'.repeat(600_000));
    await expect(parts).rejects.toMatchObject({ code: 'unknown-outcome.publish' });
    expect(server.endOffset(topic, 0)).toBe(1n);
  });
});

describe('consuming', () => {
  it('begins when the broker comes up', async () => {
    const [topic, broker] = [newTopic(), newBroker()];
    await server.kill();
    const drops: unknown[] = [];
    const { consumption, values } = read(broker, topic, { onDrop: (error) => drops.push(error) });
    await eventually(() => drops.length > 0);
    expect(consumption.figures()).toMatchObject({ isConsuming: false });
    expect(consumption.figures().failure).not.toBeNull();
    await server.restart();
    await consumption.ready;
    await publish(broker, topic, '1');
    await eventually(() => values.length === 1);
    expect(consumption.figures()).toMatchObject({ isConsuming: true, failure: null });
  });

  it.each(['dropConnections', 'halfCloseConnections', 'restart'] as const)(
    'goes on after %s, and loses nothing',
    async (fault) => {
      const [topic, broker] = [newTopic(), newBroker()];
      const { values, consumption } = read(broker, topic);
      await publish(broker, topic, '1', '2');
      await eventually(() => consumption.figures().handled === 2);
      await server[fault]();
      await publish(broker, topic, '3', '4');
      await eventually(() => values.includes('4'));
      expect([...new Set(values)]).toEqual(['1', '2', '3', '4']);
    },
  );

  it.each<[string, number]>([
    ['the group is being shared out anew', kafkaErrors.rebalanceInProgress],
    ['the member is forgotten', kafkaErrors.unknownMemberId],
    ['the generation is over', kafkaErrors.illegalGeneration],
  ])('repeats what could not be acknowledged because %s', async (_, error) => {
    const [topic, broker, isFirst] = [newTopic(), newBroker(), firstly()];
    server.faults.onError = (api) => (api === 'offsetCommit' && isFirst() ? error : undefined);
    const { values } = read(broker, topic);
    await publish(broker, topic, '1');
    await eventually(() => server.committedOffset(`group-${topic}`, topic, 0) === 1n);
    expect(new Set(values)).toEqual(new Set(['1']));
    expect(values.length).toBeGreaterThan(1);
  });

  it('commits nothing while the effect of a message is not durable', async () => {
    const [topic, broker] = [newTopic(), newBroker()];
    let finish: () => void = () => undefined;
    const durable = new Promise<void>((resolve) => (finish = resolve));
    const { values } = read(broker, topic, { handle: () => durable });
    await publish(broker, topic, '1');
    await eventually(() => values.length === 1);
    expect(server.committedOffset(`group-${topic}`, topic, 0)).toBeUndefined();
    finish();
    await eventually(() => server.committedOffset(`group-${topic}`, topic, 0) === 1n);
  });

  it('stays in its group while a message takes longer than the session', async () => {
    const [topic, broker] = [newTopic(), newBroker({ sessionTimeoutMs: 150 })];
    let heartbeats = 0;
    let atStart = 0;
    server.faults.onRequest = (api) => {
      if (api === 'heartbeat') heartbeats += 1;
      return undefined;
    };
    const { consumption, values } = read(broker, topic, {
      handle: async () => {
        atStart = heartbeats;
        await eventually(() => heartbeats >= atStart + 10, 'ten heartbeats');
      },
    });
    await publish(broker, topic, 'long');
    await eventually(() => consumption.figures().handled === 1);
    expect([values, consumption.figures().rebalances]).toEqual([['long'], 1]);
  });

  it('finishes the message under way when the group is shared out anew', async () => {
    const [topic, broker] = [newTopic(2), newBroker()];
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const first = read(broker, topic, { handle: () => finished });
    await publish(broker, topic, '1');
    await eventually(() => first.values.length === 1);
    let joins = 0;
    let heartbeats = 0;
    server.faults.onRequest = (api, clientId) => {
      // Its first request only gets it the id of a member.
      if (api === 'joinGroup' && clientId === 'second') joins += 1;
      if (api === 'heartbeat' && joins >= 2) heartbeats += 1;
      return undefined;
    };
    const second = read(newBroker({ clientId: 'second' }), topic);
    // When it sends another one, the first member has been told to join again.
    await eventually(() => heartbeats >= 2, 'the rebalance');
    finish();
    await second.consumption.ready;
    await eventually(() => first.consumption.figures().rebalances === 2);
    const all = (): readonly string[] => [...first.values, ...second.values];
    // Were the first message to come again, it would come before the next one.
    await publish(broker, topic, '2');
    await eventually(() => all().includes('2'));
    expect(all()).toEqual(['1', '2']);
  });

  it('hands what a killed member had over to another one', async () => {
    const topic = newTopic();
    const [victim, heir] = [newBroker({ sessionTimeoutMs: 300, clientId: 'victim' }), newBroker()];
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const first = read(victim, topic, { handle: () => stuck });
    await publish(heir, topic, '1');
    await eventually(() => first.values.length === 1);
    // From here on nothing of it arrives, as of a process that was killed.
    server.faults.onRequest = (_, clientId) => (clientId === 'victim' ? 'silence' : undefined);
    const second = read(heir, topic);
    await eventually(() => second.values.length === 1);
    expect(second.values).toEqual(['1']);
    release();
  });

  it('keeps a message whose dead letter cannot be published', async () => {
    const [topic, broker, isFirst] = [newTopic(), newBroker(), firstly(2)];
    server.faults.onError = (api, place) =>
      api === 'produce' && place.topic === `${topic}.dead` && isFirst()
        ? kafkaErrors.topicAuthorizationFailed
        : undefined;
    const { consumption } = read(broker, topic, {
      handle: ({ value }) => {
        if (value.toString() === 'bad') throw new LedgerdeskError('malformed.json', 'poison');
        return Promise.resolve();
      },
    });
    await publish(broker, topic, 'bad', 'good');
    await eventually(() => consumption.figures().handled === 1);
    expect(consumption.figures().deadLetters).toBe(1);
    expect(server.endOffset(`${topic}.dead`, 0)).toBe(1n);
  });

  it('leaves no timer behind at the stop', async () => {
    const [topic, broker] = [newTopic(), newBroker()];
    const [set, clear] = [
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'clearTimeout'),
    ];
    const long = 1_000_000;
    const { consumption } = read(broker, topic, {
      retry: { initialMs: long, maxMs: long },
      handle: () => Promise.reject(new Error('once')),
    });
    await publish(broker, topic, '1');
    const pauses = (): readonly unknown[] =>
      set.mock.results
        .filter((_, call) => Number(set.mock.calls[call]?.[1]) >= long / 2)
        .map(({ value }) => value as unknown);
    await eventually(() => pauses().length === 1);
    await consumption.stop();
    expect(clear.mock.calls.map(([timer]) => timer as unknown)).toContain(pauses()[0]);
  });

  it('listens once for its stop, however often its consumer was replaced', async () => {
    const [topic, broker, isFirst] = [newTopic(), newBroker(), firstly(2)];
    server.faults.onError = (api) =>
      api === 'fetch' && isFirst() ? kafkaErrors.topicAuthorizationFailed : undefined;
    let drops = 0;
    let listeners = 0;
    const { consumption } = read(broker, topic, {
      onDrop: () => (drops += 1),
      handle: (_, { signal }) => {
        listeners = getEventListeners(signal, 'abort').length;
        return Promise.resolve();
      },
    });
    await eventually(() => drops === 2);
    await publish(broker, topic, '1');
    await eventually(() => consumption.figures().handled === 1);
    expect(listeners).toBe(1);
  });

  it('is forgotten by its broker once it is stopped', async () => {
    const [topic, broker] = [newTopic(), newBroker()];
    const { consumption } = read(broker, topic);
    await consumption.stop();
    const stop = jest.spyOn(consumption, 'stop');
    await broker.close();
    expect(stop).not.toHaveBeenCalled();
  });
});
