import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { EventFilter } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { JSON_MEDIA_TYPE } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { eventFilterOf } from './event-selection';
import { eventText } from './event-text';
import { LiveFeed } from './live-feed';

const PAGE_DEFAULT = 100;
const DIGITS = /^(?:0|[1-9]\d{0,17})$/;

/** The log over HTTP: in pages, one event, or as a live feed. */
@Controller(`${API_ROOT}/events`)
export class EventsController {
  constructor(
    @Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings,
    @Inject(LiveFeed) private readonly feed: LiveFeed,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = new QueryParameters(request).allowOnly('after', 'limit', 'types', 'streamPrefix');
    const filter = eventFilterOf(query, this.settings.engine.registry);
    const after = lastEventIdOf(request) ?? query.position('after');
    if (isFeedRequest(request)) {
      await this.feed.serve(request, reply, {
        after: after ?? (await this.settings.engine.eventStore.head()),
        ...(filter !== undefined && { filter }),
      });
      return;
    }
    const limit = query.integer('limit', 1, this.settings.limits.eventsPageMax) ?? PAGE_DEFAULT;
    const page = await this.pageText(after ?? 0n, limit, filter);
    void reply.header('content-type', JSON_MEDIA_TYPE).send(page);
  }

  @Get(':position')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { position: text = '' } = request.params as { readonly position?: string };
    if (!DIGITS.test(text) || text === '0') throw missingEvent(text);
    const position = BigInt(text);
    const range = { after: position - 1n, until: position, limit: 1 };
    for await (const event of this.settings.engine.eventStore.readAll(range)) {
      reply.header('cache-control', 'private, max-age=31536000, immutable');
      void reply.header('content-type', JSON_MEDIA_TYPE).send(eventText(event));
      return;
    }
    throw missingEvent(text);
  }

  private async pageText(
    after: bigint,
    limit: number,
    filter: EventFilter | undefined,
  ): Promise<string> {
    const { eventStore } = this.settings.engine;
    const head = await eventStore.head();
    const items: string[] = [];
    let last = after;
    const range = { after, until: head, limit, ...(filter !== undefined && { filter }) };
    if (after < head) {
      for await (const event of eventStore.readAll(range)) {
        items.push(eventText(event));
        last = event.position;
      }
    }
    const isCut = items.length === limit;
    const nextAfter = isCut || after > head ? last : head;
    return `{"items":[${items.join(',')}],"nextAfter":"${nextAfter}","head":"${head}","atHead":${nextAfter >= head}}`;
  }
}

function isFeedRequest(request: FastifyRequest): boolean {
  return request.method === 'GET' && request.headers.accept?.includes('text/event-stream') === true;
}

function lastEventIdOf(request: FastifyRequest): bigint | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && DIGITS.test(header)) return BigInt(header);
  throw new LedgerdeskError(
    'malformed.header',
    'Last-Event-ID is malformed; send the id of the last event that you have',
    { details: { header: 'Last-Event-ID' } },
  );
}

function missingEvent(position: string): LedgerdeskError {
  return new LedgerdeskError(
    'missing.event',
    'no event stands at this position; positions have gaps, take them from the pages of events',
    { details: { position: position.slice(0, 40) } },
  );
}
