import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { FLOW_PAGE_MAX, type FlowDesk } from '@ledgerdesk/engine';
import { FLOW_INSTANCES, FLOW_TIMERS } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { awaitPosition } from '../lists/position-wait';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { flowDeskOf } from './flow-desk-of';
import { instanceAddressOf } from './instance-address';

const WAIT = ['minPosition', 'minPositionTimeoutMs'] as const;
const STATUSES = ['open', 'parked'] as const;

/** How flows stand. */
@Controller(API_ROOT)
export class FlowsController {
  private readonly desk: FlowDesk;

  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {
    this.desk = flowDeskOf(settings.engine);
  }

  @Get('flows')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = new QueryParameters(request).allowOnly(...WAIT);
    await this.wait([FLOW_INSTANCES, FLOW_TIMERS], query);
    sendJson(reply, { items: await this.desk.list() });
  }

  @Get('flows/:flow/instances')
  async instances(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { flow } = instanceAddressOf(request);
    const query = new QueryParameters(request).allowOnly('status', 'limit', 'cursor', ...WAIT);
    const status = query.oneOf('status', STATUSES);
    const page = pageOf(query);
    await this.wait([FLOW_INSTANCES], query);
    const options = { flow, ...page, ...(status !== undefined && { status }) };
    sendJson(reply, await this.desk.instances(options));
  }

  @Get('flows/:flow/instances/:key')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { flow, key } = instanceAddressOf(request);
    const query = new QueryParameters(request).allowOnly('after', 'limit');
    const after = query.position('after');
    const limit = query.integer('limit', 1, FLOW_PAGE_MAX);
    const view = await this.desk.show(flow, key, {
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit }),
    });
    sendJson(reply, view);
  }

  @Get('flow-timers')
  async timers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = new QueryParameters(request).allowOnly('flow', 'limit', 'cursor', ...WAIT);
    const flow = query.text('flow');
    const page = pageOf(query);
    await this.wait([FLOW_TIMERS], query);
    sendJson(reply, await this.desk.timers({ ...page, ...(flow !== undefined && { flow }) }));
  }

  private wait(projections: readonly string[], query: QueryParameters): Promise<void> {
    const { engine, limits } = this.settings;
    return awaitPosition(engine, projections, query, limits);
  }
}

function pageOf(query: QueryParameters): { readonly limit?: number; readonly cursor?: string } {
  const limit = query.integer('limit', 1, FLOW_PAGE_MAX);
  const cursor = query.text('cursor');
  return { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
}
