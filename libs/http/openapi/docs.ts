import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { DOCS_PATH } from '../fastify-server';
import { httpApiSettings, type HttpApiOptions } from '../http-api.options';
import { documentOf } from './openapi.controller';

/** Serves the document for people, with all scripts from here. Built on the first visit. */
export function setUpDocs(application: NestFastifyApplication, options: HttpApiOptions): void {
  const settings = httpApiSettings(options);
  SwaggerModule.setup(
    DOCS_PATH.slice(1),
    application,
    () => documentOf(settings) as unknown as OpenAPIObject,
    { raw: false, customSiteTitle: 'Ledgerdesk API' },
  );
}
