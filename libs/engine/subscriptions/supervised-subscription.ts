import { hasErrorKind } from '@ledgerdesk/kernel';
import type { EventFilter, EventStore, SubscriptionMessage } from '@ledgerdesk/event-store';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from './back-off';

/** Why a subscription began anew: it was dropped with or without an error, or told to. */
export interface SubscriptionDrop {
  /** Undefined where the store ended the subscription without an error, or `restart` was called. */
  readonly error: unknown;
  /** In a row, since the last message that was handled. */
  readonly failures: number;
  readonly delayMs: number;
}

/** How a subscription ended for good. */
export type SubscriptionEnd =
  { readonly reason: 'stopped' } | { readonly reason: 'failed'; readonly error: unknown };

export interface SupervisedSubscriptionOptions {
  readonly eventStore: Pick<EventStore, 'subscribeToAll'>;
  /** The stored checkpoint, asked at each start: effects behind it are repeated, none is lost. */
  readonly checkpoint: () => Promise<bigint>;
  /** Applies a message and stores the checkpoint. The next one comes only when it has resolved. */
  readonly handle: (message: SubscriptionMessage, signal: AbortSignal) => Promise<void> | void;
  readonly filter?: EventFilter;
  readonly batchEventsMax?: number;
  /** As `isSparse` of the store's `SubscribeOptions`. */
  readonly isSparse?: boolean;
  /** Errors that no restart cures. Default: `incompatible.*`, `corrupt.*` and `defect.*`. */
  readonly isFatal?: (error: unknown) => boolean;
  readonly onDrop?: (drop: SubscriptionDrop) => void;
  readonly backOff?: Partial<BackOff>;
}

/** A subscription that outlives its drops. Its owner calls `stop` and waits for it. */
export interface SupervisedSubscription {
  readonly restarts: number;
  readonly lastError: unknown;
  /** Settles when the loop is over; never rejects. */
  readonly done: Promise<SubscriptionEnd>;
  /**
   * Leaves the current subscription and begins again at the stored checkpoint: the cure for a
   * stall.
   */
  restart(): void;
  /** Waits for the message under way. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Follows the log from the stored checkpoint for as long as its owner wants. A drop, an error of
 * the store or of the handler, and an end without an error alike lead to a new subscription from
 * the stored checkpoint, after an exponential back-off with jitter.
 */
export function subscribeSupervised(
  options: SupervisedSubscriptionOptions,
): SupervisedSubscription {
  return new SubscriptionSupervisor(options);
}

class SubscriptionSupervisor implements SupervisedSubscription {
  restarts = 0;
  lastError: unknown = undefined;
  readonly done: Promise<SubscriptionEnd>;
  private readonly stopping = new AbortController();
  private readonly backOff: BackOff;
  private readonly isFatal: (error: unknown) => boolean;
  private current = new AbortController();
  private failures = 0;

  constructor(private readonly options: SupervisedSubscriptionOptions) {
    this.backOff = { ...DEFAULT_BACK_OFF, ...options.backOff };
    this.isFatal = options.isFatal ?? isIncurable;
    this.done = this.follow();
  }

  restart(): void {
    this.current.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.current.abort();
    await this.done;
  }

  private async follow(): Promise<SubscriptionEnd> {
    while (!this.isStopping()) {
      this.current = new AbortController();
      let dropError: unknown;
      try {
        await this.subscribeOnce(this.current.signal);
      } catch (error) {
        dropError = error;
        this.lastError = error;
        if (this.isFatal(error)) return { reason: 'failed', error };
      }
      if (!this.isStopping()) await this.waitBeforeRestart(dropError);
    }
    return { reason: 'stopped' };
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async subscribeOnce(signal: AbortSignal): Promise<void> {
    const { eventStore, checkpoint, handle, filter, batchEventsMax, isSparse } = this.options;
    const messages = eventStore.subscribeToAll({
      after: await checkpoint(),
      signal,
      ...(filter && { filter }),
      ...(batchEventsMax !== undefined && { batchEventsMax }),
      ...(isSparse !== undefined && { isSparse }),
    });
    for await (const message of messages) {
      if (signal.aborted) return;
      await handle(message, signal);
      this.failures = 0;
    }
  }

  private async waitBeforeRestart(error: unknown): Promise<void> {
    this.restarts += 1;
    const wasTold = error === undefined && this.current.signal.aborted;
    if (!wasTold) this.failures += 1;
    const delayMs = wasTold ? 0 : backOffMs(this.failures, this.backOff);
    this.options.onDrop?.({ error, failures: this.failures, delayMs });
    if (!wasTold) await this.backOff.delay(delayMs, this.stopping.signal);
  }
}

/** Errors that no restart of a subscription cures. */
export function isIncurable(error: unknown): boolean {
  return (
    hasErrorKind(error, 'incompatible') ||
    hasErrorKind(error, 'corrupt') ||
    hasErrorKind(error, 'defect')
  );
}
