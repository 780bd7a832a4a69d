import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { knownErrorsOf, MATCH_LIMITS, MATCH_PROJECTIONS } from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { awaitView, ticketOf, viewQuery } from './view-request';

/** `GET /incidents/{id}/known-errors`: the published known errors that an incident may be. */
@Controller(`${API_ROOT}/incidents/:id/known-errors`)
export class KnownErrorsController {
  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get()
  async matches(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { engine } = this.settings;
    const query = viewQuery(request, 'limit');
    const limit = query.integer('limit', 1, MATCH_LIMITS.resultsMax);
    const { id, state } = await ticketOf(engine, 'incident', request);
    await awaitView(this.settings, MATCH_PROJECTIONS, query);
    const options = limit === undefined ? {} : { limit };
    sendJson(reply, await knownErrorsOf(engine.readStore, { id, state }, options));
  }
}
