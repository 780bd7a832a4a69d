import { LogSignal } from '../log-signal';
import type {
  EventStore,
  GlobalPosition,
  StoredEvent,
  SubscribeOptions,
  SubscriptionMessage,
} from '../event-store.port';

/** A subscription that runs on its own and can be asked what it has heard so far. */
export class Listener {
  readonly messages: SubscriptionMessage[] = [];
  readonly ended: Promise<void>;
  private readonly heard = new LogSignal();
  private readonly abort = new AbortController();
  private hasEnded = false;

  constructor(store: EventStore, options: Omit<SubscribeOptions, 'signal'>) {
    this.ended = this.run(store.subscribeToAll({ ...options, signal: this.abort.signal }));
  }

  get events(): StoredEvent[] {
    return this.messages.flatMap((message) => (message.kind === 'events' ? message.events : []));
  }

  get caughtUpPositions(): GlobalPosition[] {
    return this.messages.flatMap((message) =>
      message.kind === 'caught-up' ? [message.position] : [],
    );
  }

  /** Jest's own timeout ends a wait that never comes true. */
  async until(isTrue: (listener: Listener) => boolean): Promise<void> {
    await this.heard.until(() => this.hasEnded || isTrue(this));
  }

  async untilEvents(count: number): Promise<void> {
    await this.until(({ events }) => events.length >= count);
  }

  async untilCaughtUp(position: GlobalPosition): Promise<void> {
    await this.until(({ caughtUpPositions }) => caughtUpPositions.some((p) => p >= position));
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async run(messages: AsyncIterable<SubscriptionMessage>): Promise<void> {
    try {
      for await (const message of messages) {
        this.messages.push(message);
        this.heard.wake();
      }
    } finally {
      this.hasEnded = true;
      this.heard.wake();
    }
  }
}
