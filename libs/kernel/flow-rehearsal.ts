import type { NewEvent, RecordedEvent } from './event';
import type { FlowDefinition } from './flow';
import type { FlowEvent } from './flow-events';
import { countedWith } from './flow-counting';
import { absentFlow, extendFlow, openCommands, type FlowInstance } from './flow-instance';
import { reactTo, settleCommand } from './flow-step';

/** What became of a command in a rehearsal: by default each is accepted, without any effect. */
export type RehearsedOutcome =
  | { readonly accepted: true; readonly ticket?: string; readonly number?: string }
  | { readonly accepted: false; readonly code: string; readonly state?: string | null };

/** One event of a flow as a rehearsal recorded it. */
export interface RehearsedEvent {
  readonly key: string;
  readonly event: RecordedEvent;
  /** What it was recorded because of; null for a timer. */
  readonly cause: RecordedEvent | null;
}

/** An event that the flow threw on. */
export interface RehearsalFault {
  readonly key: string;
  readonly cause: RecordedEvent;
  readonly error: unknown;
}

/**
 * Runs one flow in memory over events that are handed in: nothing is sent, nothing is stored. What
 * tests and back-tests are made of. Timers elapse as the time of the events goes on.
 */
export class FlowRehearsal<State> {
  private readonly instances = new Map<string, FlowInstance<State>>();
  private position = 0n;
  private nowMs = 0;
  /** In the order in which they fall due. */
  private readonly timers: DueTimer[] = [];
  readonly recorded: RehearsedEvent[] = [];
  readonly faults: RehearsalFault[] = [];

  constructor(
    private readonly flow: FlowDefinition<State>,
    private readonly outcomeOf: (command: FlowEventOrder) => RehearsedOutcome = () => ({
      accepted: true,
    }),
  ) {}

  instance(key: string): FlowInstance<State> {
    return this.instances.get(key) ?? absentFlow(this.flow, key);
  }

  /** All instances that began. */
  all(): readonly FlowInstance<State>[] {
    return [...this.instances.values()].filter(({ status }) => status !== 'absent');
  }

  /** Lets timers elapse that are due by `event`'s time, then shows the flow the event. */
  see(event: RecordedEvent): void {
    this.elapse(event.occurredAt);
    const isIgnored = event.origin.kind === 'import' && this.flow.imports !== 'seen';
    if (isIgnored || this.flow.events[event.type] === undefined) return;
    const key = this.flow.correlate(event);
    if (key === undefined) return;
    this.position += 1n;
    this.react(key, { ...event, position: this.position });
  }

  /** Lets the timers elapse that are due by then, in the order in which they fall due. */
  elapse(until: string): void {
    this.nowMs = Math.max(this.nowMs, Date.parse(until));
    for (let due = this.takeDue(); due !== undefined; due = this.takeDue()) {
      const { key, name, dueAt, setBy } = due;
      const flowVersion = this.flow.version;
      const fact: FlowEvent = { type: 'TimerElapsed', data: { flowVersion, name, dueAt } };
      this.record(key, [fact], { at: dueAt, causationId: setBy, cause: null });
      this.settleAll(key);
    }
  }

  private takeDue(): DueTimer | undefined {
    for (;;) {
      const first = this.timers[0];
      if (first === undefined || Date.parse(first.dueAt) > this.nowMs) return undefined;
      this.timers.shift();
      // One that was moved, cancelled or has elapsed still stands in the list.
      const { timers } = this.instance(first.key);
      const runs = timers.some(
        ({ setBy, elapsedBy }) => setBy === first.setBy && elapsedBy === null,
      );
      if (runs) return first;
    }
  }

