import {
  compensationOf,
  cancelTimers,
  flowCompleted,
  flowStream,
  LedgerdeskError,
  openCommands,
  timerMoved,
  utcTimeOf,
  type FlowDefinition,
  type FlowEvent,
  type FlowInstance,
  type FlowParking,
  type FlowTimer,
  type Origin,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import { uuid5 } from '../ids';
import type { FlowCatalogue } from './flow-catalogue';
import type { FlowInstanceStore } from './flow-instance-store';
import { conflict } from './flow-reactor';

const REASON_LENGTH_MAX = 2_000;
const TRIES_MAX = 20;

/** A person who acts on a parked instance, and through what. */
export interface FlowOperator {
  readonly tenant: string;
  readonly actor: string;
  readonly origin: Origin;
}

/** A timer of an instance. */
export interface FlowTimerAddress {
  readonly flow: string;
  readonly key: string;
  readonly timer: string;
}

export interface FlowOperationsOptions {
  readonly catalogue: FlowCatalogue;
  readonly instances: FlowInstanceStore;
  readonly clock: Clock;
}

type Act = (
  flow: FlowDefinition,
  instance: FlowInstance,
  parking: FlowParking,
) => readonly FlowEvent[];

/**
 * What a person can do about an instance that is stuck. Each act is an event with the person's
 * name; the runner follows it up, wherever it runs.
 */
export class FlowOperations {
  constructor(private readonly options: FlowOperationsOptions) {}

  /**
   * The instance as of now.
   *
   * @throws LedgerdeskError `missing.flow`, `missing.flow-instance`
   */
  async load(flowName: string, key: string): Promise<FlowInstance> {
    const flow = this.flow(flowName);
    const { instances } = this.options;
    const stream = flowStream(flow.name, key);
    return instances.alone(stream, async () => {
      instances.forget(stream);
      const instance = await instances.load(flow, key);
      if (instance.revision >= 0n) return instance;
      throw new LedgerdeskError(
        'missing.flow-instance',
        `the flow ${flow.name} has no instance ${key}; list those that are open`,
        { details: { flow: flow.name, key } },
      );
    });
  }

  /**
   * Lets a parked instance try again what it was parked for.
   *
   * @throws LedgerdeskError `missing.flow`, `missing.flow-instance`, `refused.flow-not-parked`
   */
  async retry(
    flow: string,
    key: string,
    operator: FlowOperator,
    reason?: string,
  ): Promise<FlowInstance> {
    if (reason !== undefined) assertReason(reason);
    return this.act({ flow, key, operator }, ({ version }, _, parking) => [
      {
        type: 'FlowRetried',
        data: {
          flowVersion: version,
          commandId: parking.commandId,
          cause: parking.cause,
          causePosition: parking.causePosition,
          reason: reason ?? null,
        },
      },
    ]);
  }

  /**
   * Lets a parked instance go on without what it was parked for.
   *
   * @throws LedgerdeskError `missing.flow`, `missing.flow-instance`, `refused.flow-not-parked`,
   * `invalid.flow-reason`
   */
  async skip(
    flow: string,
    key: string,
    operator: FlowOperator,
    reason: string,
  ): Promise<FlowInstance> {
    assertReason(reason);
    return this.act({ flow, key, operator }, (definition, instance, parking) => {
      const { commandId, cause, causePosition } = parking;
      const others = openCommands(instance).filter(({ id }) => id !== commandId);
      const isOver = instance.isCompleting && others.length === 0;
      return [
        {
          type: 'FlowSkipped',
          data: { flowVersion: definition.version, commandId, cause, causePosition, reason },
        },
        ...(isOver ? [flowCompleted(definition, instance.wasCompensated)] : []),
      ];
    });
  }

  /**
   * Undoes what a parked instance did from a step on, last first, and ends it.
   *
   * @throws LedgerdeskError `missing.flow`, `missing.flow-instance`, `refused.flow-not-parked`,
   * `refused.flow-step` (details.steps) for a step that it did not take, `refused.flow-outcome`
   * where the parked command may have had its effect: retry it first
   */
  async compensate(
    flow: string,
    key: string,
    operator: FlowOperator,
    { fromStep, reason }: { readonly fromStep: string; readonly reason: string },
  ): Promise<FlowInstance> {
    assertReason(reason);
    return this.act({ flow, key, operator }, (definition, instance, parking) => {
      assertStep(instance, fromStep);
      if (parking.code.startsWith('unknown-outcome.')) throw unknownOutcome(instance);
      const event = compensationOf(definition, instance, {
        fromStep,
        reason,
        completes: true,
        idOf: (index) => uuid5(`flow-undoing ${instance.stream} ${parking.event} ${index}`),
      });
      const { withdrawn, commands } = event.data;
      const others = openCommands(instance).filter(({ id }) => !withdrawn.includes(id));
      const isOver = commands.length === 0 && others.length === 0;
      const timers = cancelTimers(definition, instance.timers);
      return [event, ...timers, ...(isOver ? [flowCompleted(definition, true)] : [])];
    });
  }

  /**
   * Gives a timer that runs another time; one that is past lets it elapse at once. ISO 8601, UTC.
   *
   * @throws LedgerdeskError `missing.flow`, `missing.flow-instance`, `missing.flow-timer`
   * (details.timers) where it does not run, `invalid.flow-reason`, `invalid.due-time`
   */
  async moveTimer(
    { flow: name, key, timer }: FlowTimerAddress,
    operator: FlowOperator,
    { dueAt: to, reason }: { readonly dueAt: string; readonly reason: string },
  ): Promise<FlowInstance> {
    assertReason(reason);
    const dueAt = utcTimeOf(to);
    if (dueAt === undefined) throw invalidDueTime(to);
    const flow = this.flow(name);
    const stream = flowStream(name, key);
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const instance = await this.load(name, key);
      const running = runningTimer(instance, timer);
      if (running.dueAt === dueAt) return instance;
      const { dueAt: previousDueAt, setBy, tenant, correlationId } = running;
      const event = timerMoved(flow, { name: timer, dueAt, previousDueAt, reason });
      const { instances, clock } = this.options;
      const appended = await instances.alone(stream, () =>
        instances.append(flow, instance, [event], {
          ...operator,
          tenant,
          correlationId,
          causationId: setBy,
          occurredAt: clock.now().toISOString(),
          commandId: uuid5(`flow-timer-move ${stream} ${instance.revision} ${dueAt}`),
        }),
      );
      if (appended !== undefined) return appended.instance;
    }
    throw conflict(stream);
  }

  private async act(
    { flow: name, key, operator }: { flow: string; key: string; operator: FlowOperator },
    decide: Act,
  ): Promise<FlowInstance> {
    const flow = this.flow(name);
    const { instances, clock } = this.options;
    const stream = flowStream(flow.name, key);
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const instance = await this.load(name, key);
      const { parking } = instance;
      if (instance.status !== 'parked' || parking === null) throw notParked(instance);
      const events = decide(flow, instance, parking);
      const id = uuid5(`flow-operation ${stream} ${parking.event} ${instance.revision}`);
      const appended = await instances.alone(stream, () =>
        instances.append(flow, instance, events, {
          ...operator,
          correlationId: id,
          causationId: parking.event,
          occurredAt: clock.now().toISOString(),
          commandId: id,
        }),
      );
      if (appended !== undefined) return appended.instance;
    }
    throw conflict(stream);
  }

  /** @throws LedgerdeskError `missing.flow` (details.flows) */
  flow(name: string): FlowDefinition {
    const { flows } = this.options.catalogue;
    const flow = flows.get(name);
    if (flow !== undefined) return flow;
    throw new LedgerdeskError(
      'missing.flow',
      `there is no flow ${name}; there are ${[...flows.keys()].join(', ')}`,
      { details: { flow: name, flows: [...flows.keys()] } },
    );
  }
}

