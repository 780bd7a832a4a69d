import { flowStream, type FlowEvent, type FlowInstance, type FlowTimer } from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { FlowAddress, FlowCatalogue } from '../flows/flow-catalogue';
import type { DueTimer } from '../flows/flow-index.port';
import type { FlowInstanceStore } from '../flows/flow-instance-store';
import { conflict } from '../flows/flow-reactor';
import type { FlowTally } from '../flows/flow-tally';
import { uuid5 } from '../ids';

const TRIES_MAX = 20;

export interface TimerElapserOptions {
  readonly catalogue: FlowCatalogue;
  readonly instances: FlowInstanceStore;
  readonly clock: Clock;
  readonly tally: FlowTally;
}

/**
 * Records `TimerElapsed` on the instance, once: what the index shows may be old, so the instance's
 * own stream says whether the timer still runs. The flow decides on it when it meets it in the log.
 */
export class TimerElapser {
  constructor(private readonly options: TimerElapserOptions) {}

  /** The position of the event; undefined where the timer runs no more. */
  async elapse(due: DueTimer): Promise<bigint | undefined> {
    const { catalogue, instances, clock, tally } = this.options;
    const address = catalogue.addressOf(due.stream);
    if (address === undefined) return undefined;
    const { flow, key } = address;
    const stream = flowStream(flow.name, key);
    return instances.alone(stream, async () => {
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const { instance, timer } = await this.timerOf(address, due);
        const now = clock.now().toISOString();
        if (timer === undefined || timer.elapsedBy !== null || timer.dueAt > now) return undefined;
        const { name, dueAt, setBy, tenant, correlationId } = timer;
        const event: FlowEvent = {
          type: 'TimerElapsed',
          data: { flowVersion: flow.version, name, dueAt },
        };
        const appended = await instances.append(flow, instance, [event], {
          tenant,
          correlationId,
          actor: `timer:${name}`,
          origin: { kind: 'timer', id: `${flow.name}/${name}`, version: String(flow.version) },
          causationId: setBy,
          occurredAt: now,
          commandId: uuid5(`flow-timer ${stream} ${setBy}`),
        });
        if (appended === undefined) continue;
        tally.count(flow.name, 'timersElapsed');
        return appended.position;
      }
      throw conflict(stream);
    });
  }

  private async timerOf(
    { flow, key }: FlowAddress,
    due: DueTimer,
  ): Promise<{ readonly instance: FlowInstance; readonly timer: FlowTimer | undefined }> {
    const { instances } = this.options;
    const known = await instances.load(flow, key);
    const timer = timerNamed(known, due.name);
    if (timer?.setBy === due.setBy) return { instance: known, timer };
    // The index may be behind, or ahead: then somebody in another process or thread has moved it.
    instances.forget(known.stream);
    const instance = await instances.load(flow, key);
    return { instance, timer: timerNamed(instance, due.name) };
  }
}

function timerNamed({ timers }: FlowInstance, name: string): FlowTimer | undefined {
  return timers.find((timer) => timer.name === name);
}
