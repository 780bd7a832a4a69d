import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { JSON_MEDIA_TYPE } from '../request/json-answer';
import { asyncApiDocument } from './asyncapi-document';

/** `GET /asyncapi.json` */
@Controller()
export class AsyncApiController {
  private text: string | undefined;

  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get('asyncapi.json')
  show(@Res() reply: FastifyReply): void {
    const { engine, version } = this.settings;
    this.text ??= JSON.stringify(
      asyncApiDocument({ version, processes: [...engine.processes.values()] }),
    );
    void reply.header('content-type', JSON_MEDIA_TYPE).send(this.text);
  }
}
