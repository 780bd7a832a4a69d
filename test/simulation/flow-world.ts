import {
  Engine,
  MemoryBlobStore,
  PipelineDispatch,
  type CommandDispatch,
  type FlowMetrics,
} from '@ledgerdesk/engine';
import { LogFlowIndex, ManualClock } from '@ledgerdesk/engine/testing';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { flows as shippedFlows } from '@ledgerdesk/flows';
import {
  hasErrorKind,
  LedgerdeskError,
  type FlowDefinition,
  type FlowInstance,
} from '@ledgerdesk/kernel';
import { incidentProcess } from '@ledgerdesk/processes';
import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { MemoryReadStore } from '@ledgerdesk/read-store';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { everyThird } from './every-third.flow';
import { Incarnation, type FaultPlan } from './fault-plan';
import { FaultyEventStore } from './faulty-event-store';

const TURNS_MAX = 20_000;

const flows = [...shippedFlows, everyThird as FlowDefinition];

const processes: readonly ProcessDefinition[] = [incidentProcess as unknown as ProcessDefinition];

interface WorldParts {
  readonly eventStore: EventStore;
  readonly clock: ManualClock;
  readonly desk: Engine;
  readonly plan: FaultPlan | undefined;
}

/**
 * A desk whose people work on a sound engine, while the flows run in a process that is killed,
 * cut off and served twice as the plan has it, and started again.
 */
export class FlowWorld {
  private readonly eventStore: EventStore;
  private readonly clock: ManualClock;
  private readonly desk: Engine;
  private readonly plan: FaultPlan | undefined;
  private readonly index: LogFlowIndex;
  private commands = 0;
  private flowEngine: Engine | undefined;
  private life = new Incarnation(undefined);

  private constructor(things: WorldParts) {
    this.eventStore = things.eventStore;
    this.clock = things.clock;
    this.desk = things.desk;
    this.plan = things.plan;
    this.index = new LogFlowIndex(things.eventStore);
  }

  static async open(plan: FaultPlan | undefined): Promise<FlowWorld> {
    const eventStore = await openEventStore('memory:');
    const clock = new ManualClock();
    const desk = await Engine.open({ ...parts(eventStore), clock });
    const world = new FlowWorld({ eventStore, clock, desk, plan });
    await world.start();
    return world;
  }

  /** A person sends a command; a refusal is an answer like another. */
  async send(command: string, ticket: string | null, body: object): Promise<string | undefined> {
    this.commands += 1;
    const type = incidentProcess.commands[command]?.type;
    if (type === undefined) throw new Error(`there is no command ${command}`);
    try {
      const { id } = await this.desk.commands.execute({
        process: 'incident',
        ...(ticket !== null && { ticket }),
        command: Object.assign(new type(), body),
        commandId: `01900000-0000-7000-8000-${String(this.commands).padStart(12, '0')}`,
        tenant: 'acme',
        actor: 'ada',
        onBehalfOf: null,
        origin: { kind: 'api', id: 'simulation', version: '1' },
      });
      return id;
    } catch (error) {
      if (hasErrorKind(error, 'refused')) return undefined;
      throw error;
    }
  }

  /** Waits until the flows have nothing to do, over as many lives as it takes. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      if (this.life.isDead) await this.start();
      if (await this.isSettled()) return;
      await nextTurn();
    }
    throw new Error(`the flows did not come to rest within ${TURNS_MAX} turns`);
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    this.flowEngine?.flows?.rouseTimers();
    await this.settle();
  }

  /** Everything that must not depend on faults. */
  async endState(): Promise<readonly string[]> {
    const streams = new Map<string, string[]>();
    for await (const { stream, type } of this.eventStore.readAll()) {
      if (stream.startsWith('numbers-')) continue;
      streams.set(stream, [...(streams.get(stream) ?? []), type]);
    }
    const auditor = await Engine.open({
      ...parts(this.eventStore),
      flows,
      flowOptions: { index: this.index, limits: { cachedInstancesMax: 50 } },
    });
    const lines: string[] = [];
    for (const [stream, types] of streams) lines.push(await this.lineOf(auditor, stream, types));
    await auditor.close();
    return lines.sort();
  }

