import { Controller, Get, Inject, Req, Res, type Type } from '@nestjs/common';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import {
  ticketBoard,
  ticketCounters,
  ticketFiguresName,
  ticketKpis,
  ticketListName,
  ticketWorkload,
} from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { awaitPosition } from './position-wait';

const WAIT = ['minPosition', 'minPositionTimeoutMs'] as const;
const CARDS_MAX = 100;
const PAGE_MAX = 1000;
const KPI_DAYS_DEFAULT = 30;
const DAY_MS = 86_400_000;

/**
 * The controller of the views over all tickets of a process: board, counters, workload, key
 * figures.
 */
export function viewControllerOf(process: ProcessDefinition): Type {
  const list = ticketListName(process);
  const figures = ticketFiguresName(process);

  @Controller(collectionPath(process))
  class ViewController {
    constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

    @Get('board')
    async board(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly('cards', ...WAIT);
      const cards = query.integer('cards', 1, CARDS_MAX);
      await this.wait([list, figures], query);
      const options = cards === undefined ? {} : { cards };
      sendJson(reply, await ticketBoard(this.settings.engine.readStore, process, options));
    }

    @Get('counters')
    async counters(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly(...WAIT);
      await this.wait([figures], query);
      sendJson(reply, await ticketCounters(this.settings.engine.readStore, process));
    }

    @Get('workload')
    async workload(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly('limit', 'cursor', ...WAIT);
      const limit = query.integer('limit', 1, PAGE_MAX);
      const cursor = query.text('cursor');
      await this.wait([figures], query);
      const page = await ticketWorkload(this.settings.engine.readStore, process, {
        ...(limit !== undefined && { limit }),
        ...(cursor !== undefined && { cursor }),
      });
      sendJson(reply, page);
    }

    @Get('kpis')
    async kpis(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new QueryParameters(request).allowOnly('from', 'to', ...WAIT);
      const { engine } = this.settings;
      const to = query.text('to') ?? dayOf(engine.clock.now());
      const from = query.text('from') ?? daysBefore(to, KPI_DAYS_DEFAULT - 1);
      await this.wait([figures], query);
      sendJson(reply, await ticketKpis(engine.readStore, process, { from, to }));
    }

    private wait(projections: readonly string[], query: QueryParameters): Promise<void> {
      const { engine, limits } = this.settings;
      return awaitPosition(engine, projections, query, limits);
    }
  }
  return ViewController;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

// A day that is none stays as it is: the query then says what is wrong with it.
function daysBefore(day: string, days: number): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? day : dayOf(new Date(time - days * DAY_MS));
}
