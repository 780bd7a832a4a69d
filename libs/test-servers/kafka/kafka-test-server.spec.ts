import {
  CompressionTypes,
  Kafka,
  logLevel,
  Partitioners,
  type Consumer,
  type Producer,
} from 'kafkajs';
import { eventually } from '@ledgerdesk/kernel/testing';
import { KafkaTestServer } from './kafka-test-server';
import { kafkaErrors } from './protocol';

// Goal: the official client, unmodified, finds in the double what it finds in a broker. Method:
// kafkajs over TCP, one server for all chapters, topics of their own for each test.

const GROUP = {
  sessionTimeout: 2_000,
  heartbeatInterval: 50,
  rebalanceTimeout: 2_000,
  maxWaitTimeInMs: 100,
};

let server: KafkaTestServer;
let kafka: Kafka;
const opened: { disconnect(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await KafkaTestServer.start();
  kafka = new Kafka({
    clientId: 'spec',
    brokers: [server.address],
    logLevel: logLevel.NOTHING,
    requestTimeout: 1_000,
    retry: { retries: 6, initialRetryTime: 30 },
  });
});

afterEach(() => {
  delete server.faults.onRequest;
  delete server.faults.onError;
});

afterAll(async () => {
  await Promise.allSettled(opened.map((client) => client.disconnect()));
  await server.kill();
});

async function newProducer(options: { readonly idempotent?: boolean } = {}): Promise<Producer> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    ...options,
  });
  opened.push(producer);
  await producer.connect();
  return producer;
}

interface Reading {
  readonly consumer: Consumer;
  readonly seen: string[];
  readonly partitions: number[];
}

async function consume(groupId: string, topic: string): Promise<Reading> {
  const consumer = kafka.consumer({ groupId, ...GROUP });
  opened.push(consumer);
  const seen: string[] = [];
  const partitions: number[] = [];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    partitions.push(payload.memberAssignment[topic]?.length ?? 0);
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => void seen.push(String(message.value)),
  });
  return { consumer, seen, partitions };
}

const values = (...texts: readonly string[]): { value: string }[] =>
  texts.map((value) => ({ value }));

/** True the first time that it is asked, and counts. */
function firstTime(): { readonly times: () => number; readonly once: () => boolean } {
  let times = 0;
  return { times: () => times, once: () => (times += 1) === 1 };
}

describe('topics', () => {
  it('are made once, grow, are listed and deleted', async () => {
    const admin = kafka.admin();
    opened.push(admin);
    await admin.connect();
    const wish = { topics: [{ topic: 'a', numPartitions: 3 }] };
    expect([await admin.createTopics(wish), await admin.createTopics(wish)]).toEqual([true, false]);
    await admin.createPartitions({ topicPartitions: [{ topic: 'a', count: 4 }] });
    const offsets = await admin.fetchTopicOffsets('a');
    expect(offsets.map(({ offset }) => offset)).toEqual(['0', '0', '0', '0']);
    await admin.deleteTopics({ topics: ['a'] });
    expect(await admin.listTopics()).not.toContain('a');
  });
});

describe('records', () => {
  it('keep their order within a key, compressed or not, and reach a waiting reader', async () => {
    server.addTopic('orders', 3);
    const producer = await newProducer();
    const messages = Array.from({ length: 30 }, (_, n) => ({
      key: `k${n % 5}`,
      value: `${n % 5}:${n}`,
    }));
    await producer.send({ topic: 'orders', messages });
    await producer.send({
      topic: 'orders',
      compression: CompressionTypes.GZIP,
      messages: [{ key: 'k0', value: '0:zip' }],
    });
    const { seen } = await consume('g-orders', 'orders');
    await eventually(() => seen.length === 31);
    const ofFirstKey = seen.filter((value) => value.startsWith('0:'));
    expect(ofFirstKey).toEqual(['0:0', '0:5', '0:10', '0:15', '0:20', '0:25', '0:zip']);
    await producer.send({ topic: 'orders', messages: values('now') });
    await eventually(() => seen.includes('now'));
  });

  it('of an idempotent producer are written once, though the reply was lost', async () => {
    server.addTopic('idempotent', 1);
    const producer = await newProducer({ idempotent: true });
    const fault = firstTime();
    server.faults.onRequest = (api) =>
      api === 'produce' && fault.once() ? 'lose-reply' : undefined;
    await producer.send({ topic: 'idempotent', messages: values('1') });
    await producer.send({ topic: 'idempotent', messages: values('2') });
    expect(server.endOffset('idempotent', 0)).toBe(2n);
  });

  it('are refused when a batch is larger than the limit', async () => {
    server.addTopic('large', 1);
    const producer = await newProducer();
    const sending = producer.send({ topic: 'large', messages: values('x'.repeat(1_100_000)) });
    await expect(sending).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
  });
});

