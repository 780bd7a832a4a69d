import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { listTickets, readModelsOf, ticketListName } from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { listQueryOf } from './list-query';
import { awaitPosition } from './position-wait';

/** The controller of `GET /incidents`. */
export function listControllerOf(process: ProcessDefinition): Type {
  const name = ticketListName(process);
  const fields = readModelsOf(process).find((model) => model.name === name)?.documents.fields ?? {};

  @Controller(collectionPath(process))
  class ListController {
    constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

    @Get()
    async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const { engine, limits } = this.settings;
      const parameters = new QueryParameters(request);
      const query = listQueryOf(parameters, fields);
      const isTotalWanted = parameters.boolean('count');
      await awaitPosition(engine, [name], parameters, limits);
      sendJson(reply, await listTickets(engine.readStore, process, { ...query, isTotalWanted }));
    }
  }
  return ListController;
}
