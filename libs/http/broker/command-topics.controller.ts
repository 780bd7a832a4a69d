import { Controller, Inject, UseFilters, type Type } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { BrokerCommandIntake, commandTopicOf } from '@ledgerdesk/engine';
import {
  MessageFailureFilter,
  type IncomingMessage,
  type MessageContext,
} from '@ledgerdesk/messaging';

/**
 * A controller that takes the commands of one process from `ledgerdesk.commands.<process>`. What it
 * throws decides what becomes of the message.
 */
export function commandTopicControllerOf(process: string): Type {
  @Controller()
  @UseFilters(new MessageFailureFilter())
  class CommandTopicController {
    constructor(@Inject(BrokerCommandIntake) private readonly intake: BrokerCommandIntake) {}

    @EventPattern(commandTopicOf(process))
    take(@Payload() message: IncomingMessage, @Ctx() context: Context): Promise<void> {
      return this.intake.take(process, message, context.attempt);
    }
  }
  Object.defineProperty(CommandTopicController, 'name', { value: `${process}CommandTopic` });
  return CommandTopicController;
}

// An interface has no run-time value for the decorators' metadata.
type Context = Pick<MessageContext, 'attempt'>;