  private note(timer: DueTimer): void {
    let [low, high] = [0, this.timers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.timers[middle]?.dueAt ?? '') <= timer.dueAt) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
  }

  private react(key: string, cause: RecordedEvent): void {
    try {
      const before = this.instance(key);
      const instance = countedWith(this.flow, before, cause);
      if (instance === undefined) return;
      const events = reactTo(this.flow, instance, cause, (id, n) => `${id}/${n}`);
      if (instance !== before) this.instances.set(key, instance);
      const { recordedAt: at, id: causationId } = cause;
      this.record(key, events, { at, causationId, cause });
    } catch (error) {
      this.faults.push({ key, cause, error });
    }
    this.settleAll(key);
  }

  private settleAll(key: string): void {
    for (let next = this.nextCommand(key); next !== undefined; next = this.nextCommand(key)) {
      const events = settleCommand(this.flow, this.instance(key), next.id, this.settled(next));
      const at = new Date(this.nowMs).toISOString();
      if (events.length === 0) return;
      this.record(key, events, { at, causationId: next.causationId, cause: null });
    }
  }

  private nextCommand(key: string): FlowEventOrder | undefined {
    const instance = this.instance(key);
    const next = openCommands(instance)[0];
    return instance.status === 'open' && next?.status === 'pending' ? next : undefined;
  }

  private settled(command: FlowEventOrder): FlowEvent {
    const { id, process, ticket, command: name, step, tolerates, branchesOnRefusal } = command;
    const outcome = this.outcomeOf(command);
    const shared = { flowVersion: this.flow.version, commandId: id, process, command: name, step };
    if (outcome.accepted) {
      return {
        type: 'FlowCommandAccepted',
        data: {
          ...shared,
          ticket: ticket ?? outcome.ticket ?? `${process}-of-${id}`,
          number: outcome.number ?? '',
          revision: 0,
          position: '0',
          attempts: 1,
        },
      };
    }
    const { code, state = null } = outcome;
    const untolerated = branchesOnRefusal ? 'branch' : 'parked';
    const handling = tolerates.includes(code) ? 'tolerated' : untolerated;
    return {
      type: 'FlowCommandRefused',
      data: { ...shared, ticket, code, message: code, state, attempts: 1, handling },
    };
  }

  private record(
    key: string,
    events: readonly NewEvent[],
    source: Pick<RehearsedEvent, 'cause'> & {
      readonly at: string;
      readonly causationId: string | null;
    },
  ): void {
    const ownCauses: RecordedEvent[] = [];
    for (const event of events) {
      const instance = this.instance(key);
      const recorded = this.recordedEvent(instance, event, source);
      this.recorded.push({ key, event: recorded, cause: source.cause });
      this.instances.set(key, extendFlow(this.flow, instance, recorded, source.cause ?? undefined));
      if (isTimed(event)) this.note({ ...event.data, key, setBy: recorded.id });
      if (this.flow.events[event.type] !== undefined) ownCauses.push(recorded);
    }
    for (const cause of ownCauses) this.react(key, cause);
  }

  private recordedEvent(
    { stream, revision, hash }: FlowInstance<State>,
    event: NewEvent,
    source: { readonly at: string; readonly causationId: string | null },
  ): RecordedEvent {
    this.position += 1n;
    return {
      id: `${stream}@${revision + 1n}`,
      type: event.type,
      schemaVersion: 1,
      stream,
      revision: revision + 1n,
      position: this.position,
      occurredAt: source.at,
      recordedAt: source.at,
      policies: event.policies ?? [],
      previousHash: hash,
      hash,
      data: event.data,
      tenant: 'rehearsal',
      actor: `flow:${this.flow.name}`,
      onBehalfOf: null,
      origin: { kind: 'flow', id: this.flow.name, version: String(this.flow.version) },
      correlationId: 'rehearsal',
      causationId: source.causationId,
      commandId: `${stream}@${revision + 1n}`,
      commandDigest: hash,
    };
  }
}

interface DueTimer {
  readonly key: string;
  readonly name: string;
  readonly dueAt: string;
  readonly setBy: string;
}

type FlowEventOrder = FlowInstance['commands'][number];

function isTimed(
  event: NewEvent,
): event is NewEvent<'TimerSet' | 'TimerMoved', { readonly name: string; readonly dueAt: string }> {
  return event.type === 'TimerSet' || event.type === 'TimerMoved';
}