  async close(): Promise<void> {
    const engine = this.flowEngine;
    if (!this.life.isDead) await engine?.close().catch(() => undefined);
    this.life.die();
    await this.desk.close();
    await this.eventStore.close();
  }

  private async lineOf(auditor: Engine, stream: string, types: readonly string[]): Promise<string> {
    if (stream.startsWith('incident-')) {
      const { state } = await this.desk.tickets.load('incident', stream.slice('incident-'.length));
      return `${stream} ${types.join(' ')} ${JSON.stringify(state)}`;
    }
    // What becomes of a command and what follows from its events are recorded in either order.
    const instance = JSON.stringify(await instanceOf(auditor, stream));
    return `${stream} ${types.toSorted().join(' ')} ${instance}`;
  }

  private async isSettled(): Promise<boolean> {
    let at: FlowMetrics | undefined;
    try {
      at = await this.flowEngine?.flows?.metrics();
    } catch {
      return false;
    }
    if (this.life.isDead || at === undefined || at.lagEvents > 0n || at.backlog > 0) return false;
    const due = await this.index.due(this.clock.now().toISOString(), 1);
    if (due.length > 0) return false;
    for await (const stream of this.index.unfinished()) if (stream !== '') return false;
    return true;
  }

  private async start(): Promise<void> {
    for (;;) {
      const life = new Incarnation(this.plan);
      this.life = life;
      try {
        const eventStore = new FaultyEventStore(this.eventStore, life, this.plan);
        this.flowEngine = await Engine.open({
          ...parts(eventStore),
          clock: this.clock,
          flows,
          backOff: { random: () => 0, delay: () => life.rest() },
          flowOptions: {
            index: this.index,
            scheduler: { after: () => () => undefined },
            dispatch: this.dispatchOf(life),
            limits: {
              commandAttemptsMax: 1_000,
              batchEventsMax: 3,
              cachedInstancesMax: 50,
              busyRestMs: 0,
              busyRestMaxMs: 0,
            },
          },
        });
        return;
      } catch {
        // It died, or found the store down, while it started: it is started again.
        life.die();
      }
    }
  }

  private dispatchOf(life: Incarnation): CommandDispatch {
    const dispatch = new PipelineDispatch(this.desk.processes, this.desk.commands);
    const unavailable = (): Error => new LedgerdeskError('unavailable.broker', 'no broker');
    return {
      send: (request) =>
        life.call(`sending of ${request.command}`, () => dispatch.send(request), unavailable),
    };
  }
}

async function instanceOf(auditor: Engine, stream: string): Promise<unknown> {
  const flow = flows.find(({ name }) => stream.startsWith(`flow-${name}-`));
  if (flow === undefined) throw new Error(`no flow has the stream ${stream}`);
  const key = stream.slice(`flow-${flow.name}-`.length);
  const instance = await auditor.flows?.operations.load(flow.name, key);
  return instance === undefined ? undefined : summaryOf(instance);
}

function parts(eventStore: EventStore): Parameters<typeof Engine.open>[0] {
  const ids = new Map<string, string>();
  return {
    eventStore,
    readStore: new MemoryReadStore(),
    processes,
    projections: [],
    blobs: new MemoryBlobStore(),
    // Small ones are made fast: a run opens an engine for each life.
    limits: { cachedStreamsMax: 50, cachedEventsMax: 2_000 },
    numbers: {
      find: (_, number) => Promise.resolve(ids.get(number)),
      remember: (_, number, id) => {
        ids.set(number, id);
      },
    },
  };
}

function summaryOf({ status, run, state, timers, commands, parking }: FlowInstance): object {
  return {
    status,
    run,
    state,
    timers: timers.map(({ name, dueAt, elapsedBy }) => ({ name, dueAt, elapsedBy })),
    commands: commands.map(({ command, ticket, status: standing }) => [command, ticket, standing]),
    parking: parking === null ? null : [parking.code, parking.commandId],
  };
}