describe('groups', () => {
  it('share the partitions, hand them over, and go on at what was committed', async () => {
    server.addTopic('shared', 4);
    const producer = await newProducer();
    const send = (mark: string): Promise<unknown> =>
      producer.send({
        topic: 'shared',
        messages: [0, 1, 2, 3].map((partition) => ({ partition, value: `${mark}${partition}` })),
      });
    const first = await consume('g-shared', 'shared');
    const second = await consume('g-shared', 'shared');
    await eventually(() => first.partitions.includes(2));
    await send('p');
    await eventually(() => first.seen.length + second.seen.length === 4);
    expect([first.seen.length, second.seen.length]).toEqual([2, 2]);
    await second.consumer.disconnect();
    await eventually(() => first.partitions.at(-1) === 4);
    await send('q');
    await eventually(() => first.seen.length === 6);
    await first.consumer.disconnect();
    const third = await consume('g-shared', 'shared');
    await producer.send({ topic: 'shared', messages: [{ partition: 0, value: 'r' }] });
    await eventually(() => third.seen.length > 0);
    expect(third.seen).toEqual(['r']);
  });

  it('join again when they are told to', async () => {
    server.addTopic('rebalanced', 2);
    const { partitions } = await consume('g-rebalanced', 'rebalanced');
    await eventually(() => partitions.length === 1);
    server.rebalance('g-rebalanced');
    await eventually(() => partitions.length === 2);
    expect(partitions).toEqual([2, 2]);
  });
});

describe('faults', () => {
  it.each(['lose-request', 'lose-reply', 'half-close', 'silence'] as const)(
    '%s at produce: the client sends again',
    async (fault) => {
      const topic = `fault-${fault}`;
      server.addTopic(topic, 1);
      const producer = await newProducer();
      const { times, once } = firstTime();
      server.faults.onRequest = (api) => (api === 'produce' && once() ? fault : undefined);
      await producer.send({ topic, messages: values('x') });
      expect(times()).toBe(2);
      expect(server.endOffset(topic, 0)).toBe(fault === 'lose-reply' ? 2n : 1n);
    },
  );

  it('an error code at produce: the client sends again', async () => {
    server.addTopic('flaky', 1);
    const producer = await newProducer();
    const { times, once } = firstTime();
    server.faults.onError = (api) =>
      api === 'produce' && once() ? kafkaErrors.notLeaderForPartition : undefined;
    await producer.send({ topic: 'flaky', messages: values('x') });
    expect([times(), server.endOffset('flaky', 0)]).toEqual([2, 1n]);
  });

  it.each(['dropConnections', 'halfCloseConnections'] as const)(
    '%s: a consumer goes on',
    async (cut) => {
      const topic = `cut-${cut}`;
      server.addTopic(topic, 1);
      const { seen } = await consume(`g-${cut}`, topic);
      const producer = await newProducer();
      await producer.send({ topic, messages: values('before') });
      await eventually(() => seen.length === 1);
      server[cut]();
      await producer.send({ topic, messages: values('after') });
      await eventually(() => seen.includes('after'));
      expect(seen[0]).toBe('before');
    },
  );

  it('a kill and a restart keep records and offsets', async () => {
    server.addTopic('kept', 1);
    const producer = await newProducer();
    await producer.send({ topic: 'kept', messages: values('1', '2') });
    const { seen } = await consume('g-kept', 'kept');
    await eventually(() => server.committedOffset('g-kept', 'kept', 0) === 2n);
    await server.restart();
    await producer.send({ topic: 'kept', messages: values('3') });
    await eventually(() => seen.includes('3'));
    expect(seen).toEqual(['1', '2', '3']);
  });
});
