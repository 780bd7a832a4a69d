import type { EventFilter } from '@ledgerdesk/event-store';

/** What a client of the live feed asks for. */
export interface FeedRequest {
  /** Exclusive: the feed begins behind it. */
  readonly after: bigint;
  readonly filter?: EventFilter;
}
