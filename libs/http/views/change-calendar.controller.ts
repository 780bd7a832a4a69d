import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  CHANGE_CALENDAR,
  changeCalendar,
  CONFIGURATION_GRAPH,
  freeSlotOf,
  ITEM_PROJECTIONS,
} from '@ledgerdesk/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { awaitView, ticketOf, timeOf, viewQuery } from './view-request';

const PROJECTIONS = [CHANGE_CALENDAR, CONFIGURATION_GRAPH, ...ITEM_PROJECTIONS];
const DAYS_DEFAULT = 30;
const DAY_MS = 86_400_000;

/** The change calendar with its conflicts, and the next window of a change. */
@Controller(API_ROOT)
export class ChangeCalendarController {
  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {}

  @Get('change-calendar')
  async calendar(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { engine } = this.settings;
    const query = viewQuery(request, 'from', 'to', 'ci', 'service');
    const from = timeOf(query, 'from') ?? engine.clock.now().toISOString();
    const to = timeOf(query, 'to') ?? daysAfter(from, DAYS_DEFAULT);
    const configurationItem = query.text('ci');
    const service = query.text('service');
    await awaitView(this.settings, PROJECTIONS, query);
    const calendar = await changeCalendar(engine.readStore, {
      from,
      to,
      ...(configurationItem !== undefined && { configurationItem }),
      ...(service !== undefined && { service }),
    });
    sendJson(reply, calendar);
  }

  @Get('changes/:id/free-slot')
  async freeSlot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { engine } = this.settings;
    const query = viewQuery(request, 'from');
    const from = timeOf(query, 'from') ?? engine.clock.now().toISOString();
    const { id } = await ticketOf(engine, 'change', request);
    await awaitView(this.settings, PROJECTIONS, query);
    sendJson(reply, await freeSlotOf(engine.readStore, id, from));
  }
}

function daysAfter(time: string, days: number): string {
  return new Date(Date.parse(time) + days * DAY_MS).toISOString();
}
