import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Engine } from '@ledgerdesk/engine';
import {
  knownErrorsOf,
  type KnownErrorMatch,
  MATCH_LIMITS,
  MATCH_PROJECTIONS,
} from '@ledgerdesk/read-models';
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
    const matches = await knownErrorsOf(engine.readStore, { id, state }, options);
    const items = await Promise.all(matches.items.map((match) => this.withValidity(match)));
    sendJson(reply, { ...matches, items });
  }

  // Nobody is to live by a workaround that is valid no longer, so its text is left out.
  private async withValidity(
    match: KnownErrorMatch,
  ): Promise<KnownErrorMatch & { readonly workaroundValidUntil: string | null }> {
    const { engine } = this.settings;
    const problem = match.problem === null ? undefined : await problemOf(engine, match.problem);
    const until = problem?.workaround?.validUntil ?? null;
    const isOver = until !== null && until <= engine.clock.now().toISOString();
    return {
      ...match,
      workaroundExcerpt: isOver ? null : match.workaroundExcerpt,
      workaroundValidUntil: until,
    };
  }
}

/** What is read of the state of a problem; the problem process declares the whole. */
interface ProblemView {
  readonly workaround?: { readonly validUntil: string | null } | null;
}

async function problemOf(engine: Engine, id: string): Promise<ProblemView> {
  const { state } = await engine.tickets.load('problem', id);
  return state as ProblemView;
}
