import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  EventFilter,
  GlobalPosition,
  SubscribeOptions,
  SubscriptionMessage,
} from './event-store.port';
import { PAGE_EVENTS_MAX, type LogPage } from './log-reading';
import type { LogSignal } from './log-signal';

/** What a subscription needs of a store: pages on demand, and a sign that there may be more. */
export interface SubscriptionSource {
  readonly signal: LogSignal;
  head(): GlobalPosition;
  /** Called only while `after` lies before the head. */
  readPage(
    after: GlobalPosition,
    until: GlobalPosition,
    filter: EventFilter,
    eventsMax: number,
  ): LogPage;
}

/**
 * Catches up in pages, then follows the log live. Pulls: it holds one page at the most, and none
 * while it waits, so that a slow consumer costs nothing.
 */
export async function* subscribe(
  source: SubscriptionSource,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  const { signal: abort, filter = {}, batchEventsMax = PAGE_EVENTS_MAX } = options;
  const isOver = (): boolean => source.signal.closed || abort?.aborted === true;
  let position = options.after;
  let announced: GlobalPosition | undefined;
  while (!isOver()) {
    const head = source.head();
    if (position < head) {
      const page = source.readPage(position, head, filter, batchEventsMax);
      position = page.position;
      if (page.events.length > 0) yield { kind: 'events', events: page.events };
      // A consumer that never waits for I/O must not starve the rest of the process.
      await nextTurn();
    } else if (announced !== position) {
      announced = position;
      yield { kind: 'caught-up', position };
    } else {
      await source.signal.until(() => isOver() || source.head() > position, abort);
    }
  }
}
