import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';

/**
 * What may be set, whether or not a version of it was published: each policy with the version in
 * force and the presets to adopt. The policies in the log are the tickets of the process `policy`.
 */
@Controller(`${API_ROOT}/policy-catalogue`)
export class PolicyCatalogueController {
  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    new QueryParameters(request).allowOnly();
    const { engine, tenant } = this.settings;
    const time = engine.clock.now().toISOString();
    sendJson(reply, { items: await engine.policies.overview({ tenant, time }) });
  }
}
