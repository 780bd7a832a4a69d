import { excludeSystemEvents, type Filter } from '@eventstore/db-client';
import type { LedgerdeskError } from '@ledgerdesk/kernel';
import {
  LOG_START,
  type EventFilter,
  type GlobalPosition,
  type StoredEvent,
} from '../event-store.port';
import { matchesFilter, type LogPage } from '../log-reading';
import { LogSignal } from '../log-signal';
import type { Connection } from './eventstoredb.connection';
import { failureOf, readError, tellsNothing } from './eventstoredb.errors';
import { fromWire, isOwn, toLogPosition, type LogPosition } from './eventstoredb.events';
import { feed } from './eventstoredb.feed';
import type { EventStoreDbSettings } from './eventstoredb.options';
import { serverFilter, type LogWalk } from './eventstoredb.log-walk';
import type { LogReader } from './eventstoredb.reader';
import { pause, waitMs } from './eventstoredb.timing';

/** Newest events that are kept, so that those who follow closely share one subscription. */
const EVENTS_MAX = 10_000;
const BYTES_MAX = 32 * 1024 * 1024;

/** Failures in a row after which followers are told. */
const FAILURES_MAX = 5;

/**
 * The end of the log, or what a filter lets through of it, followed by one supervised subscription
 * for the whole process. A drop with or
 * without an error leads to a new subscription behind the last event that was seen. A watchdog
 * compares that with the head of the log: a subscription that stays open and delivers nothing is
 * left as well.
 */
export class LogTail {
  readonly signal = new LogSignal();
  private readonly stopping = new AbortController();
  private readonly events: StoredEvent[] = [];
  private bytes = 0;
  /** All events behind it, up to `position`, are in `events`. */
  private start: GlobalPosition = LOG_START;
  private seen: GlobalPosition = LOG_START;
  /** The same as the server says it: a place where nothing of the scope stands has two numbers. */
  private place: LogPosition | undefined;
  private current = new AbortController();
  private running: Promise<void> | undefined;
  private opening: Promise<void> | undefined;
  private failedWith: LedgerdeskError | undefined;
  /** How often the subscription was begun again. */
  restarts = 0;

  private readonly filtered: Filter | undefined;

