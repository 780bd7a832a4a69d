import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type {
  ConsumeOptions,
  Consumption,
  ConsumptionFigures,
  IncomingMessage,
  MessageBroker,
} from '../message-broker.port';
import { MessageContext } from './message-context';

export interface MessagingServerOptions extends Omit<ConsumeOptions, 'handle' | 'topics'> {
  readonly broker: MessageBroker;
}

const NOT_LISTENING: ConsumptionFigures = {
  handled: 0,
  retries: 0,
  deadLetters: 0,
  rebalances: 0,
  isConsuming: false,
  failure: null,
};

/**
 * A Nest transport over the messaging port: each `@EventPattern` of a topic becomes a consumer of
 * the group. Nest's own Kafka server commits on a timer whether or not the handler is done, and
 * knows neither bounded retries nor dead letters; here the port's loop decides, and the handler's
 * promise is what acknowledges a message.
 */
export class MessagingServer extends Server implements CustomTransportStrategy {
  private consumption: Consumption | undefined;

  constructor(private readonly options: MessagingServerOptions) {
    super();
  }

  /** Begins to consume; does not wait for the broker, which may be down. */
  listen(callback: () => void): void {
    const { broker, ...options } = this.options;
    this.consumption = broker.consume({
      ...options,
      topics: [...this.messageHandlers.keys()],
      handle: (message, { attempt, signal }) =>
        this.dispatch(message, new MessageContext([message, attempt, signal])),
    });
    callback();
  }

  figures(): ConsumptionFigures {
    return this.consumption?.figures() ?? NOT_LISTENING;
  }

  async close(): Promise<void> {
    await this.consumption?.stop();
  }

  on(): never {
    throw new Error('this transport has no events of its own; ask its consumption');
  }

  // The signature is Nest's.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as declared there
  unwrap<T>(): T {
    return this.consumption as T;
  }

  private async dispatch(message: IncomingMessage, context: MessageContext): Promise<void> {
    const handler = this.messageHandlers.get(message.topic);
    if (handler === undefined) return;
    const result: unknown = await handler(message, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}
