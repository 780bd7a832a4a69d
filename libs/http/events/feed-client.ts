import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { StoredEvent, SubscriptionMessage } from '@ledgerdesk/event-store';
import type { HttpApiSettings } from '../http-api.options';
import { eventText } from './event-text';
import type { FeedRequest } from './feed-request';

/** Events that one step of a feed takes from the store. */
const BATCH_EVENTS_MAX = 200;
/** Bytes that are gathered before they are handed to the socket. */
const CHUNK_LENGTH = 64 * 1024;
/** What a client waits before it comes back. */
const RETRY_MS = 2_000;

/**
 * One client of the live feed. It takes the next events from the store only when the socket has
 * taken the last ones, so a slow client costs no memory beyond one batch; one that takes nothing
 * for `feedStallMs` is cut off.
 */
export class FeedClient {
  private readonly left = new AbortController();
  private position: bigint | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  stalled = false;

  constructor(
    request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly settings: HttpApiSettings,
  ) {
    response.once('close', () => this.left.abort());
    request.socket.setNoDelay(true);
    request.socket.setTimeout(0);
  }

  /** Resolves when the client is gone; never rejects. */
  async run(feed: FeedRequest, headers: OutgoingHttpHeaders): Promise<void> {
    const { engine, log, limits } = this.settings;
    this.response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.position = feed.after;
    this.heartbeat = setInterval(() => this.beat(), limits.feedHeartbeatMs);
    try {
      await this.write(`retry: ${RETRY_MS}\nid: ${feed.after}\n\n`);
      const messages = engine.eventStore.subscribeToAll({
        after: feed.after,
        signal: this.left.signal,
        batchEventsMax: BATCH_EVENTS_MAX,
        ...(feed.filter !== undefined && { filter: feed.filter }),
      });
      for await (const message of messages) await this.deliver(message);
    } catch (error) {
      // The client comes back by itself, with the id of the last event that it has.
      if (!this.left.signal.aborted) log.warn({ err: error }, 'live feed ended early');
    } finally {
      clearInterval(this.heartbeat);
      this.end();
    }
  }

  /** Ends the client's feed; {@link FeedClient.run} then resolves. */
  end(): void {
    this.left.abort();
    if (this.stalled || this.response.writableNeedDrain) this.response.destroy();
    else this.response.end();
  }

  private async deliver(message: SubscriptionMessage): Promise<void> {
    if (message.kind === 'caught-up') {
      this.position = message.position;
      return;
    }
    let chunk = '';
    for (const event of message.events) {
      chunk += frameOf(event);
      if (chunk.length >= CHUNK_LENGTH) {
        await this.write(chunk);
        chunk = '';
      }
    }
    if (chunk !== '') await this.write(chunk);
    this.position = message.events.at(-1)?.position ?? this.position;
  }

  // An id without data moves the place from which a client resumes past what its filter left out.
  private beat(): void {
    if (this.left.signal.aborted || this.response.writableNeedDrain) return;
    this.response.write(`: heartbeat\nid: ${String(this.position)}\n\n`);
  }

  private async write(text: string): Promise<void> {
    if (this.left.signal.aborted || this.response.write(text)) return;
    await new Promise<void>((resolve) => {
      const { response, left } = this;
      const timer = setTimeout(() => {
        this.stalled = true;
        response.destroy();
      }, this.settings.limits.feedStallMs);
      const finish = (): void => {
        clearTimeout(timer);
        response.off('drain', finish);
        left.signal.removeEventListener('abort', finish);
        resolve();
      };
      response.once('drain', finish);
      left.signal.addEventListener('abort', finish, { once: true });
      if (left.signal.aborted) finish();
    });
  }
}

function frameOf(event: StoredEvent): string {
  return `id: ${event.position}\nevent: ${event.type}\ndata: ${eventText(event)}\n\n`;
}
