import type { EventRegistry, RecordedEvent } from '@ledgerdesk/kernel';
import type { StoredEvent } from '@ledgerdesk/event-store';

/** A stored event with its decoded form, which all projections share. */
export class LogEntry {
  private decoded: RecordedEvent | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    readonly stored: StoredEvent,
    private readonly registry: EventRegistry,
  ) {}

  /** Decodes at the first call. Throws what {@link EventRegistry.decode} throws, at each call. */
  event(): RecordedEvent {
    if (this.decoded !== undefined) return this.decoded;
    if (this.failure !== undefined) throw this.failure.error;
    try {
      this.decoded = this.registry.decode(this.stored);
      return this.decoded;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

/** A stretch of the log: events in order, and how far it reaches. */
export interface LogBatch {
  readonly entries: readonly LogEntry[];
  /** All events up to here are in `entries`, or concern no projection of the group. */
  readonly position: bigint;
}
