import { BaseRpcContext } from '@nestjs/microservices';
import type { IncomingMessage } from '../message-broker.port';

/** What Nest hands to a handler as `@Ctx()`. */
export class MessageContext extends BaseRpcContext<
  [message: IncomingMessage, attempt: number, signal: AbortSignal]
> {
  get message(): IncomingMessage {
    return this.getArgs()[0];
  }

  /** 1 at the first try; tries that failed by `unavailable` do not count. */
  get attempt(): number {
    return this.getArgs()[1];
  }

  /** Aborts when the consumption is being stopped. */
  get signal(): AbortSignal {
    return this.getArgs()[2];
  }
}
