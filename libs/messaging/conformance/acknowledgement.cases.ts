import { LedgerdeskError } from '@ledgerdesk/kernel';
import { eventually } from '@ledgerdesk/kernel/testing';
import { message, newName, newTopic, type Suite } from './subject';

/** What a group has acknowledged does not come again; all else does. */
export function acknowledgementCases({ broker, consume }: Suite): void {
  describe('acknowledgement', () => {
    it('lets the next consumer of the group begin behind what was handled', async () => {
      const topic = await newTopic(broker());
      const group = newName('group');
      await broker().publish([message(topic, '1'), message(topic, '2')]);
      const first = consume({ topics: [topic], group });
      await eventually(() => first.consumption.figures().handled === 2);
      await first.consumption.stop();
      await broker().publish([message(topic, '3')]);
      const second = consume({ topics: [topic], group });
      await second.has(1);
      expect(second.values()).toEqual(['3']);
    });

    it('gives the next consumer what the one before could not handle', async () => {
      const topic = await newTopic(broker());
      const group = newName('group');
      await broker().publish([message(topic, '1'), message(topic, '2')]);
      const first = consume({
        topics: [topic],
        group,
        handle: ({ value }) => {
          if (value.toString() === '2') {
            throw new LedgerdeskError('unavailable.event-store-io', 'down');
          }
        },
      });
      await first.has(3);
      await first.consumption.stop();
      const second = consume({ topics: [topic], group });
      await second.has(1);
      expect(second.values()[0]).toBe('2');
    });

    it('waits at the stop for the message under way, and acknowledges it', async () => {
      const topic = await newTopic(broker());
      const group = newName('group');
      await broker().publish([message(topic, '1'), message(topic, '2')]);
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      let wasTold = false;
      const first = consume({
        topics: [topic],
        group,
        handle: async (_, { signal }) => {
          signal.addEventListener('abort', () => {
            wasTold = true;
            finish();
          });
          await finished;
        },
      });
      await first.has(1);
      await first.consumption.stop();
      expect([wasTold, first.values(), first.consumption.figures().handled]).toEqual([
        true,
        ['1'],
        1,
      ]);
      const second = consume({ topics: [topic], group });
      await second.has(1);
      expect(second.values()).toEqual(['2']);
    });

    it('shares the partitions within a group, and hands them over when a member leaves', async () => {
      const topic = await newTopic(broker(), 4);
      const group = newName('group');
      const first = consume({ topics: [topic], group });
      await first.consumption.ready;
      const second = consume({ topics: [topic], group });
      await second.consumption.ready;
      const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);
      const publish = (mark: string): Promise<void> =>
        broker().publish(keys.map((key) => message(topic, `${mark} ${key}`, key)));
      const seen = (): Set<string> => new Set([...first.values(), ...second.values()]);
      await publish('one');
      await eventually(() => seen().size === 40);
      expect(Math.min(first.messages.length, second.messages.length)).toBeGreaterThan(0);
      await second.consumption.stop();
      await publish('two');
      await eventually(() => seen().size === 80);
      expect(second.values().filter((value) => value.startsWith('two'))).toEqual([]);
    });

    it('says what it did', async () => {
      const topic = await newTopic(broker());
      await broker().publish([message(topic, '1')]);
      const { consumption } = consume({ topics: [topic] });
      await consumption.ready;
      await eventually(() => consumption.figures().handled === 1);
      expect(consumption.figures()).toMatchObject({
        handled: 1,
        retries: 0,
        deadLetters: 0,
        isConsuming: true,
        failure: null,
      });
      expect(consumption.figures().rebalances).toBeGreaterThan(0);
    });

    it('is stopped once, however often it is asked', async () => {
      const topic = await newTopic(broker());
      const { consumption } = consume({ topics: [topic] });
      await Promise.all([consumption.stop(), consumption.stop()]);
      await consumption.stop();
      await consumption.ready;
      expect(consumption.figures().isConsuming).toBe(false);
    });
  });
}
