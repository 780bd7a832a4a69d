import { LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';
import { eventually } from '@ledgerdesk/kernel/testing';
import type { DeliveryFailure, IncomingMessage, OutgoingMessage } from '../message-broker.port';
import { message, newTopic, QUICK_RETRY, type Suite } from './subject';

interface ReadLetter {
  readonly cause: { readonly code: string; readonly detail: string };
  readonly attempts: number;
  readonly group: string;
  readonly at: string;
  readonly original: Readonly<Record<string, unknown>>;
}

function letterIn(incoming: IncomingMessage | undefined): ReadLetter {
  return JSON.parse(incoming?.value.toString() ?? 'null') as ReadLetter;
}

const failing = (code: ErrorCode): (() => never) => {
  return () => {
    throw new LedgerdeskError(code, 'it does not go');
  };
};

/** Retries, poison messages and dead letters. */
export function failureCases({ broker, consume }: Suite): void {
  describe('failure', () => {
    it('tries a message again, counts the tries, and keeps its place in the order', async () => {
      const topic = await newTopic(broker());
      await broker().publish(['1', '2', '3'].map((value) => message(topic, value)));
      const attempts: number[] = [];
      const { has, values } = consume({
        topics: [topic],
        handle: ({ value }, { attempt }) => {
          if (value.toString() !== '2') return;
          attempts.push(attempt);
          if (attempt < 3) throw new Error('not yet');
        },
      });
      await has(5);
      expect([values(), attempts]).toEqual([
        ['1', '2', '2', '2', '3'],
        [1, 2, 3],
      ]);
    });

    it('puts what fails too often to the dead letters, and goes on', async () => {
      const [topic, dead] = [await newTopic(broker()), await newTopic(broker())];
      const headers = { trace: 't-1' };
      await broker().publish([{ topic, key: 'k', value: 'bad', headers }, message(topic, 'good')]);
      const failures: DeliveryFailure[] = [];
      const { group, values, has } = consume({
        topics: [topic],
        deadLetterTopic: dead,
        onFailure: (failure) => failures.push(failure),
        handle: ({ value }) => {
          if (value.toString() === 'bad') throw new LedgerdeskError('defect.unexpected', 'a bug');
        },
      });
      const letters = consume({ topics: [dead] });
      await Promise.all([letters.has(1), has(4)]);
      expect(values()).toEqual(['bad', 'bad', 'bad', 'good']);
      expect(failures.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
        [1, 'retry'],
        [2, 'retry'],
        [3, 'dead-letter'],
      ]);
      const [letter] = letters.messages;
      expect([letter?.key, letter?.headers]).toEqual([
        'k',
        { ...headers, 'content-type': 'application/json' },
      ]);
      expect(letterIn(letter)).toMatchObject({
        cause: { code: 'defect.unexpected', detail: 'a bug' },
        attempts: 3,
        group,
        original: { topic, partition: 0, offset: '0', key: 'k', headers, value: 'bad' },
      });
    });

    it.each<ErrorCode>(['malformed.json', 'invalid.command', 'refused.exists', 'missing.ticket'])(
      'puts a message to the dead letters at once for %s',
      async (code) => {
        const [topic, dead] = [await newTopic(broker()), await newTopic(broker())];
        await broker().publish([message(topic, 'bad')]);
        const { consumption } = consume({
          topics: [topic],
          deadLetterTopic: dead,
          handle: failing(code),
        });
        const letters = consume({ topics: [dead] });
        await letters.has(1);
        await eventually(() => consumption.figures().deadLetters === 1);
        expect(letterIn(letters.messages[0])).toMatchObject({ attempts: 1, cause: { code } });
        expect(consumption.figures()).toMatchObject({ retries: 0, handled: 0 });
      },
    );

    it('waits for what is down, however often it has to try', async () => {
      const topic = await newTopic(broker());
      await broker().publish([message(topic, 'patient')]);
      let tries = 0;
      const { consumption } = consume({
        topics: [topic],
        handle: () => {
          tries += 1;
          if (tries <= 2 * QUICK_RETRY.attemptsMax) failing('unavailable.event-store-io')();
        },
      });
      await eventually(() => consumption.figures().handled === 1);
      expect(consumption.figures()).toMatchObject({
        retries: 2 * QUICK_RETRY.attemptsMax,
        deadLetters: 0,
      });
    });

    it('does not count the tries that failed because something was down', async () => {
      const topic = await newTopic(broker());
      await broker().publish([message(topic, 'patient')]);
      const attempts: number[] = [];
      const { consumption } = consume({
        topics: [topic],
        handle: (_, { attempt }) => {
          attempts.push(attempt);
          if (attempts.length <= QUICK_RETRY.attemptsMax) failing('unavailable.event-store-io')();
          if (attempts.length === QUICK_RETRY.attemptsMax + 1) throw new Error('once');
        },
      });
      const done = (): number => {
        const { handled, deadLetters } = consumption.figures();
        return handled + deadLetters;
      };
      await eventually(() => done() === 1);
      expect(attempts).toEqual([1, 1, 1, 1, 2]);
      expect(consumption.figures()).toMatchObject({ handled: 1, deadLetters: 0, retries: 4 });
    });

    it('holds no other partition up while one waits for its next try', async () => {
      const topic = await newTopic(broker(), 8);
      let isDown = true;
      const { values } = consume({
        topics: [topic],
        handle: ({ key }) => {
          if (key === 'slow' && isDown) {
            throw new LedgerdeskError('unavailable.event-store-io', 'down');
          }
        },
      });
      await broker().publish([message(topic, 'slow', 'slow')]);
      const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`);
      await broker().publish(keys.map((key) => message(topic, key, key)));
      const others = (): number => new Set(values()).size;
      await eventually(() => values().includes('slow') && others() >= 20, 'the other partitions');
      isDown = false;
      await eventually(() => others() === 31, 'all of them');
      expect(values()).toContain('slow');
    });

    it('keeps bytes that are no text in the dead letter', async () => {
      const [topic, dead] = [await newTopic(broker()), await newTopic(broker())];
      const value = Buffer.from([0, 255, 254]);
      await broker().publish([{ topic, key: null, value }]);
      consume({ topics: [topic], deadLetterTopic: dead, handle: failing('malformed.json') });
      const letters = consume({ topics: [dead] });
      await letters.has(1);
      const { original } = letterIn(letters.messages[0]);
      expect(original).toMatchObject({ key: null, valueBase64: value.toString('base64') });
    });

    it('leaves a value out of the dead letter that would not fit', async () => {
      const [topic, dead] = [await newTopic(broker()), await newTopic(broker())];
      const value = '"'.repeat(broker().limits.messageBytesMax - 200);
      await broker().publish([message(topic, value)]);
      consume({ topics: [topic], deadLetterTopic: dead, handle: failing('malformed.json') });
      const letters = consume({ topics: [dead] });
      await letters.has(1);
      const { original } = letterIn(letters.messages[0]);
      expect(original).toMatchObject({ offset: '0', valueOmitted: true });
      expect(original).not.toHaveProperty('value');
    });

    it.each<[string, Partial<OutgoingMessage>, Readonly<Record<string, unknown>>]>([
      ['large headers', { headers: { trace: 'x'.repeat(600_000) } }, {}],
      ['a large cause', {}, { text: 'x'.repeat(1_200_000) }],
    ])('makes a short dead letter of a message with %s', async (_, part, details) => {
      const [topic, dead] = [await newTopic(broker()), await newTopic(broker())];
      await broker().publish([{ ...message(topic, 'bad'), ...part }, message(topic, 'good')]);
      const { has } = consume({
        topics: [topic],
        deadLetterTopic: dead,
        handle: ({ value }) => {
          if (value.toString() === 'good') return;
          throw new LedgerdeskError('malformed.json', 'it does not go', { details });
        },
      });
      const letters = consume({ topics: [dead] });
      await Promise.all([letters.has(1), has(2)]);
      const { cause, original } = letterIn(letters.messages[0]);
      expect(cause).toEqual({ code: 'malformed.json', detail: 'it does not go' });
      expect(original).toEqual({
        ...{ topic, partition: 0, offset: '0' },
        ...{ valueOmitted: true, headersOmitted: true },
      });
    });
  });
}
