import type { EventStore, EventToAppend } from '@ledgerdesk/event-store';
import {
  countedWith,
  flowStream,
  isLedgerdeskError,
  LedgerdeskError,
  messageOf,
  reactTo,
  type EventRegistry,
  type FlowDefinition,
  type FlowEvent,
  type FlowInstance,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { uuid5 } from '../ids';
import type { PolicyBook } from '../policies/policy-book';
import { noTracing, type TracedWork, type Tracing } from '../tracing/tracing.port';
import type { FlowAddress, FlowCatalogue } from './flow-catalogue';
import type { FlowInstanceStore, FlowSender, SealedProgress } from './flow-instance-store';
import type { FlowLimits } from './flow-limits';
import type { FlowTally } from './flow-tally';

const MESSAGE_LENGTH_MAX = 1_000;

// An append takes no further decision once it has so many events, or UTF-16 units of bodies: far
// below what a store takes at most, since a single decision may be large itself.
const APPEND_EVENTS = 100;
const APPEND_LENGTH = 256 * 1024;

/** What a reaction set, for the timers to know. */
export interface FlowTimerHint {
  readonly dueAt: string;
  /** The due index must have reached this position to know of it. */
  readonly position: bigint;
}

/** What an instance decides on the first `count` of some events. */
interface Reaction extends Pick<SealedProgress, 'instance' | 'rows'> {
  readonly events: readonly FlowEvent[];
  readonly count: number;
}

export interface FlowReactorOptions {
  readonly catalogue: FlowCatalogue;
  readonly instances: FlowInstanceStore;
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly registry: EventRegistry;
  readonly limits: Pick<FlowLimits, 'conflictRetriesMax'>;
  /** Default: flows keep the policies that they bring. */
  readonly policies?: PolicyBook;
  readonly onTimer: (hint: FlowTimerHint) => void;
  readonly tally: FlowTally;
  readonly tracing?: Tracing;
}

/**
 * Shows events to instances and records what they decide, once for each event: what an instance has
 * seen is told by its stream. An event that a flow throws on parks the one instance.
 */
export class FlowReactor {
  constructor(private readonly options: FlowReactorOptions) {}

  /**
   * The instance behind the events, which come in the order of the log. What it decides on them is
   * appended together.
   */
  react(address: FlowAddress, causes: readonly RecordedEvent[]): Promise<FlowInstance> {
    const { instances, tracing = noTracing } = this.options;
    const stream = flowStream(address.flow.name, address.key);
    const react = (): Promise<FlowInstance> =>
      instances.alone(stream, () => this.reactAlone(address, causes));
    // One append may answer several commands: each one's trace shows it.
    return causes.reduce(
      (work, cause) => () => tracing.within(() => reactionOf(address, stream, cause), work),
      react,
    )();
  }

  /**
   * Whether these events leave the instance as it is, which can be told without a look at it: it
   * has never begun, and none of them begins it. Most events of most instances are such.
   */
  passesOver({ flow, key }: FlowAddress, causes: readonly RecordedEvent[]): boolean {
    return (
      flow.counting === undefined &&
      causes.every(({ type }) => flow.events[type] === 'continues') &&
      this.options.instances.isKnownAbsent(flow, key)
    );
  }

  /** To be called with the instances of a batch before each of them is shown its events. */
  foresee(addresses: readonly FlowAddress[]): Promise<void> {
    return this.options.instances.foresee(addresses);
  }

  /** Shows an instance what it has missed while it was parked, up to the head of the log. */
  catchUp(address: FlowAddress, resumed: RecordedEvent): Promise<FlowInstance> {
    const { instances, eventStore, registry, catalogue, policies } = this.options;
    const { flow, key } = address;
    const stream = flowStream(flow.name, key);
    return instances.alone(stream, async () => {
      let instance = await instances.load(flow, key);
      const causePosition = resumed.data['causePosition'];
      const parkedAt = typeof causePosition === 'string' ? BigInt(causePosition) - 1n : 0n;
      const seenUpTo = instance.counted?.position ?? instance.seenPosition;
      const after = parkedAt > seenUpTo ? parkedAt : seenUpTo;
      const eventTypes = [...Object.keys(flow.events), ...(policies?.eventTypes ?? [])];
      for await (const row of eventStore.readAll({ after, filter: { eventTypes } })) {
        const event = registry.decode(row);
        policies?.note(event);
        const isOfThis = (other: FlowAddress): boolean => other.flow === flow && other.key === key;
        if (!catalogue.addressesOf(event).some(isOfThis)) continue;
        instance = await this.reactAlone(address, [event]);
        if (instance.status === 'parked') break;
      }
      return instance;
    });
  }

  /** Parks an instance of its own for an event that the flow cannot even say whose it is. */
  async park(flow: FlowDefinition, cause: RecordedEvent, error: unknown): Promise<void> {
    const key = `event-${cause.id}`;
    const { instances } = this.options;
    await instances.alone(flowStream(flow.name, key), async () => {
      const instance = await instances.load(flow, key);
      if (instance.status !== 'absent') return;
      const events = [parked(flow, cause, error)];
      const sender = senderOf(flow, instance, cause, events);
      const sealed = instances.seal(flow, instance, events, sender);
      await this.record(flow, instance, { ...sealed, events, count: 1 });
    });
  }

  private async reactAlone(
    { flow, key }: FlowAddress,
    causes: readonly RecordedEvent[],
  ): Promise<FlowInstance> {
    const { instances, limits } = this.options;
    for (let tries = 0; tries <= limits.conflictRetriesMax; tries += 1) {
      const instance = await instances.load(flow, key);
      const reaction = await this.decideOn(flow, instance, causes);
      if (reaction.events.length === 0) {
        instances.keepCount(flow, instance, reaction.instance);
        return reaction.instance;
      }
      const recorded = await this.record(flow, instance, reaction);
      if (recorded === undefined) continue;
      const left = causes.slice(reaction.count);
      return left.length === 0 ? recorded : this.reactAlone({ flow, key }, left);
    }
    throw conflict(flowStream(flow.name, key));
  }

  /** Stops behind the decision that makes the append large. */
  private async decideOn(
    flow: FlowDefinition,
    before: FlowInstance,
    causes: readonly RecordedEvent[],
  ): Promise<Reaction> {
    const { policies, instances } = this.options;
    const rows: EventToAppend[] = [];
    const events: FlowEvent[] = [];
    let instance = before;
    let length = 0;
    let count = 0;
    for (const cause of causes) {
      count += 1;
      const decidedBy = (await policies?.flowAt(flow, cause)) ?? flow;
      const { shown, decision } = decided(decidedBy, instance, cause);
      instance = shown;
      if (decision.length === 0) continue;
      const sender = senderOf(flow, instance, cause, decision);
      const sealed = instances.seal(flow, instance, decision, sender, cause);
      rows.push(...sealed.rows);
      events.push(...decision);
      instance = sealed.instance;
      length += sealed.length;
      if (rows.length >= APPEND_EVENTS || length >= APPEND_LENGTH) break;
    }
    return { instance, rows, events, count };
  }

  private async record(
    flow: FlowDefinition,
    before: FlowInstance,
    { events, ...progress }: Reaction,
  ): Promise<FlowInstance | undefined> {
    const { instances, onTimer, tally } = this.options;
    const appended = await instances.store(flow, before, progress);
    if (appended === undefined) return undefined;
    for (const { type, data } of events) {
      if (type === 'FlowDecided') tally.count(flow.name, 'decisions');
      if (type === 'FlowParked') tally.count(flow.name, 'parkings');
      if (type !== 'TimerSet' && type !== 'TimerMoved') continue;
      onTimer({ dueAt: data.dueAt, position: appended.position });
    }
    return appended.instance;
  }
}

/** `conflict.flow`: others kept writing to the instance. */
export function conflict(stream: string): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.flow',
    `others kept writing to ${stream} first; nothing was written, try again`,
    { details: { stream } },
  );
}

