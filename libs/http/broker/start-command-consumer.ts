import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import {
  COMMAND_ATTEMPTS_MAX,
  DEAD_LETTER_TOPIC,
  newUuid7,
  TOPIC_PARTITIONS,
} from '@ledgerdesk/engine';
import {
  MessagingServer,
  type ConsumptionFigures,
  type MessageBroker,
} from '@ledgerdesk/messaging';
import type { HttpLog } from '../http-api.options';
import { problemOf } from '../problem/problem-document';
import { CommandConsumerModule, type CommandConsumerSettings } from './command-consumer.module';

export interface CommandConsumerOptions extends CommandConsumerSettings {
  readonly broker: MessageBroker;
  readonly log: Pick<HttpLog, 'warn' | 'error'>;
}

/** A consumer of commands that runs in this process. */
export interface CommandConsumer {
  figures(): ConsumptionFigures;
  /** Waits for the command under way and acknowledges it. Idempotent. */
  close(): Promise<void>;
}

// Errors are told to the log that is handed in, and a fault at start is the caller's to report.
const NEST_OPTIONS: Pick<NestApplicationOptions, 'logger' | 'abortOnError'> = {
  logger: false,
  abortOnError: false,
};

/** All processes that take commands share them. */
const GROUP = 'ledgerdesk.commands';

/**
 * Takes commands from the broker until it is closed, as a Nest microservice. Resolves at once: a
 * broker that is down is waited for. Poison and refused messages go to the dead letters with their
 * problem document.
 */
export async function startCommandConsumer({
  broker,
  log,
  ...settings
}: CommandConsumerOptions): Promise<CommandConsumer> {
  const strategy = new MessagingServer({
    broker,
    group: GROUP,
    topicPartitions: TOPIC_PARTITIONS,
    retry: { attemptsMax: COMMAND_ATTEMPTS_MAX },
    deadLetters: {
      topic: DEAD_LETTER_TOPIC,
      causeOf: (error) => ({ ...problemOf(error, GROUP, newUuid7).document }),
    },
    onFailure: ({ message: { topic, partition, offset }, error, attempt, outcome }) => {
      const place = { topic, partition, offset: String(offset), attempt, outcome };
      log.warn({ err: error, ...place }, 'a command from the broker failed');
    },
    onDrop: (error) => log.error({ err: error }, 'commands cannot be taken from the broker'),
  });
  const options: typeof NEST_OPTIONS & MicroserviceOptions = { ...NEST_OPTIONS, strategy };
  const application = await NestFactory.createMicroservice<MicroserviceOptions>(
    CommandConsumerModule.forRoot(settings),
    options,
  );
  await application.listen();
  return { figures: () => strategy.figures(), close: () => application.close() };
}
