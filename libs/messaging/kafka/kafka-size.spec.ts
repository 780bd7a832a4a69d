import { LedgerdeskError } from '@ledgerdesk/kernel';
import { eventually } from '@ledgerdesk/kernel/testing';
import { KafkaTestServer } from '@ledgerdesk/test-servers';
import { plainCauseOf } from '../delivery';
import type { OutgoingMessage } from '../message-broker.port';
import { KafkaMessageBroker } from './kafka.adapter';

// Goal: a broker that takes less than is configured here gets all that it can take, and what it
// cannot is named. Method: the double with a low limit for a batch.

const BATCH_BYTES_MAX = 20_000;

let server: KafkaTestServer;
let broker: KafkaMessageBroker;

beforeEach(async () => {
  server = await KafkaTestServer.start({ messageBytesMax: BATCH_BYTES_MAX });
  server.addTopic('events', 1);
  server.addTopic('dead', 1);
  broker = new KafkaMessageBroker(server.url, { fetchWaitMs: 50 });
});

afterEach(async () => {
  await broker.close();
  await server.kill();
});

const event = (value: string): OutgoingMessage => ({ topic: 'events', key: 'k', value });

const many = (count: number): readonly OutgoingMessage[] =>
  Array.from({ length: count }, (_, n) => event(`${n} ${'x'.repeat(100)}`));

describe('a broker that takes less at once', () => {
  it('gets many small messages in smaller parts, in their order and once', async () => {
    await broker.publish(many(1_000));
    expect(server.endOffset('events', 0)).toBe(1_000n);

    const seen: number[] = [];
    broker.consume({
      group: 'readers',
      topics: ['events'],
      deadLetters: { topic: 'dead', causeOf: plainCauseOf },
      handle: async ({ value }) => {
        seen.push(Number.parseInt(value.toString(), 10));
      },
    });
    await eventually(() => seen.length === 1_000);
    expect(seen).toEqual(many(1_000).map((_, n) => n));
  });

  it('is not asked again for what it has refused once', async () => {
    await broker.publish(many(1_000));
    let producers = 0;
    server.faults.onRequest = (api) => {
      if (api === 'initProducerId') producers += 1;
      return undefined;
    };
    await broker.publish(many(1_000));
    // A refusal would have replaced the producer.
    expect([producers, server.endOffset('events', 0)]).toEqual([0, 2_000n]);
  });

  it('refuses the message that is too large by its name, and only the call that brought it', async () => {
    const first = broker.publish([event('first')]);
    // These wait for the first one, and are sent together.
    const small = broker.publish([event('small')]);
    const large = { topic: 'events', key: 'the-large-one', value: 'x'.repeat(30_000) };
    const refused = broker.publish([event('beside'), large]);
    const later = broker.publish([event('later')]);

    await expect(refused).rejects.toMatchObject({
      code: 'limit.message-size',
      message: expect.stringContaining('"the-large-one" has 30013 bytes') as unknown,
      details: { topic: 'events', key: 'the-large-one', bytes: 30_013 },
    });
    await expect(Promise.all([first, small, later])).resolves.toBeDefined();
  });

  it('gets a dead letter that is as short as it can be', async () => {
    await broker.publish([event('x'.repeat(15_000))]);
    const consumption = broker.consume({
      group: 'readers',
      topics: ['events'],
      deadLetters: { topic: 'dead', causeOf: () => ({ code: 'c', more: 'x'.repeat(15_000) }) },
      handle: () => Promise.reject(new LedgerdeskError('malformed.json', 'poison')),
    });
    await eventually(() => consumption.figures().deadLetters === 1);
    expect(server.endOffset('dead', 0)).toBe(1n);
  });
});
