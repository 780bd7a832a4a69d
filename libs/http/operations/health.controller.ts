import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { ProjectionStatus } from '@ledgerdesk/engine';
import type { FastifyReply } from 'fastify';
import { FlowBeginnings } from '../flows/flow-beginnings';
import { flowHealthOf } from '../flows/flow-health';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { ProjectionWatch } from './projection-watch';

/** Liveness and readiness, for the orchestrator that runs the process. */
@Controller()
export class HealthController {
  private readonly beginnings: FlowBeginnings;

  constructor(
    @Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings,
    @Inject(ProjectionWatch) private readonly watch: ProjectionWatch,
  ) {
    this.beginnings = new FlowBeginnings(settings.engine);
  }

  /** 200 as long as the process answers; `degraded` says that someone should look. */
  @Get('health')
  async health(@Res() reply: FastifyReply): Promise<void> {
    const { statuses, error } = this.watch.last;
    const flows = await flowHealthOf(this.settings.engine);
    const isWell =
      error === undefined &&
      this.watch.laggard === undefined &&
      statuses.every(isHealthy) &&
      flows?.status !== 'degraded';
    reply.header('cache-control', 'no-store');
    sendJson(reply, {
      status: isWell ? 'ok' : 'degraded',
      version: this.settings.version,
      uptimeSeconds: Math.round(process.uptime()),
      projections: statuses,
      ...(flows !== undefined && { flows }),
      ...(this.settings.leading && { leading: this.settings.leading() }),
      ...(this.settings.broker && { broker: this.settings.broker() }),
    });
  }

  /**
   * 200 once the read models have caught up after the start and each flow has begun, here or in
   * another process; 503 before and while the log cannot be read or written, as on a full disk.
   */
  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const reasons = await this.reasonsNotReady();
    reply.header('cache-control', 'no-store').code(reasons.length === 0 ? 200 : 503);
    if (reasons.length > 0) reply.header('retry-after', '1');
    sendJson(reply, { ready: reasons.length === 0, reasons });
  }

  private async reasonsNotReady(): Promise<readonly string[]> {
    const reasons: string[] = [];
    const { eventStore } = this.settings.engine;
    try {
      await eventStore.head();
      const obstacle = await eventStore.appendObstacle?.();
      if (obstacle !== undefined) reasons.push(`nothing can be written: ${obstacle.code}`);
      const flows = await this.beginnings.outstanding();
      if (flows.length > 0) reasons.push(`flows have never run yet: ${flows.join(', ')}`);
    } catch {
      reasons.push('the event store cannot be read');
    }
    await this.watch.lookNow();
    const { statuses, error } = this.watch.last;
    if (error !== undefined) reasons.push('the projections cannot be looked at');
    for (const { name, state } of statuses) {
      if (state === 'failed' || state === 'stopped') reasons.push(`${name} is ${state}`);
      else if (!this.watch.hasCaughtUp && state !== 'live') reasons.push(`${name} is ${state}`);
    }
    if (this.settings.surfaces.length === 0) reasons.push(...brokerReasons(this.settings));
    const { laggard } = this.watch;
    if (laggard !== undefined) reasons.push(`${laggard.name} is too far behind`);
    return reasons;
  }
}

// Who serves requests goes on without the broker: the log keeps what is to be published.
function brokerReasons({ broker }: HttpApiSettings): readonly string[] {
  const relay = broker?.().relay;
  if (relay === undefined || !relay.isLeading || relay.failure === null) return [];
  return [`the log is not being published: ${relay.failure}`];
}

function isHealthy({ state, parked }: ProjectionStatus): boolean {
  return state !== 'failed' && state !== 'stopped' && parked === 0;
}
