import { EventStoreDBClient } from '@eventstore/db-client';
import { setMaxListeners } from 'node:events';
import { storeClosed } from '../event-store.errors';
import { TimeLimit } from '../time-limit';
import type { ExpectedEnd } from './eventstoredb.append-messages';
import { AppendStream, type AppendPosition } from './eventstoredb.append-stream';
import { failureOf, tellsNothing } from './eventstoredb.errors';
import type { WireEvent } from './eventstoredb.events';
import { invalidLocation, type EventStoreDbLocation } from './eventstoredb.options';
import { pause, tookTooLong } from './eventstoredb.timing';

/** What is done over a connection. Each is counted apart: reads may go well while appends hang. */
export type Use = 'append' | 'read' | 'subscription';

/**
 * Failures in a row after which the client is thrown away and made anew: it would wait on for a
 * connection that is as good as dead.
 */
const FAILURES_MAX: Readonly<Record<Use, number>> = { append: 2, read: 3, subscription: 3 };

/** A client that cannot be disposed of in that time is left behind. */
const DISPOSE_MS = 1_000;

/** One client. The signal aborts when it is replaced: its streams end without telling anybody. */
export class Generation {
  readonly ending = new AbortController();
  readonly failures: Record<Use, number> = { append: 0, read: 0, subscription: 0 };
  readonly appends: AppendStream;

  constructor(
    readonly client: EventStoreDBClient,
    appendTimeoutMs: number,
  ) {
    this.appends = new AppendStream(client, appendTimeoutMs, this.ended);
    // As many as there are readings and subscriptions at a time.
    setMaxListeners(0, this.ending.signal);
  }

  get ended(): AbortSignal {
    return this.ending.signal;
  }
}

/** The client, replaced by a new one when it keeps failing. */
export class Connection {
  private readonly closing = new AbortController();
  private generation: Generation;
  private replacing: Promise<void> | undefined;
  /** How often the client was replaced. */
  replacements = 0;

  constructor(private readonly location: EventStoreDbLocation) {
    setMaxListeners(0, this.closing.signal);
    this.generation = this.open();
  }

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  /** The client of now. */
  async current(): Promise<Generation> {
    await this.replacing;
    return this.ofNow();
  }

  /** Sends an append once. Undefined for events that were there already. */
  async append(
    stream: string,
    events: readonly WireEvent[],
    expected: ExpectedEnd,
  ): Promise<AppendPosition> {
    const generation = this.replacing === undefined ? this.ofNow() : await this.current();
    try {
      const position = await generation.appends.append(stream, events, expected);
      this.succeeded('append', generation);
      return position;
    } catch (error) {
      if (tellsNothing(failureOf(error))) this.failed('append', generation);
      throw error;
    }
  }

  succeeded(use: Use, generation: Generation): void {
    generation.failures[use] = 0;
  }

  /** Counts a failure that tells nothing of the server; replaces the client after a few. */
  failed(use: Use, generation: Generation): void {
    generation.failures[use] += 1;
    const isCurrent = generation === this.generation && this.replacing === undefined;
    if (!isCurrent || this.isClosed || generation.failures[use] < FAILURES_MAX[use]) return;
    this.replacing = this.replace().finally(() => {
      this.replacing = undefined;
    });
  }

  /** Waits before another try; less where the store is closed meanwhile. */
  async pause(ms: number): Promise<void> {
    await pause(ms, this.closing.signal);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closing.abort();
    await this.replacing;
    await this.dispose(this.generation);
  }

  private ofNow(): Generation {
    if (this.isClosed) throw storeClosed();
    return this.generation;
  }

  private open(): Generation {
    try {
      const client = EventStoreDBClient.connectionString(this.location.connectionString);
      return new Generation(client, this.location.settings.appendTimeoutMs);
    } catch (error) {
      throw invalidLocation('the client does not understand it', error);
    }
  }

  private async replace(): Promise<void> {
    await this.dispose(this.generation);
    this.generation = this.open();
    this.replacements += 1;
  }

  private async dispose({ client, ending }: Generation): Promise<void> {
    ending.abort();
    const leaving = tookTooLong('leaving a connection');
    await new TimeLimit(DISPOSE_MS).within(client.dispose(), leaving).catch(() => undefined);
  }
}
