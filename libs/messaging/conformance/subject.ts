import { randomUUID } from 'node:crypto';
import { eventually } from '@ledgerdesk/kernel/testing';
import { plainCauseOf } from '../delivery';
import type {
  ConsumeOptions,
  Consumption,
  DeliveryContext,
  IncomingMessage,
  MessageBroker,
  OutgoingMessage,
} from '../message-broker.port';

/** A broker to be tested; one serves all cases, each of which has topics and groups of its own. */
export interface BrokerUnderTest {
  readonly broker: MessageBroker;
  dispose(): Promise<void>;
}

export type BrokerFactory = () => Promise<BrokerUnderTest>;

/** What the cases share. */
export interface Suite {
  readonly broker: () => MessageBroker;
  readonly factory: BrokerFactory;
  /** What the case consumes is stopped after it. */
  readonly consume: (options: TestConsumption) => Reading;
}

export interface TestConsumption extends Partial<Omit<ConsumeOptions, 'handle' | 'deadLetters'>> {
  readonly topics: readonly string[];
  readonly handle?: (message: IncomingMessage, context: DeliveryContext) => Promise<void> | void;
  readonly deadLetterTopic?: string;
}

/** A consumption with what it has been given. */
export interface Reading {
  readonly consumption: Consumption;
  readonly group: string;
  readonly messages: readonly IncomingMessage[];
  readonly values: () => readonly string[];
  readonly has: (count: number) => Promise<void>;
}

/** Waits that do not slow a test down. */
export const QUICK_RETRY = { attemptsMax: 3, initialMs: 5, maxMs: 20 } as const;

export function newName(kind: string): string {
  return `test.${kind}.${randomUUID()}`;
}

export async function newTopic(broker: MessageBroker, partitions = 1): Promise<string> {
  const name = newName('topic');
  await broker.ensureTopics([{ name, partitions }]);
  return name;
}

export function message(topic: string, value: string, key: string | null = 'k'): OutgoingMessage {
  return { topic, key, value };
}

/** Starts to read; `owned` gets what has to be stopped. */
export function startReading(
  broker: MessageBroker,
  { handle, deadLetterTopic, ...options }: TestConsumption,
  owned: Consumption[],
): Reading {
  const group = options.group ?? newName('group');
  const messages: IncomingMessage[] = [];
  const consumption = broker.consume({
    retry: QUICK_RETRY,
    ...options,
    group,
    deadLetters: { topic: deadLetterTopic ?? `${options.topics[0]}.dead`, causeOf: plainCauseOf },
    handle: async (incoming, context) => {
      messages.push(incoming);
      await handle?.(incoming, context);
    },
  });
  owned.push(consumption);
  return {
    consumption,
    group,
    messages,
    values: () => messages.map(({ value }) => value.toString()),
    has: (count) => eventually(() => messages.length >= count, `message ${count}`),
  };
}
