import { LOG_START, type EventStoreStatistics, type GlobalPosition } from '../event-store.port';
import { categoryOf } from '../stream-name';
import type { LogWalk } from './eventstoredb.log-walk';

/**
 * Counts events and streams, which the server does not. A stream is counted at its first revision,
 * so that no names are kept.
 */
export class LogCensus {
  private events = 0;
  private streams = 0;
  private readonly byCategory = new Map<string, number>();
  private counted: GlobalPosition = LOG_START;
  private counting: Promise<unknown> = Promise.resolve();

  constructor(private readonly walk: LogWalk) {}

  /** Goes on from where the last count ended. */
  async until(head: GlobalPosition): Promise<EventStoreStatistics> {
    const counting = this.counting.then(() => this.countUntil(head));
    this.counting = counting.catch(() => undefined);
    await counting;
    return {
      events: this.events,
      streams: this.streams,
      streamsByCategory: Object.fromEntries(this.byCategory),
    };
  }

  private async countUntil(head: GlobalPosition): Promise<void> {
    const range = { after: this.counted, until: head, filter: {} };
    for await (const { events, position } of this.walk.forwards(range)) {
      for (const { stream, revision } of events) {
        this.events += 1;
        if (revision !== 0n) continue;
        this.streams += 1;
        const category = categoryOf(stream);
        this.byCategory.set(category, (this.byCategory.get(category) ?? 0) + 1);
      }
      this.counted = position;
    }
  }
}
