import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { JSON_MEDIA_TYPE } from '../request/json-answer';
import { openApiDocument } from './openapi-document';

/** `GET /openapi.json` */
@Controller()
export class OpenApiController {
  private text: string | undefined;

  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get('openapi.json')
  show(@Res() reply: FastifyReply): void {
    this.text ??= JSON.stringify(documentOf(this.settings));
    void reply.header('content-type', JSON_MEDIA_TYPE).send(this.text);
  }
}

/** The OpenAPI document of these settings. */
export function documentOf({
  engine,
  version,
}: HttpApiSettings): Readonly<Record<string, unknown>> {
  const processes = [...engine.processes.values()];
  return openApiDocument({ version, processes, registry: engine.registry });
}
