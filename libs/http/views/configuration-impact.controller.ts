import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  CONFIGURATION_GRAPH,
  configurationImpact,
  IMPACT_LIMITS,
  WORK,
} from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { assertThereAt, graphInstantOf, positionOf } from './graph-instant';
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
    const process = engine.processes.get('configuration-item');
    if (process !== undefined) await assertThereAt(engine, { process, id }, instant);
    await awaitView(this.settings, [CONFIGURATION_GRAPH, WORK], query, positionOf(instant));
    const impact = await configurationImpact(engine.readStore, id, {
      direction,
      ...(instant !== undefined && { instant }),
      ...(depth !== undefined && { depth }),
      ...(limit !== undefined && { limit }),
    });
    sendJson(reply, { ...impact, at: query.text('at') ?? null });
  }
}