  /** @param scope - what it follows, all else stays on the server. Default: the whole log. */
  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly walk: LogWalk,
    private readonly settings: EventStoreDbSettings,
    private readonly scope: EventFilter = {},
  ) {
    this.filtered = serverFilter(scope);
  }

  /** Whether each event of the log moves {@link position}, whatever it is. */
  get isWhole(): boolean {
    return this.filtered === undefined;
  }

  get isOpen(): boolean {
    return this.running !== undefined;
  }

  /** What there is of its scope up to here has been delivered. */
  get position(): GlobalPosition {
    return this.seen;
  }

  /** Why nothing is delivered at present, once that has lasted. */
  get failure(): LedgerdeskError | undefined {
    return this.failedWith;
  }

  /**
   * Begins to follow at the head of that moment, unless it does already. Gives the head: what is
   * stored up to there is on its way, even if the subscription has not delivered it yet.
   */
  async open(): Promise<GlobalPosition> {
    if (this.running === undefined) {
      this.opening ??= this.begin().finally(() => {
        this.opening = undefined;
      });
      await this.opening;
    }
    return this.reader.head();
  }

  /** Whether what comes behind the position can be given without asking the server. */
  covers(position: GlobalPosition): boolean {
    return position >= this.start;
  }

  page(after: GlobalPosition, filter: EventFilter, eventsMax: number): LogPage {
    const first = this.indexBehind(after);
    const looked = this.events.slice(first, first + eventsMax);
    const isAll = looked.length < eventsMax && this.seen > after;
    const position = isAll ? this.seen : (looked.at(-1)?.position ?? after);
    return { events: looked.filter((event) => matchesFilter(filter, event)), position };
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.current.abort();
    this.signal.close();
    await this.opening?.catch(() => undefined);
    await this.running;
  }

  private async begin(): Promise<void> {
    this.start = await this.reader.head();
    if (this.start !== LOG_START) this.reach(toLogPosition(this.start));
    if (this.stopping.signal.aborted) return;
    this.running = Promise.all([this.follow(), this.watch()]).then(() => undefined);
  }

  private async follow(): Promise<void> {
    const isStopping = (): boolean => this.stopping.signal.aborted;
    for (let failures = 0; !isStopping();) {
      const before = this.seen;
      this.current = new AbortController();
      try {
        await this.followOnce(this.current);
      } catch (error) {
        failures += 1;
        if (failures >= FAILURES_MAX) this.fail(readError(error, 'following the log'));
      }
      if (this.seen > before) failures = 0;
      if (isStopping()) return;
      this.restarts += 1;
      await pause(waitMs(failures + 1, this.settings.retryDelayMs), this.stopping.signal);
    }
  }

  private async followOnce(until: AbortController): Promise<void> {
    const generation = await this.connection.current();
    const { ended } = generation;
    const leave = (): void => until.abort();
    ended.addEventListener('abort', leave);
    try {
      const items = feed(generation.client, {
        ...(this.place !== undefined && { after: this.place }),
        filter: this.filtered ?? excludeSystemEvents(),
        signal: until.signal,
      });
      for await (const item of items) {
        if (until.signal.aborted) return;
        if (item.kind === 'event' && isOwn(item.event)) this.take(fromWire(item.event));
        if (item.kind === 'checkpoint' && !this.isWhole) this.reach(item.position);
        if (item.kind === 'caught-up') this.recover();
        this.connection.succeeded('subscription', generation);
      }
    } catch (error) {
      if (tellsNothing(failureOf(error))) this.connection.failed('subscription', generation);
      throw error;
    } finally {
      ended.removeEventListener('abort', leave);
    }
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    for (let before = this.seen; ; before = this.seen) {
      await pause(this.settings.stallCheckMs, signal);
      if (signal.aborted) return;
      // A server that does not answer is the subscription's own trouble.
      const head = await this.reader.head().catch(() => LOG_START);
      if (head > this.seen && this.seen === before) {
        if (await this.hasMissed(head)) this.current.abort();
        else this.reach(toLogPosition(head));
      } else if (head > LOG_START) this.recover();
    }
  }

  /** Whether the server holds back something of the scope up to the head. */
  private async hasMissed(head: GlobalPosition): Promise<boolean> {
    if (this.isWhole) return true;
    const range = { after: this.seen, until: head, filter: this.scope, eventsMax: 1 };
    try {
      for await (const { events } of this.walk.forwards(range)) {
        if (events.some(({ position }) => position > this.seen)) return true;
      }
      return false;
    } catch {
      // Whatever keeps it from looking keeps the subscription from following: a new one says so.
      return true;
    }
  }

  private reach(place: LogPosition): void {
    if (place.commit <= this.seen) return;
    this.seen = place.commit;
    this.place = place;
  }

  private take(event: StoredEvent): void {
    // After a restart some servers give events again that have been given.
    if (event.position <= this.seen) return;
    this.events.push(event);
    this.bytes += event.body.length;
    this.reach(toLogPosition(event.position));
    this.failedWith = undefined;
    if (this.events.length > EVENTS_MAX || this.bytes > BYTES_MAX) this.forgetHalf();
    this.signal.wake();
  }

  private forgetHalf(): void {
    const forgotten = this.events.splice(0, Math.ceil(this.events.length / 2));
    this.start = forgotten.at(-1)?.position ?? this.start;
    for (const { body } of forgotten) this.bytes -= body.length;
  }

  private fail(error: LedgerdeskError): void {
    this.failedWith = error;
    this.signal.wake();
  }

  private recover(): void {
    this.failedWith = undefined;
  }

  private indexBehind(position: GlobalPosition): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.position ?? 0n) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
