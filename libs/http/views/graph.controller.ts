import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import {
  GRAPH_LIMITS,
  hasGraphOfThePast,
  RELATION_PROJECTIONS,
  relationGraph,
  ticketLabelOf,
} from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { assertThereAt, graphInstantOf, positionOf } from './graph-instant';
import { awaitView, ticketOf, viewQuery } from './view-request';

const DIRECTIONS = ['both', 'out', 'in'] as const;

/**
 * The controller of `GET /incidents/{id}/graph`: what a ticket has to do with; of a configuration
 * item also as of any instant.
 */
export function graphControllerOf(process: ProcessDefinition): Type {
  const instantParameters = hasGraphOfThePast(process) ? ['at', 'axis'] : [];
  @Controller(`${collectionPath(process)}/:id/graph`)
  class GraphController {
    constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

    @Get()
    async graph(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const { engine } = this.settings;
      const query = viewQuery(request, 'depth', 'limit', 'direction', ...instantParameters);
      const depth = query.integer('depth', 1, GRAPH_LIMITS.depthMax);
      const limit = query.integer('limit', 1, GRAPH_LIMITS.nodesMax);
      const direction = query.oneOf('direction', DIRECTIONS);
      const instant = graphInstantOf(query);
      const { id, state } = await ticketOf(engine, process.name, request);
      await assertThereAt(engine, { process, id }, instant);
      await awaitView(this.settings, RELATION_PROJECTIONS, query, positionOf(instant));
      const graph = await relationGraph(engine.readStore, ticketLabelOf(process.name, id, state), {
        ...(depth !== undefined && { depth }),
        ...(limit !== undefined && { limit }),
        ...(direction !== undefined && { direction }),
        ...(instant !== undefined && { instant }),
      });
      sendJson(reply, graph);
    }
  }
  return GraphController;
}
