import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import { WHY_DEPTH_MAX, WHY_EFFECTS_MAX, whyTicket } from '@ledgerdesk/audit';
import { CAUSATION, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { awaitPosition } from '../lists/position-wait';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { ticketParameterOf } from '../request/ticket-parameter';

/** The controller of the chain of causes of a process's tickets. */
export function whyControllerOf(process: ProcessDefinition): Type {
  @Controller(`${collectionPath(process)}/:id/why`)
  class WhyController {
    constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

    @Get()
    async why(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const { engine, limits } = this.settings;
      const query = new QueryParameters(request);
      query.allowOnly('event', 'depth', 'limit', 'minPosition', 'minPositionTimeoutMs');
      const event = query.text('event');
      const depthMax = query.integer('depth', 1, WHY_DEPTH_MAX);
      const effectsMax = query.integer('limit', 1, WHY_EFFECTS_MAX);
      await awaitPosition(engine, [CAUSATION], query, limits);
      const id = await engine.tickets.resolveId(process.name, ticketParameterOf(request));
      const found = await whyTicket(
        engine,
        { process, id },
        {
          ...(event !== undefined && { event }),
          ...(depthMax !== undefined && { depthMax }),
          ...(effectsMax !== undefined && { effectsMax }),
        },
      );
      sendJson(reply, found);
    }
  }
  return WhyController;
}
