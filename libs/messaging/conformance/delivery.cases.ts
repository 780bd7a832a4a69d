import { message, newTopic, type Suite } from './subject';

/** What is published arrives, in order, with each group. */
export function deliveryCases({ broker, consume }: Suite): void {
  describe('delivery', () => {
    it('gives key, value and headers as they were published', async () => {
      const topic = await newTopic(broker());
      const headers = { trace: 'größe', many: ['a', 'b'] };
      await broker().publish([{ topic, key: 'schlüssel', value: 'wörter', headers }]);
      const { has, messages } = consume({ topics: [topic] });
      await has(1);
      expect(messages[0]).toMatchObject({ topic, partition: 0, offset: 0n, headers });
      expect([messages[0]?.key, messages[0]?.value.toString()]).toEqual(['schlüssel', 'wörter']);
    });

    it('gives bytes that are no text as they were published', async () => {
      const topic = await newTopic(broker());
      const value = Buffer.from([0, 255, 254, 1]);
      await broker().publish([{ topic, key: null, value }]);
      const { has, messages } = consume({ topics: [topic] });
      await has(1);
      expect([messages[0]?.key, messages[0]?.value.equals(value)]).toEqual([null, true]);
    });

    it('keeps the order within a key, across publications', async () => {
      const topic = await newTopic(broker(), 3);
      const { has, messages } = consume({ topics: [topic] });
      for (let round = 0; round < 5; round += 1) {
        const keys = ['a', 'b', 'c', 'd'];
        await broker().publish(keys.map((key) => message(topic, String(round), key)));
      }
      await has(20);
      for (const wanted of ['a', 'b', 'c', 'd']) {
        const ofKey = messages.filter(({ key }) => key === wanted);
        expect(ofKey.map(({ value }) => value.toString())).toEqual(['0', '1', '2', '3', '4']);
      }
    });

    it('keeps the order of publications that are not waited for', async () => {
      const topic = await newTopic(broker());
      const numbers = Array.from({ length: 50 }, (_, n) => String(n));
      await Promise.all(numbers.map((n) => broker().publish([message(topic, n)])));
      const { has, values } = consume({ topics: [topic] });
      await has(50);
      expect(values()).toEqual(numbers);
    });

    it('gives messages of one key one after the other', async () => {
      const topic = await newTopic(broker());
      let underWay = 0;
      let most = 0;
      await broker().publish(['1', '2', '3'].map((value) => message(topic, value)));
      const { has } = consume({
        topics: [topic],
        handle: async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
        },
      });
      await has(3);
      expect(most).toBe(1);
    });

    it('gives each group everything, from the oldest message on', async () => {
      const topic = await newTopic(broker());
      const first = consume({ topics: [topic] });
      await broker().publish([message(topic, 'x'), message(topic, 'y')]);
      const second = consume({ topics: [topic] });
      await Promise.all([first.has(2), second.has(2)]);
      expect([first.values(), second.values()]).toEqual([
        ['x', 'y'],
        ['x', 'y'],
      ]);
    });

    it('gives a group the messages of all its topics', async () => {
      const [one, two] = [await newTopic(broker()), await newTopic(broker())];
      const { has, messages } = consume({ topics: [one, two] });
      await broker().publish([message(one, '1'), message(two, '2')]);
      await has(2);
      expect(new Set(messages.map(({ topic }) => topic))).toEqual(new Set([one, two]));
    });

    it('tells nothing of a topic that the group did not name', async () => {
      const [one, two] = [await newTopic(broker()), await newTopic(broker())];
      const { has, values } = consume({ topics: [one] });
      await broker().publish([message(two, 'other'), message(one, 'own')]);
      await has(1);
      expect(values()).toEqual(['own']);
    });

    it('takes an empty publication', async () => {
      await expect(broker().publish([])).resolves.toBeUndefined();
    });

    it('takes an empty value', async () => {
      const topic = await newTopic(broker());
      await broker().publish([message(topic, '')]);
      const { has, values } = consume({ topics: [topic] });
      await has(1);
      expect(values()).toEqual(['']);
    });
  });
}
