import {
  START,
  type AllStreamSubscription,
  type EventStoreDBClient,
  type Filter,
  type RecordedEvent,
} from '@eventstore/db-client';
import type { LogPosition } from './eventstoredb.events';

/** What a subscription of the client says, in the order in which the server said it. */
export type FeedItem =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'checkpoint'; readonly position: LogPosition }
  | { readonly kind: 'caught-up' };

type Notice = Exclude<FeedItem, { kind: 'event' }>;

export interface FeedOptions {
  /** Exclusive. Absent: from the start of the log. */
  readonly after?: LogPosition;
  readonly filter: Filter;
  readonly signal: AbortSignal;
}

/** Items that may wait for a slow consumer before the server is held back. */
const WAITING_MAX = 1_000;
const WAITING_MIN = 200;

/** Events between two checkpoints: this times the search window of the server, 32. */
const CHECKPOINT_INTERVAL = 8;

/**
 * One subscription to the log. Ends without an error when the signal aborts and also when the
 * server ends it, which it may do silently; throws what the client emits. The client reports
 * checkpoints when they pass its buffer, ahead of the events that wait in it: here each is put
 * behind the events that came before it.
 */
export async function* feed(
  client: EventStoreDBClient,
  { after, filter, signal }: FeedOptions,
): AsyncGenerator<FeedItem, void, undefined> {
  const waiting = new WaitingItems();
  const subscription = client.subscribeToAll({
    fromPosition: after ?? START,
    filter: {
      ...filter,
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: async (_, position) => waiting.note({ kind: 'checkpoint', position }),
    } as Filter,
  });
  waiting.attach(subscription);
  const leave = (): void => waiting.end();
  signal.addEventListener('abort', leave);
  try {
    if (!signal.aborted) yield* waiting.items();
  } finally {
    signal.removeEventListener('abort', leave);
    // The call may have failed before it began; there is nothing to leave then.
    subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
}

class WaitingItems {
  private readonly queue: FeedItem[] = [];
  /** Notices, each with the number of events that come before it. */
  private readonly notices: { readonly behind: number; readonly notice: Notice }[] = [];
  private received = 0;
  private outcome: { readonly error?: unknown } | undefined;
  private subscription: AllStreamSubscription | undefined;
  private wake: () => void = () => undefined;

  attach(subscription: AllStreamSubscription): void {
    this.subscription = subscription;
    subscription.on('data', ({ event }) => {
      this.received += 1;
      if (event !== undefined) this.queue.push({ kind: 'event', event });
      this.releaseNotices();
      if (this.queue.length >= WAITING_MAX) subscription.pause();
      this.wake();
    });
    subscription.on('caughtUp', () => this.note({ kind: 'caught-up' }));
    subscription.on('error', (error: unknown) => this.end({ error }));
    subscription.on('end', () => this.end());
    subscription.on('close', () => this.end());
  }

  note(notice: Notice): void {
    const buffered = this.subscription?.readableLength ?? 0;
    this.notices.push({ behind: this.received + buffered, notice });
    this.releaseNotices();
    this.wake();
  }

  end(outcome: { readonly error?: unknown } = {}): void {
    this.outcome ??= outcome;
    this.wake();
  }

  async *items(): AsyncGenerator<FeedItem, void, undefined> {
    for (;;) {
      const item = this.queue.shift();
      if (item !== undefined) {
        if (this.queue.length <= WAITING_MIN) this.subscription?.resume();
        yield item;
      } else if (this.outcome === undefined) {
        await new Promise<void>((resolve) => (this.wake = resolve));
      } else if ('error' in this.outcome) {
        throw this.outcome.error;
      } else {
        return;
      }
    }
  }

  private releaseNotices(): void {
    while (this.notices[0] !== undefined && this.notices[0].behind <= this.received) {
      this.queue.push(this.notices[0].notice);
      this.notices.shift();
    }
  }
}
