import type { Consumption, OutgoingMessage } from '../message-broker.port';
import { message, newName, newTopic, type Suite } from './subject';

/** Limits, topics, the end. */
export function boundCases({ broker, factory, consume }: Suite): void {
  describe('bounds', () => {
    it('refuses a message that is larger than the limit, and all that came with it', async () => {
      const topic = await newTopic(broker());
      const { messageBytesMax } = broker().limits;
      const large = message(topic, 'x'.repeat(messageBytesMax));
      await expect(broker().publish([message(topic, 'small'), large])).rejects.toMatchObject({
        code: 'limit.message-size',
        details: { topic, bytes: messageBytesMax + 1, bytesMax: messageBytesMax },
      });
      await broker().publish([message(topic, 'later')]);
      const { has, values } = consume({ topics: [topic] });
      await has(1);
      expect(values()).toEqual(['later']);
    });

    it('takes a message of exactly the limit', async () => {
      const topic = await newTopic(broker());
      const value = 'x'.repeat(broker().limits.messageBytesMax - 1);
      await broker().publish([message(topic, value)]);
      const { has, messages } = consume({ topics: [topic] });
      await has(1);
      expect(messages[0]?.value).toHaveLength(value.length);
    });

    it('refuses a key that is longer than the limit, at once', async () => {
      const topic = await newTopic(broker());
      const long = message(topic, 'x', 'ä'.repeat(2_049));
      await expect(broker().publish([message(topic, 'x'), long])).rejects.toMatchObject({
        code: 'limit.message-key-size',
        details: { topic, bytes: 4_098, bytesMax: 4_096 },
      });
      await broker().publish([message(topic, 'later', 'ä'.repeat(2_048))]);
      const { has, values } = consume({ topics: [topic] });
      await has(1);
      expect(values()).toEqual(['later']);
    });

    it('takes messages that are together larger than the limit, in their order', async () => {
      const topic = await newTopic(broker());
      const { messageBytesMax } = broker().limits;
      const large = (letter: string): OutgoingMessage =>
        message(topic, letter.repeat(0.6 * messageBytesMax));
      await broker().publish([large('a'), large('b'), message(topic, 'c'), large('d')]);
      await Promise.all(['e', 'f', 'g'].map((letter) => broker().publish([large(letter)])));
      const { has, values } = consume({ topics: [topic] });
      await has(7);
      expect(
        values()
          .map((value) => value.charAt(0))
          .join(''),
      ).toBe('abcdefg');
    });

    it.each(['', 'with space', '..', 'x'.repeat(250)])('refuses %j as a topic', async (topic) => {
      const invalid = { code: 'invalid.message' };
      await expect(broker().publish([message(topic, 'x')])).rejects.toMatchObject(invalid);
      const wish = broker().ensureTopics([{ name: topic, partitions: 1 }]);
      await expect(wish).rejects.toMatchObject(invalid);
    });

    it.each([0, 1.5, 10_001])('refuses %d partitions', async (partitions) => {
      const wish = broker().ensureTopics([{ name: newName('topic'), partitions }]);
      await expect(wish).rejects.toMatchObject({ code: 'invalid.message' });
    });

    it('leaves a topic as it is that is there already', async () => {
      const name = newName('topic');
      await broker().ensureTopics([{ name, partitions: 1 }]);
      await broker().ensureTopics([
        { name, partitions: 4 },
        { name: newName('topic'), partitions: 2 },
      ]);
      const { has, messages } = consume({ topics: [name] });
      await broker().publish(['a', 'b', 'c', 'd', 'e'].map((key) => message(name, key, key)));
      await has(5);
      expect(new Set(messages.map(({ partition }) => partition))).toEqual(new Set([0]));
    });

    it('makes the topics of a consumption where that asks for it', async () => {
      const name = newName('topic');
      const { consumption, has } = consume({ topics: [name], topicPartitions: 3 });
      await consumption.ready;
      await broker().publish([message(name, '1')]);
      await has(1);
      expect(consumption.figures().failure).toBeNull();
    });

    it('answers', async () => {
      await expect(broker().ping()).resolves.toBeUndefined();
    });

    it('stops what consumes when it is closed, and takes nothing more', async () => {
      const subject = await factory();
      const topic = await newTopic(subject.broker);
      const start = (): Consumption =>
        subject.broker.consume({
          group: newName('group'),
          topics: [topic],
          deadLetters: { topic: `${topic}.dead`, causeOf: () => ({}) },
          handle: () => Promise.resolve(),
        });
      const refusal = expect.objectContaining({ code: 'unavailable.broker' }) as unknown;
      const consumption = start();
      await consumption.ready;
      const closed = subject.broker.close();
      expect(start).toThrow(refusal as Error);
      await closed;
      await subject.broker.close();
      expect(consumption.figures().isConsuming).toBe(false);
      expect(start).toThrow(refusal as Error);
      const late = [
        subject.broker.publish([message(topic, 'late')]),
        subject.broker.ensureTopics([{ name: newName('topic'), partitions: 1 }]),
        subject.broker.ping(),
      ];
      await Promise.all(late.map((one) => expect(one).rejects.toEqual(refusal)));
      await subject.dispose();
    });
  });
}
