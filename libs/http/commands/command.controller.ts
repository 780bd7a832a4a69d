import { Controller, HttpCode, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JSON_MEDIA_TYPE, sendJson } from '../request/json-answer';
import { commandHeadersOf } from '../request/command-headers';
import { QueryParameters } from '../request/query-parameters';
import { ticketParameterOf } from '../request/ticket-parameter';
import { commandAnswerHeaders } from './command-answer';
import { collectionPath, commandRoutesOf, type CommandRoute } from './command-route';
import { CommandSender } from './command-sender';

/**
 * A controller with one route for each command of the process: `POST /incidents` and
 * `POST /incidents/{id}/resolve`. Made at start, so that Nest knows each route.
 */
export function commandControllerOf(process: ProcessDefinition): Type {
  class ProcessCommandController {
    constructor(readonly sender: CommandSender) {}
  }
  Inject(CommandSender)(ProcessCommandController, undefined, 0);
  for (const route of commandRoutesOf(process)) addRoute(ProcessCommandController, route);
  Controller(collectionPath(process))(ProcessCommandController);
  Object.defineProperty(ProcessCommandController, 'name', { value: `${process.title}Commands` });
  return ProcessCommandController;
}

interface HasSender {
  readonly sender: CommandSender;
}

function addRoute(controller: Type<HasSender>, route: CommandRoute): void {
  const status = route.makesTicket ? 201 : 200;
  const prototype = controller.prototype as object;
  const method = route.name;
  const descriptor: PropertyDescriptor = {
    configurable: true,
    writable: true,
    value(this: HasSender, request: FastifyRequest, reply: FastifyReply): Promise<void> {
      return answerCommand(this.sender, route, request, reply.code(status));
    },
  };
  Object.defineProperty(prototype, method, descriptor);
  Req()(prototype, method, 0);
  Res()(prototype, method, 1);
  HttpCode(status)(prototype, method, descriptor);
  Post(route.segment === null ? '/' : `:id/${route.segment}`)(prototype, method, descriptor);
}

async function answerCommand(
  sender: CommandSender,
  route: CommandRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const incoming = {
    route,
    ticket: route.segment === null ? undefined : ticketParameterOf(request),
    body: request.body,
    headers: commandHeadersOf(request.headers),
  };
  if (isDryRun(request)) {
    sendJson(reply.code(200), await sender.dryRun(incoming));
    return;
  }
  const answer = await sender.send(incoming);
  void reply
    .headers(commandAnswerHeaders(route, answer))
    .header('content-type', JSON_MEDIA_TYPE)
    .send(JSON.stringify(answer));
}

/**
 * Whether the query asks for a dry run. Whoever mistypes it must not find the command recorded.
 *
 * @throws LedgerdeskError `invalid.query`
 */
export function isDryRun(request: FastifyRequest): boolean {
  return new QueryParameters(request).allowOnly('dryRun').boolean('dryRun');
}
