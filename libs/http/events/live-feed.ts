import type { OutgoingHttpHeaders } from 'node:http';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpApiSettings } from '../http-api.options';
import { FeedClient } from './feed-client';
import type { FeedRequest } from './feed-request';

export interface FeedMetrics {
  readonly clients: number;
  /** Clients that were cut off because they took nothing. */
  readonly cutOff: number;
}

/** The log as server-sent events. Owns its clients: {@link LiveFeed.close} ends them all. */
export class LiveFeed {
  private readonly clients = new Map<FeedClient, Promise<void>>();
  private cutOff = 0;
  private isClosed = false;

  constructor(private readonly settings: HttpApiSettings) {}

  /**
   * Takes the connection over and serves it in the background, until the client leaves, stalls or
   * the feed is closed.
   *
   * @throws LedgerdeskError `limit.feed-clients`, `unavailable.shutting-down`
   */
  async serve(request: FastifyRequest, reply: FastifyReply, feed: FeedRequest): Promise<void> {
    const { feedClientsMax } = this.settings.limits;
    if (this.isClosed) {
      throw new LedgerdeskError(
        'unavailable.shutting-down',
        'the engine is stopping; come back soon',
      );
    }
    if (this.clients.size >= feedClientsMax) {
      throw new LedgerdeskError(
        'limit.feed-clients',
        `${feedClientsMax} clients follow the live feed already; try again later, or read pages`,
        { details: { feedClientsMax } },
      );
    }
    const headers = reply.getHeaders() as OutgoingHttpHeaders;
    reply.hijack();
    const client = new FeedClient(request.raw, reply.raw, this.settings);
    const running = client.run(feed, headers).finally(() => {
      this.clients.delete(client);
      if (client.stalled) this.cutOff += 1;
    });
    this.clients.set(client, running);
    await running;
  }

  metrics(): FeedMetrics {
    return { clients: this.clients.size, cutOff: this.cutOff };
  }

  /** Takes no more clients, ends those that are there and waits for them. Idempotent. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const client of this.clients.keys()) client.end();
    await Promise.all(this.clients.values());
  }
}
