import { invalidRead } from './event-store.errors';
import type {
  EventFilter,
  GlobalPosition,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from './event-store.port';

/** Events of one page of the log, unless the reader asks for fewer. */
export const PAGE_EVENTS_MAX = 500;

/** Terms that one filter list may have. */
const FILTER_TERMS_MAX = 500;

/** A page of the log: what the filter let through, and how far it has been looked at. */
export interface LogPage {
  readonly events: readonly StoredEvent[];
  /** All events up to here were looked at; at least one further than where the page began. */
  readonly position: GlobalPosition;
}

/** Errors: `invalid.read` */
export function checkReadStreamOptions({ from, limit }: ReadStreamOptions): void {
  checkNotNegative('from', from);
  checkCount('limit', limit);
}

/** Errors: `invalid.read` */
export function checkReadAllOptions({ after, until, limit, filter }: ReadAllOptions): void {
  checkNotNegative('after', after);
  checkNotNegative('until', until);
  checkCount('limit', limit);
  checkFilter(filter);
}

/** Errors: `invalid.read` */
export function checkSubscribeOptions(options: SubscribeOptions): void {
  checkNotNegative('after', options.after);
  checkCount('batchEventsMax', options.batchEventsMax);
  checkFilter(options.filter);
}

/** Whether the filter lets the event through. An empty list matches nothing, an absent one all. */
export function matchesFilter(filter: EventFilter, event: StoredEvent): boolean {
  const { streamPrefixes, eventTypes } = filter;
  return (
    (streamPrefixes === undefined ||
      streamPrefixes.some((prefix) => event.stream.startsWith(prefix))) &&
    (eventTypes === undefined || eventTypes.includes(event.type))
  );
}

function checkFilter({ streamPrefixes = [], eventTypes = [] }: EventFilter = {}): void {
  const terms = Math.max(streamPrefixes.length, eventTypes.length);
  if (terms > FILTER_TERMS_MAX) {
    throw invalidRead('filter', `${terms} terms`, `at most ${FILTER_TERMS_MAX} in one list`);
  }
}

function checkNotNegative(option: string, value: bigint | undefined): void {
  if (value !== undefined && value < 0n) throw invalidRead(option, value, '0 or more');
}

function checkCount(option: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
    throw invalidRead(option, value, 'a whole number from 1');
  }
}
