import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { FLOW_PAGE_MAX, type FlowDesk, type FlowOperator } from '@ledgerdesk/engine';
import { FLOW_INSTANCES, FLOW_TIMERS, LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { awaitPosition } from '../lists/position-wait';
import { commandHeadersOf } from '../request/command-headers';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { actReaderFor, CompensateFlow, MoveTimer, RetryFlow, SkipFlow } from './flow-acts';
import { flowDeskOf } from './flow-desk-of';

const WAIT = ['minPosition', 'minPositionTimeoutMs'] as const;
const STATUSES = ['open', 'parked'] as const;

/** Headers that mean something to commands and nothing here. */
const ACT_WITHOUT = ['if-match', 'idempotency-key'] as const;

const retryOf = actReaderFor(RetryFlow);
const skipOf = actReaderFor(SkipFlow);
const compensationOf = actReaderFor(CompensateFlow);
const moveOf = actReaderFor(MoveTimer);

interface InstanceAddress {
  readonly flow: string;
  readonly key: string;
}

/** How flows stand, and what an operator does about those that are stuck. */
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
    const { flow } = addressOf(request);
    const query = new QueryParameters(request).allowOnly('status', 'limit', 'cursor', ...WAIT);
    const status = query.oneOf('status', STATUSES);
    const page = pageOf(query);
    await this.wait([FLOW_INSTANCES], query);
    const options = { flow, ...page, ...(status !== undefined && { status }) };
    sendJson(reply, await this.desk.instances(options));
  }

  @Get('flows/:flow/instances/:key')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { flow, key } = addressOf(request);
    const query = new QueryParameters(request).allowOnly('after', 'limit');
    const after = query.position('after');
    const limit = query.integer('limit', 1, FLOW_PAGE_MAX);
    const view = await this.desk.show(flow, key, {
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit }),
    });
    sendJson(reply, view);
  }

  @Post('flows/:flow/instances/:key/retry')
  @HttpCode(200)
  async retry(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [addressOf(request), this.operatorOf(request, 'retry')];
    const { reason } = retryOf(request.body);
    await this.desk.operations.retry(flow, key, operator, reason ?? undefined);
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Post('flows/:flow/instances/:key/skip')
  @HttpCode(200)
  async skip(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [addressOf(request), this.operatorOf(request, 'skip')];
    const { reason } = skipOf(request.body);
    await this.desk.operations.skip(flow, key, operator, reason);
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Post('flows/:flow/instances/:key/compensate')
  @HttpCode(200)
  async compensate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [addressOf(request), this.operatorOf(request, 'compensate')];
    const { step, reason } = compensationOf(request.body);
    await this.desk.operations.compensate(flow, key, operator, { fromStep: step, reason });
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Post('flows/:flow/instances/:key/timers/:timer/move')
  @HttpCode(200)
  async moveTimer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [addressOf(request), this.operatorOf(request, 'move')];
    const { timer } = request.params as { readonly timer: string };
    const { dueAt, reason } = moveOf(request.body);
    await this.desk.operations.moveTimer({ flow, key, timer }, operator, { dueAt, reason });
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Get('flow-timers')
  async timers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = new QueryParameters(request).allowOnly('flow', 'limit', 'cursor', ...WAIT);
    const flow = query.text('flow');
    const page = pageOf(query);
    await this.wait([FLOW_TIMERS], query);
    sendJson(reply, await this.desk.timers({ ...page, ...(flow !== undefined && { flow }) }));
  }

  private operatorOf(request: FastifyRequest, act: string): FlowOperator {
    new QueryParameters(request).allowOnly();
    assertNoPrecondition(request);
    const { tenant, version } = this.settings;
    const { actor } = commandHeadersOf(request.headers);
    return { tenant, actor, origin: { kind: 'api', id: `POST ${API_ROOT}/flows ${act}`, version } };
  }

  private wait(projections: readonly string[], query: QueryParameters): Promise<void> {
    const { engine, limits } = this.settings;
    return awaitPosition(engine, projections, query, limits);
  }
}

// They would be silently without effect, which is worse than to refuse them.
function assertNoPrecondition({ headers }: FastifyRequest): void {
  const header = ACT_WITHOUT.find((name) => headers[name] !== undefined);
  if (header === undefined) return;
  throw new LedgerdeskError(
    'malformed.header',
    `an act on a flow takes no ${header}; leave it out: an act that was done already is refused, ` +
      'as the instance is parked no longer, and a timer is moved to the same time again',
    { details: { header } },
  );
}

function addressOf(request: FastifyRequest): InstanceAddress {
  const { flow = '', key = '' } = request.params as Partial<InstanceAddress>;
  return { flow, key };
}

function pageOf(query: QueryParameters): { readonly limit?: number; readonly cursor?: string } {
  const limit = query.integer('limit', 1, FLOW_PAGE_MAX);
  const cursor = query.text('cursor');
  return { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
}
