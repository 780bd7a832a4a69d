import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { listWork, WORK, workCollection } from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { listQueryOf } from '../lists/list-query';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { awaitView } from './view-request';

/** `GET /work`: the tickets of all processes in one list. */
@Controller(`${API_ROOT}/work`)
export class WorkController {
  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const parameters = new QueryParameters(request);
    const query = listQueryOf(parameters, workCollection.fields);
    const isTotalWanted = parameters.boolean('count');
    await awaitView(this.settings, [WORK], parameters);
    sendJson(reply, await listWork(this.settings.engine.readStore, { ...query, isTotalWanted }));
  }
}
