import { Controller, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { newUuid7 } from '@ledgerdesk/engine';
import { LedgerdeskError, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { commandHeadersOf } from '../request/command-headers';
import { sendJson } from '../request/json-answer';
import { runBulk } from './bulk';
import { collectionPath, commandRoutesOf, type CommandRoute } from './command-route';
import { CommandSender } from './command-sender';
import { isDryRun } from './command.controller';

/** The controller of `POST /incidents/bulk`. */
export function bulkControllerOf(process: ProcessDefinition): Type {
  const path = `${collectionPath(process)}/bulk`;
  const routes = routesByName(process);

  @Controller(path)
  class BulkController {
    constructor(
      @Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings,
      @Inject(CommandSender) private readonly sender: CommandSender,
    ) {}

    @Post()
    async run(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const headers = commandHeadersOf(request.headers);
      if (headers.expectedRevision !== undefined) {
        throw new LedgerdeskError(
          'malformed.header',
          'If-Match stands for one ticket; give each row its own "expectedRevision"',
          { details: { header: 'If-Match' } },
        );
      }
      const dryRun = isDryRun(request);
      const idempotencyKey = headers.idempotencyKey ?? newUuid7();
      const results = await runBulk(request.body, {
        routes,
        limits: this.settings.limits,
        idempotencyKey,
        headers,
        path,
        send: (incoming) => (dryRun ? this.sender.dryRun(incoming) : this.sender.send(incoming)),
        onInternalProblem: ({ document }, error) => {
          this.settings.log.error({ err: error, instance: document.instance }, 'bulk row failed');
        },
        newId: newUuid7,
      });
      reply.code(200).header('idempotency-key', idempotencyKey);
      const rejected = results.filter(({ status }) => status >= 400).length;
      sendJson(reply, { accepted: results.length - rejected, rejected, results });
    }
  }
  return BulkController;
}

// By the command's name and by the last segment of its route: `ResolveIncident`, `resolve`.
function routesByName(process: ProcessDefinition): ReadonlyMap<string, CommandRoute> {
  const routes = new Map<string, CommandRoute>();
  for (const route of commandRoutesOf(process)) {
    routes.set(route.name, route);
    routes.set(route.segment ?? 'register', route);
  }
  return routes;
}
