import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  LOG_START,
  type EventFilter,
  type GlobalPosition,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.port';
import { PAGE_EVENTS_MAX } from '../log-reading';
import type { LogTail } from './eventstoredb.log-tail';
import type { LogWalk } from './eventstoredb.log-walk';

type Messages = AsyncGenerator<SubscriptionMessage, void, undefined>;

/**
 * Catches up from the server and then follows the tail of the log, which all followers of this
 * process share. Pulls: a slow consumer costs nothing, and falls back to catching up.
 */
export class LogFollower {
  private position: GlobalPosition;
  private announced: GlobalPosition | undefined;
  private headAtStart = LOG_START;
  private readonly filter: EventFilter;
  private readonly eventsMax: number;
  private readonly abort: AbortSignal | undefined;

  constructor(
    private readonly tail: LogTail,
    private readonly walk: LogWalk,
    { after, filter = {}, batchEventsMax = PAGE_EVENTS_MAX, signal }: SubscribeOptions,
  ) {
    this.position = after;
    this.filter = filter;
    this.eventsMax = batchEventsMax;
    this.abort = signal;
  }

  async *messages(): Messages {
    if (this.isOver()) return;
    try {
      this.headAtStart = await this.tail.open();
      while (!this.isOver()) yield* this.next();
    } catch (error) {
      // Closing the store ends what it is reading.
      if (!this.tail.signal.closed) throw error;
    }
  }

  private async *next(): Messages {
    if (!this.tail.covers(this.position) || this.isBehindStart()) yield* this.catchUp();
    else if (this.position < this.tail.position && this.hasWhatWasThere()) yield* this.fromTail();
    else if (this.announced !== this.position && this.hasWhatWasThere()) yield this.caughtUp();
    else await this.wait();
  }

  private async *catchUp(): Messages {
    const until = this.isBehindStart() ? this.headAtStart : this.tail.position;
    const { filter, eventsMax } = this;
    for await (const stretch of this.walk.forwards({
      after: this.position,
      until,
      filter,
      eventsMax,
    })) {
      for (let at = 0; at < stretch.events.length; at += eventsMax) {
        if (this.isOver()) return;
        yield { kind: 'events', events: stretch.events.slice(at, at + eventsMax) };
      }
      this.position = stretch.position;
    }
    this.position = until;
  }

  private async *fromTail(): Messages {
    const page = this.tail.page(this.position, this.filter, this.eventsMax);
    this.position = page.position;
    if (page.events.length > 0) yield { kind: 'events', events: page.events };
    // A consumer that never waits for I/O must not starve the rest of the process.
    await nextTurn();
  }

  private caughtUp(): SubscriptionMessage {
    this.announced = this.position;
    return { kind: 'caught-up', position: this.position };
  }

  private async wait(): Promise<void> {
    const { tail } = this;
    const isDue = (): boolean => this.hasWhatWasThere() && tail.position > this.position;
    const isNews = (): boolean => this.isOver() || tail.failure !== undefined || isDue();
    await tail.signal.until(isNews, this.abort);
    if (tail.failure !== undefined && !this.isOver()) throw tail.failure;
  }

  /** A tail that leaves events out may never come to the head of that moment. */
  private isBehindStart(): boolean {
    return !this.tail.isWhole && !this.hasWhatWasThere();
  }

  /** What was stored when it began comes first, whole and in full batches. */
  private hasWhatWasThere(): boolean {
    return this.tail.position >= this.headAtStart || this.position >= this.headAtStart;
  }

  private isOver(): boolean {
    return this.tail.signal.closed || this.abort?.aborted === true;
  }
}
