import { LedgerdeskError } from '@ledgerdesk/kernel';
import { Delivery, plainCauseOf, UNTRIED, type DeliveryOutcome } from './delivery';
import type {
  ConsumeOptions,
  DeliveryFailure,
  IncomingMessage,
  OutgoingMessage,
} from './message-broker.port';
import { assertSendable } from './message-check';

// Goal: whatever the owner's functions and the broker do, a message that cannot be handled leaves
// its partition, or somebody is told why it does not. Method: one try, each part of it at fault.

const MESSAGE: IncomingMessage = {
  ...{ topic: 'orders', partition: 2, offset: 7n, key: 'k' },
  ...{ value: Buffer.from('bad'), headers: {} },
};

interface Tried {
  readonly outcome: DeliveryOutcome;
  readonly letters: readonly OutgoingMessage[];
  readonly failures: readonly DeliveryFailure[];
}

async function tried(
  error: Error,
  options: Partial<Pick<ConsumeOptions, 'onFailure'>> & {
    readonly causeOf?: ConsumeOptions['deadLetters']['causeOf'];
    readonly publish?: () => Promise<void>;
    readonly key?: string;
  } = {},
): Promise<Tried> {
  const message = { ...MESSAGE, key: options.key ?? MESSAGE.key };
  const letters: OutgoingMessage[] = [];
  const failures: DeliveryFailure[] = [];
  const publish = async (messages: readonly OutgoingMessage[]): Promise<void> => {
    await options.publish?.();
    letters.push(...messages);
  };
  const delivery = new Delivery(
    {
      ...{ group: 'desk', topics: ['orders'] },
      deadLetters: { topic: 'dead', causeOf: options.causeOf ?? plainCauseOf },
      onFailure: options.onFailure ?? ((failure) => failures.push(failure)),
      handle: () => Promise.reject(error),
    },
    { publish, limits: { messageBytesMax: 10_000 } },
    new AbortController().signal,
  );
  return { outcome: await delivery.attempt(message, UNTRIED), letters, failures };
}

const causeIn = (letter: OutgoingMessage | undefined): unknown =>
  (JSON.parse(String(letter?.value)) as { readonly cause: unknown }).cause;

describe('Delivery', () => {
  it('writes the numbers of a cause as text that JSON has none for', async () => {
    const error = new LedgerdeskError('refused.full', 'it is full', { details: { at: 5n } });
    const { outcome, letters } = await tried(error);
    expect(outcome).toEqual({ kind: 'done' });
    expect(causeIn(letters[0])).toMatchObject({ code: 'refused.full', details: { at: '5' } });
  });

  it('keeps code and detail of a cause that contains itself', async () => {
    const details: Record<string, unknown> = {};
    details['self'] = details;
    const { letters } = await tried(new LedgerdeskError('refused.full', 'it is full', { details }));
    expect(causeIn(letters[0])).toEqual({ code: 'refused.full', detail: 'it is full' });
  });

  it('leaves out a key that does not fit', async () => {
    const error = new LedgerdeskError('refused.full', 'it is full');
    const { letters } = await tried(error, { key: 'k'.repeat(10_000) });
    expect(letters[0]?.key).toBeNull();
    expect(JSON.parse(String(letters[0]?.value))).toMatchObject({
      cause: { code: 'refused.full', detail: 'it is full' },
      original: { topic: 'orders', partition: 2, offset: '7', headersOmitted: true },
    });
  });

  it('has the digest of a key that is too long, and keeps the key', async () => {
    const key = 'k'.repeat(4_097);
    const { letters } = await tried(new LedgerdeskError('refused.full', 'full'), { key });
    const [letter] = letters;
    expect(letter?.key).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(String(letter?.value))).toMatchObject({ original: { key } });
    expect(() => assertSendable(letters, 10_000)).not.toThrow();
  });

  it('tells why a dead letter could not be published', async () => {
    const error = new LedgerdeskError('refused.full', 'it is full');
    const reason = new LedgerdeskError('unavailable.broker', 'down');
    const { outcome, failures } = await tried(error, { publish: () => Promise.reject(reason) });
    expect(outcome).toMatchObject({ kind: 'retry', tries: { made: 1, counted: 1 } });
    expect(failures.map((failure) => [failure.error, failure.outcome])).toEqual([
      [error, 'dead-letter'],
      [reason, 'retry'],
    ]);
  });

  it('makes the dead letter although the owner cannot tell the cause, and says so', async () => {
    const error = new LedgerdeskError('refused.full', 'it is full');
    const reason = new Error('no cause');
    const causeOf = (): never => {
      throw reason;
    };
    const { outcome, letters, failures } = await tried(error, { causeOf });
    expect(outcome).toEqual({ kind: 'done' });
    expect(causeIn(letters[0])).toMatchObject({ code: 'refused.full', detail: 'it is full' });
    expect(failures.map((failure) => failure.error)).toEqual([error, reason]);
  });

  it('does not mind a log that throws', async () => {
    const onFailure = (): never => {
      throw new Error('the disk is full');
    };
    const dead = await tried(new LedgerdeskError('refused.full', 'it is full'), { onFailure });
    expect([dead.outcome, dead.letters.length]).toEqual([{ kind: 'done' }, 1]);
    const again = await tried(new Error('once'), { onFailure });
    expect(again.outcome).toMatchObject({ kind: 'retry', tries: { made: 1, counted: 1 } });
  });
});
