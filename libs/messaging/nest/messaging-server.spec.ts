import { Controller, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import { KafkaTestServer } from '@ledgerdesk/test-servers';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { eventually } from '@ledgerdesk/kernel/testing';
import {
  MessageContext,
  MessageFailureFilter,
  MessagingServer,
  openMessageBroker,
  plainCauseOf,
  type IncomingMessage,
  type MessageBroker,
} from '@ledgerdesk/messaging';

// Goal: a Nest controller consumes through the port, with its promise as acknowledgement and its
// own errors. Method: one application on each adapter.

const seen: (readonly [value: string, attempt: number])[] = [];

@Controller()
@UseFilters(new MessageFailureFilter())
class Orders {
  @EventPattern('orders')
  async take(@Payload() message: IncomingMessage, @Ctx() context: MessageContext): Promise<void> {
    const value = message.value.toString();
    seen.push([value, context.attempt]);
    await Promise.resolve();
    if (value === 'poison') throw new LedgerdeskError('malformed.order', 'it is no order');
    if (value === 'flaky' && context.attempt === 1) throw new Error('once');
  }
}

@Module({ controllers: [Orders] })
class OrdersModule {}

describe.each(['memory', 'kafka'])('MessagingServer over %s', (kind) => {
  let server: KafkaTestServer | undefined;
  let broker: MessageBroker;

  beforeAll(async () => {
    server = kind === 'kafka' ? await KafkaTestServer.start() : undefined;
    broker = await openMessageBroker(server?.url ?? 'memory:', { fetchWaitMs: 50 });
    await broker.ensureTopics(['orders', 'dead'].map((name) => ({ name, partitions: 1 })));
  });

  afterAll(async () => {
    await broker.close();
    await server?.kill();
  });

  it('hands messages to handlers, tries again, and lets poison go to the dead letters', async () => {
    seen.length = 0;
    const letters: string[] = [];
    const strategy = new MessagingServer({
      broker,
      group: 'desk',
      deadLetters: { topic: 'dead', causeOf: plainCauseOf },
      retry: { attemptsMax: 3, initialMs: 5, maxMs: 20 },
    });
    const application = await NestFactory.createMicroservice<MicroserviceOptions>(OrdersModule, {
      strategy,
      logger: false,
    });
    await application.listen();
    const reading = broker.consume({
      group: 'letters',
      topics: ['dead'],
      deadLetters: { topic: 'dead', causeOf: plainCauseOf },
      handle: async ({ value }) => {
        letters.push((JSON.parse(value.toString()) as { cause: { code: string } }).cause.code);
      },
    });
    const orders = ['poison', 'flaky', 'good'];
    await broker.publish(orders.map((value) => ({ topic: 'orders', key: 'k', value })));
    await eventually(() => seen.length === 4 && letters.length === 1);
    expect([seen, letters]).toEqual([
      [
        ['poison', 1],
        ['flaky', 1],
        ['flaky', 2],
        ['good', 1],
      ],
      ['malformed.order'],
    ]);
    await reading.stop();
    await application.close();
  });
});