function runningTimer({ flow, key, timers }: FlowInstance, name: string): FlowTimer {
  const running = timers.filter(({ elapsedBy }) => elapsedBy === null);
  const timer = running.find((candidate) => candidate.name === name);
  if (timer !== undefined) return timer;
  const names = running.map((candidate) => candidate.name);
  throw new LedgerdeskError(
    'missing.flow-timer',
    `the timer ${name.slice(0, 80)} of ${flow} does not run for ${key}; ` +
      `there is ${names.join(', ') || 'none'}`,
    { details: { flow, key, timers: names } },
  );
}

function invalidDueTime(dueAt: string): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.due-time',
    `${dueAt.slice(0, 60)} is no time; give one with its offset, such as 2026-03-02T08:00:00Z`,
    { details: { dueAt: dueAt.slice(0, 60) } },
  );
}

function assertReason(reason: string): void {
  const isSaid = reason.trim().length > 0 && reason.length <= REASON_LENGTH_MAX;
  if (isSaid && reason.isWellFormed()) return;
  throw new LedgerdeskError(
    'invalid.flow-reason',
    `say why in 1 to ${REASON_LENGTH_MAX} characters: the log keeps it`,
    { details: { length: reason.length } },
  );
}

function assertStep({ flow, key, commands }: FlowInstance, fromStep: string): void {
  const steps = [...new Set(commands.map(({ step }) => step))];
  if (steps.includes(fromStep)) return;
  throw new LedgerdeskError(
    'refused.flow-step',
    `the flow ${flow} took no step ${fromStep}; it took ${steps.join(', ') || 'none'}`,
    { details: { flow, key, steps } },
  );
}

function unknownOutcome({ flow, key }: FlowInstance): LedgerdeskError {
  return new LedgerdeskError(
    'refused.flow-outcome',
    'the parked command may have had its effect; retry it first: it takes effect once',
    { details: { flow, key } },
  );
}

function notParked({ flow, key, status }: FlowInstance): LedgerdeskError {
  return new LedgerdeskError(
    'refused.flow-not-parked',
    `the instance ${key} of ${flow} is ${status}, not parked; only a parked one can be acted upon`,
    { details: { flow, key, status } },
  );
}
