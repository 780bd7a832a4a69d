import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  CONFIGURATION_GRAPH,
  configurationImpact,
  IMPACT_LIMITS,
  WORK,
  type GraphInstant,
} from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { invalidQuery, type QueryParameters } from '../request/query-parameters';
import { instantOf } from '../tickets/ticket-reads';
import { awaitView, ticketOf, viewQuery } from './view-request';

const DIRECTIONS = ['down', 'up'] as const;

/** `GET /configuration-items/{id}/impact`: what a failure reaches, or what an item rests on. */
@Controller(`${API_ROOT}/configuration-items/:id/impact`)
export class ConfigurationImpactController {
  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get()
  async impact(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { engine } = this.settings;
    const query = viewQuery(request, 'direction', 'at', 'axis', 'depth', 'limit');
    const direction = query.oneOf('direction', DIRECTIONS) ?? 'down';
    const depth = query.integer('depth', 1, IMPACT_LIMITS.depthMax);
    const limit = query.integer('limit', 1, IMPACT_LIMITS.itemsMax);
    const instant = graphInstantOf(query);
    const { id } = await ticketOf(engine, 'configuration-item', request);
    await awaitView(this.settings, [CONFIGURATION_GRAPH, WORK], query);
    const impact = await configurationImpact(engine.readStore, id, {
      direction,
      ...(instant !== undefined && { instant }),
      ...(depth !== undefined && { depth }),
      ...(limit !== undefined && { limit }),
    });
    sendJson(reply, { ...impact, at: query.text('at') ?? null });
  }
}

/** Items are many streams, so that a revision names no instant of theirs. */
function graphInstantOf(query: QueryParameters): GraphInstant | undefined {
  const instant = instantOf(query, 'at');
  if (instant === undefined) return undefined;
  const { position, occurredAt, recordedAt } = instant;
  if (position !== undefined) return { position };
  if (recordedAt !== undefined) return { recordedAt };
  if (occurredAt !== undefined) return { occurredAt };
  throw invalidQuery('at', 'at is a time with its offset, a date, or position:N');
}
