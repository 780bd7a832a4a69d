import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { ticketReadsOf, type TicketReads } from './ticket-reads';

/**
 * The controller of the reads of single tickets: the ticket, its history, a comparison, and what
 * may come next.
 */
export function ticketControllerOf(process: ProcessDefinition): Type {
  @Controller(`${collectionPath(process)}/:id`)
  class TicketController {
    private readonly reads: TicketReads;

    constructor(@Inject(HTTP_API_SETTINGS) settings: HttpApiSettings) {
      this.reads = ticketReadsOf(process, settings);
    }

    @Get()
    show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      return this.reads.show(request, reply);
    }

    @Get('history')
    history(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      return this.reads.history(request, reply);
    }

    @Get('diff')
    diff(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      return this.reads.diff(request, reply);
    }

    @Get('allowed-commands')
    allowedCommands(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      return this.reads.allowedCommands(request, reply);
    }
  }
  return TicketController;
}
