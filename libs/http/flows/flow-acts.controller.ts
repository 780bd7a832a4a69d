import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FlowDesk, FlowOperator } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ROOT } from '../commands/command-route';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { commandHeadersOf } from '../request/command-headers';
import { sendJson } from '../request/json-answer';
import { QueryParameters } from '../request/query-parameters';
import { actReaderFor, CompensateFlow, MoveTimer, RetryFlow, SkipFlow } from './flow-acts';
import { flowDeskOf } from './flow-desk-of';
import { instanceAddressOf } from './instance-address';

/** Headers that mean something to commands and nothing here. */
const ACT_WITHOUT = ['if-match', 'idempotency-key'] as const;

const retryOf = actReaderFor(RetryFlow);
const skipOf = actReaderFor(SkipFlow);
const compensationOf = actReaderFor(CompensateFlow);
const moveOf = actReaderFor(MoveTimer);

/** What an operator does about flows that are stuck; whoever runs the flow follows it up. */
@Controller(API_ROOT)
export class FlowActsController {
  private readonly desk: FlowDesk;

  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {
    this.desk = flowDeskOf(settings.engine);
  }

  @Post('flows/:flow/instances/:key/retry')
  @HttpCode(200)
  async retry(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [
      instanceAddressOf(request),
      this.operatorOf(request, 'retry'),
    ];
    const { reason } = retryOf(request.body);
    await this.desk.operations.retry(flow, key, operator, reason ?? undefined);
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Post('flows/:flow/instances/:key/skip')
  @HttpCode(200)
  async skip(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [
      instanceAddressOf(request),
      this.operatorOf(request, 'skip'),
    ];
    const { reason } = skipOf(request.body);
    await this.desk.operations.skip(flow, key, operator, reason);
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Post('flows/:flow/instances/:key/compensate')
  @HttpCode(200)
  async compensate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [
      instanceAddressOf(request),
      this.operatorOf(request, 'compensate'),
    ];
    const { step, reason } = compensationOf(request.body);
    await this.desk.operations.compensate(flow, key, operator, { fromStep: step, reason });
    sendJson(reply, await this.desk.show(flow, key));
  }

  @Post('flows/:flow/instances/:key/timers/:timer/move')
  @HttpCode(200)
  async moveTimer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [{ flow, key }, operator] = [
      instanceAddressOf(request),
      this.operatorOf(request, 'move'),
    ];
    const { timer } = request.params as { readonly timer: string };
    const { dueAt, reason } = moveOf(request.body);
    await this.desk.operations.moveTimer({ flow, key, timer }, operator, { dueAt, reason });
    sendJson(reply, await this.desk.show(flow, key));
  }

  private operatorOf(request: FastifyRequest, act: string): FlowOperator {
    new QueryParameters(request).allowOnly();
    assertNoPrecondition(request);
    const { tenant, version } = this.settings;
    const { actor } = commandHeadersOf(request.headers);
    return { tenant, actor, origin: { kind: 'api', id: `POST ${API_ROOT}/flows ${act}`, version } };
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