/** The id of the n-th command that an instance decides because of an event. */
export function flowCommandId(stream: string, causeId: string, index: number): string {
  return uuid5(`flow-command ${stream} ${causeId} ${index}`);
}

/** The id under which an instance records what it decides because of an event. */
export function decisionId(stream: string, causeId: string): string {
  return uuid5(`flow-decision ${stream} ${causeId}`);
}

/** Who a flow acts as. */
export function flowActor({ name }: Pick<FlowDefinition, 'name'>): string {
  return `flow:${name}`;
}

function reactionOf({ flow, key }: FlowAddress, stream: string, cause: RecordedEvent): TracedWork {
  return {
    name: `flow ${flow.name}`,
    kind: 'consumer',
    attributes: { 'ledgerdesk.flow.key': key, 'ledgerdesk.event.type': cause.type },
    command: { correlationId: cause.correlationId, commandId: decisionId(stream, cause.id) },
    follows: cause,
  };
}

interface Decided {
  /** The instance with the event counted; as before where it was parked or had seen it. */
  readonly shown: FlowInstance;
  readonly decision: readonly FlowEvent[];
}

function decided(flow: FlowDefinition, instance: FlowInstance, cause: RecordedEvent): Decided {
  const idOf = (causeId: string, index: number): string =>
    flowCommandId(instance.stream, causeId, index);
  try {
    const shown = countedWith(flow, instance, cause);
    if (shown === undefined) return { shown: instance, decision: [] };
    return { shown, decision: reactTo(flow, shown, cause, idOf) };
  } catch (error) {
    return { shown: instance, decision: [parked(flow, cause, error)] };
  }
}

function parked(flow: FlowDefinition, cause: RecordedEvent, error: unknown): FlowEvent {
  return {
    type: 'FlowParked',
    data: {
      flowVersion: flow.version,
      code: isLedgerdeskError(error) ? error.code : 'defect.flow-decision',
      message: messageOf(error).slice(0, MESSAGE_LENGTH_MAX),
      attempts: 1,
      commandId: null,
      cause: cause.id,
      causePosition: cause.position.toString(),
      wayOut: 'run a build whose flow can decide this event and retry, or skip it with a reason',
    },
  };
}

function senderOf(
  flow: FlowDefinition,
  { stream, revision }: FlowInstance,
  cause: RecordedEvent,
  events: readonly FlowEvent[],
): FlowSender {
  // An event may be parked, retried, parked again and decided in the end: only the decision's id
  // derives from the event alone, since there is one at the most.
  const isDecision = events.some(({ type }) => type === 'FlowDecided');
  return {
    tenant: cause.tenant,
    actor: flowActor(flow),
    origin: { kind: 'flow', id: flow.name, version: String(flow.version) },
    correlationId: cause.correlationId,
    causationId: cause.id,
    occurredAt: cause.occurredAt,
    commandId: isDecision
      ? decisionId(stream, cause.id)
      : uuid5(`flow-parking ${stream} ${cause.id} ${revision}`),
  };
}
