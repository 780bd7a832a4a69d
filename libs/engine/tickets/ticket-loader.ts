import type { EventStore } from '@ledgerdesk/event-store';
import type { EventRegistry, ProcessDefinition } from '@ledgerdesk/kernel';
import { LRUCache } from 'lru-cache';
import {
  ABSENT_REVISION,
  absentTicket,
  extendTicket,
  streamOf,
  type Ticket,
  type WeighedEvent,
} from './ticket';

/** Bounds of the cache of folded tickets. */
export interface TicketCacheLimits {
  readonly cachedStreamsMax: number;
  /** Over all cached streams; a body of more than 2,048 characters counts for more than one. */
  readonly cachedEventsMax: number;
}

/** About 100 MB when full of incidents. */
export const DEFAULT_CACHE_LIMITS: TicketCacheLimits = {
  cachedStreamsMax: 10_000,
  cachedEventsMax: 200_000,
};

/** Events folded at a time, so that a long stream is never wholly in memory. */
const FOLD_EVENTS_MAX = 500;

/** How the cache did since the start. */
export interface TicketCacheMetrics {
  readonly hits: number;
  readonly misses: number;
  readonly streams: number;
  readonly weight: number;
}

/**
 * Folds tickets from their streams and keeps the latest ones. What is cached may be behind the log
 * (another instance may have appended) but never beside it.
 */
export class TicketLoader {
  private readonly cache: LRUCache<string, Ticket>;
  private hits = 0;
  private misses = 0;

  constructor(
    private readonly eventStore: Pick<EventStore, 'readStream'>,
    private readonly registry: EventRegistry,
    limits: TicketCacheLimits = DEFAULT_CACHE_LIMITS,
  ) {
    this.cache = new LRUCache({
      max: limits.cachedStreamsMax,
      maxSize: limits.cachedEventsMax,
      sizeCalculation: (ticket) => ticket.weight,
    });
  }

  /** The ticket as cached: perhaps behind the log. No I/O. */
  cached(stream: string): Ticket | undefined {
    const ticket = this.cache.get(stream);
    if (ticket === undefined) this.misses += 1;
    else this.hits += 1;
    return ticket;
  }

  /**
   * The ticket as of now: what is cached and the events behind it. Cost: one read of the stream's
   * tail.
   */
  async current(process: ProcessDefinition, id: string): Promise<Ticket> {
    const stream = streamOf(process.name, id);
    const known = this.cached(stream) ?? absentTicket(process, id);
    const ticket = await this.extendFromLog(process, known);
    if (ticket.revision !== ABSENT_REVISION) this.keep(ticket);
    return ticket;
  }

  /** Takes over a ticket that was just appended to. */
  keep(ticket: Ticket): void {
    const known = this.cache.peek(ticket.stream);
    if (known === undefined || known.revision < ticket.revision) {
      this.cache.set(ticket.stream, ticket);
    }
  }

  /** The events of a stream from one revision to another, both included. */
  async events(stream: string, from: number, to: number): Promise<readonly WeighedEvent[]> {
    const events: WeighedEvent[] = [];
    const options = { from: BigInt(from), limit: to - from + 1 };
    for await (const row of this.eventStore.readStream(stream, options)) {
      events.push({ event: this.registry.decode(row), bodyLength: row.body.length });
    }
    return events;
  }

  metrics(): TicketCacheMetrics {
    return {
      hits: this.hits,
      misses: this.misses,
      streams: this.cache.size,
      weight: this.cache.calculatedSize,
    };
  }

  private async extendFromLog(process: ProcessDefinition, known: Ticket): Promise<Ticket> {
    let ticket = known;
    let pending: WeighedEvent[] = [];
    const rows = this.eventStore.readStream(known.stream, { from: known.revision + 1n });
    for await (const row of rows) {
      pending.push({ event: this.registry.decode(row), bodyLength: row.body.length });
      if (pending.length < FOLD_EVENTS_MAX) continue;
      ticket = extendTicket(process, ticket, pending);
      pending = [];
    }
    return pending.length === 0 ? ticket : extendTicket(process, ticket, pending);
  }
}
