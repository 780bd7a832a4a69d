export type {
  ConsumeOptions,
  Consumption,
  ConsumptionFigures,
  DeadLetterOptions,
  DeliveryContext,
  DeliveryFailure,
  IncomingMessage,
  MessageBroker,
  MessageBrokerLimits,
  MessageHeaders,
  OutgoingMessage,
  RetryPolicy,
  TopicDefinition,
} from './message-broker.port';
export { openMessageBroker } from './open-message-broker';
export { plainCauseOf } from './delivery';
export { MemoryMessageBroker } from './memory/memory.adapter';
export { MessageContext } from './nest/message-context';
export { MessageFailureFilter } from './nest/message-failure.filter';
export { MessagingServer, type MessagingServerOptions } from './nest/messaging-server';
