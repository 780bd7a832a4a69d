import { eventually } from '@ledgerdesk/kernel/testing';
import { plainCauseOf } from '../delivery';
import { MemoryMessageBroker } from './memory.adapter';

// Goal: a bound that is reached holds up the publisher alone. Method: queues of one message.

describe('MemoryMessageBroker', () => {
  it('hands out what it took before the backlog was full', async () => {
    const broker = new MemoryMessageBroker({ keptMax: 1 });
    const values: string[] = [];
    const consumption = broker.consume({
      group: 'desk',
      topics: ['orders'],
      deadLetters: { topic: 'dead', causeOf: plainCauseOf },
      handle: async ({ value }) => {
        values.push(value.toString());
      },
    });
    await eventually(() => consumption.figures().rebalances === 1);
    const orders = ['1', '2'].map((value) => ({ topic: 'orders', key: null, value }));
    await expect(broker.publish(orders)).rejects.toMatchObject({ code: 'limit.backlog' });
    await eventually(() => consumption.figures().handled === 1);
    expect(values).toEqual(['1']);
    await broker.publish(orders.slice(1));
    await eventually(() => consumption.figures().handled === 2);
    expect(values).toEqual(['1', '2']);
    await broker.close();
  });
});
