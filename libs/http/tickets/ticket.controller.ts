import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import { parseInstant, ticketAt, ticketDiff, ticketHistory, type Instant } from '@ledgerdesk/audit';
import { allowedCommands, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { matchesNone } from '../request/command-headers';
import { sendJson } from '../request/json-answer';
import { invalidQuery, QueryParameters } from '../request/query-parameters';
import { ticketParameterOf } from '../request/ticket-parameter';
import { etagOf, ticketView } from './ticket-view';

const AXES = ['occurredAt', 'recordedAt'] as const;
const DIRECTIONS = ['forwards', 'backwards'] as const;
const HISTORY_PAGE_MAX = 1000;

/** The controller of the reads of single tickets, each folded from its own stream. */
export function ticketControllerOf(process: ProcessDefinition): Type {
  @Controller(`${collectionPath(process)}/:id`)
  class TicketController {
    constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

    @Get()
    async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly('at', 'axis');
      const instant = instantOf(query, 'at');
      const { engine } = this.settings;
      if (instant !== undefined) {
        const address = await this.addressOf(request);
        sendJson(reply, ticketView(await ticketAt(engine, address, instant)));
        return;
      }
      const ticket = await engine.tickets.load(process.name, ticketParameterOf(request));
      const etag = etagOf(ticket.revision);
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (matchesNone(request.headers['if-none-match'], etag)) void reply.code(304).send();
      else sendJson(reply, ticketView(ticket));
    }

    @Get('history')
    async history(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly(
        'at',
        'axis',
        'limit',
        'after',
        'direction',
      );
      const at = instantOf(query, 'at');
      const limit = query.integer('limit', 1, HISTORY_PAGE_MAX);
      const after = query.position('after');
      const direction = query.oneOf('direction', DIRECTIONS);
      const page = await ticketHistory(this.settings.engine, await this.addressOf(request), {
        ...(at !== undefined && { at }),
        ...(limit !== undefined && { limit }),
        ...(after !== undefined && { after }),
        ...(direction !== undefined && { direction }),
      });
      sendJson(reply, page);
    }

    @Get('diff')
    async diff(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly('from', 'to', 'axis');
      const from = instantOf(query, 'from');
      if (from === undefined) {
        throw invalidQuery('from', 'say from which instant: a time, position:N or revision:N');
      }
      const address = await this.addressOf(request);
      const to = instantOf(query, 'to') ?? {};
      sendJson(reply, await ticketDiff(this.settings.engine, address, from, to));
    }

    @Get('allowed-commands')
    async allowedCommands(
      @Req() request: FastifyRequest,
      @Res() reply: FastifyReply,
    ): Promise<void> {
      new QueryParameters(request).allowOnly();
      const { engine } = this.settings;
      const ticket = await engine.tickets.load(process.name, ticketParameterOf(request));
      const actor = request.headers['x-actor'];
      const commands = allowedCommands(process, ticket.state, {
        id: ticket.id,
        number: '',
        actor: typeof actor === 'string' ? actor : '',
        onBehalfOf: null,
        now: engine.clock.now().toISOString(),
        policies: process.policies,
        tickets: new Map(),
        related: new Map(),
        blobs: new Set(),
      });
      reply.header('etag', etagOf(ticket.revision)).header('cache-control', 'no-cache');
      sendJson(reply, {
        id: ticket.id,
        state: ticket.state.state,
        revision: String(ticket.revision),
        commands: commands.map((command) => ({
          ...command,
          path: `${collectionPath(process)}/${ticket.id}/${command.route ?? ''}`,
        })),
      });
    }

    private async addressOf(
      request: FastifyRequest,
    ): Promise<{ process: ProcessDefinition; id: string }> {
      const id = await this.settings.engine.tickets.resolveId(
        process.name,
        ticketParameterOf(request),
      );
      return { process, id };
    }
  }
  return TicketController;
}

function instantOf(query: QueryParameters, name: string): Instant | undefined {
  const text = query.text(name);
  const axis = query.oneOf('axis', AXES);
  if (text === undefined) return undefined;
  // In a URL an unescaped plus sign is a blank: `+01:00` is meant.
  return parseInstant(text.replace(/ (?=\d{2}:\d{2}$)/, '+'), axis);
}
