import type { EventStore } from '@ledgerdesk/event-store';
import {
  absentFlow,
  canonicalJson,
  countedWith,
  extendFlow,
  flowEvents,
  flowKeyOfStream,
  flowStream,
  messageOf,
  policyEventTypes,
  reactTo,
  type EventRegistry,
  type FlowDefinition,
  type FlowInstance,
  type NewEvent,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { PolicyVersions } from '../policies/policy-versions';
import { flowCommandId } from './flow-reactor';

/** The log whose decisions are made again. */
export interface ReplayLog {
  readonly eventStore: Pick<EventStore, 'readAll' | 'readStream'>;
  readonly registry: Pick<EventRegistry, 'decode'>;
}

/**
 * `different`: the flow would decide otherwise now. `missed`: it would have decided on an event
 * that it passed over. `threw`: it cannot decide any more.
 */
export interface ReplayDifference {
  readonly kind: 'different' | 'missed' | 'threw';
  readonly stream: string;
  /** Id of the event that was decided on. */
  readonly cause: string;
  /** Version that decided then; null for what was missed. */
  readonly version: number | null;
  /** Canonical JSON of what was recorded, and of what would be. */
  readonly recorded: string;
  readonly decided: string;
}

export interface ReplayReport {
  readonly flow: string;
  readonly version: number;
  readonly instances: number;
  readonly decisions: number;
  readonly differenceCount: number;
  /** The first ones, at most {@link REPLAY_DIFFERENCES_MAX}. */
  readonly differences: readonly ReplayDifference[];
}

/** Differences that a report lists. */
export const REPLAY_DIFFERENCES_MAX = 1_000;

/**
 * Makes every decision of a flow again, each on the instance as it stood then and under the
 * policies that were in force there, and compares it with what is recorded. Cost: one read of the
 * flow's part of the log, and one for each decision.
 *
 * @throws LedgerdeskError `incompatible.*`, `corrupt.event-body`
 */
export async function replayFlow(flow: FlowDefinition, log: ReplayLog): Promise<ReplayReport> {
  const replay = new FlowReplay(flow, log);
  const eventTypes = [
    ...new Set([...Object.keys(flow.events), ...Object.keys(flowEvents), ...policyEventTypes]),
  ];
  let batch: RecordedEvent[] = [];
  for await (const row of log.eventStore.readAll({ filter: { eventTypes } })) {
    const event = log.registry.decode(row);
    // The events of one append stand together, and have one command id.
    if (batch[0] !== undefined && batch[0].commandId !== event.commandId) {
      await replay.take(batch);
      batch = [];
    }
    batch.push(event);
  }
  await replay.take(batch);
  replay.end();
  return replay.report();
}

interface Undecided {
  readonly event: RecordedEvent;
  /** The instance would have decided on it, as it stood at this place of the log. */
  readonly isTelling: boolean;
}

class FlowReplay {
  private readonly instances = new Map<string, FlowInstance>();
  /** Events that an instance has not decided on so far. */
  private readonly undecided = new Map<string, Undecided[]>();
  /** With all counted that is in the log so far, decided on or not. */
  private readonly latestCounts = new Map<string, FlowInstance['counted']>();
  private readonly differences: ReplayDifference[] = [];
  private readonly policies = new PolicyVersions();
  private isIntroduced = false;
  private decisions = 0;
  private differenceCount = 0;

  constructor(
    private readonly flow: FlowDefinition,
    private readonly log: ReplayLog,
  ) {}

  async take(batch: readonly RecordedEvent[]): Promise<void> {
    const first = batch[0];
    if (first === undefined) return;
    const key = flowKeyOfStream(this.flow.name, first.stream);
    if (key === undefined) {
      for (const event of batch) {
        this.policies.note(event);
        this.remember(event);
      }
      return;
    }
    const before = this.instances.get(key) ?? absentFlow(this.flow, key);
    let instance = before;
    const decision = batch.find(({ type }) => type === 'FlowDecided');
    const cause = decision === undefined ? undefined : await this.causeOf(decision);
    if (decision !== undefined && cause !== undefined) {
      this.isIntroduced = true;
      this.decisions += 1;
      instance = this.counted(this.checkMissed(before, cause), cause);
      this.check(instance, cause, batch);
    }
    for (const event of batch) {
      instance = extendFlow(this.flow, instance, event, cause);
      if (this.flow.events[event.type] !== undefined) this.pend(key, event);
    }
    this.instances.set(key, instance);
  }

  end(): void {
    for (const [key, events] of this.undecided) {
      const instance = this.instances.get(key) ?? absentFlow(this.flow, key);
      this.checkPassedOver(instance, events);
    }
  }

  report(): ReplayReport {
    const { flow, instances, decisions, differences, differenceCount } = this;
    const { name, version } = flow;
    return {
      flow: name,
      version,
      instances: instances.size,
      decisions,
      differenceCount,
      differences,
    };
  }

  private remember(event: RecordedEvent): void {
    const reaction = this.flow.events[event.type];
    const isIgnored = event.origin.kind === 'import' && this.flow.imports !== 'seen';
    if (reaction === undefined || isIgnored || event.stream.startsWith('flow-')) return;
    const key = this.flow.correlate(event);
    if (key === undefined) return;
    const isThere = this.instances.has(key) || this.flow.counting !== undefined;
    if (isThere || reaction === 'starts') this.pend(key, event);
  }

  private pend(key: string, event: RecordedEvent): void {
    const instance = this.instances.get(key) ?? absentFlow(this.flow, key);
    const counted = this.latestCounts.get(key);
    const latest = this.counted(counted ? { ...instance, counted } : instance, event);
    if (latest.counted !== undefined) this.latestCounts.set(key, latest.counted);
    const pending = this.undecided.get(key) ?? [];
    this.undecided.set(key, pending);
    pending.push({ event, isTelling: this.wouldDecide(latest, event) });
  }

  /** The instance with all counted that it was shown before the cause. */
  private checkMissed(before: FlowInstance, cause: RecordedEvent): FlowInstance {
    const pending = this.undecided.get(before.key) ?? [];
    const later = pending.filter(({ event }) => event.position > cause.position);
    if (later.length > 0) this.undecided.set(before.key, later);
    else this.undecided.delete(before.key);
    const earlier = pending.filter(({ event }) => event.position < cause.position);
    return this.checkPassedOver(before, earlier);
  }

  /**
   * Where exactly an instance stood when it passed an event over is not recorded. It has missed one
   * only where it would have decided both as it stood when the event came, and when it went on.
   */
  private checkPassedOver(before: FlowInstance, pending: readonly Undecided[]): FlowInstance {
    let instance = before;
    for (const { event, isTelling } of pending) {
      instance = this.counted(instance, event);
      // What happened before the flow was introduced is none of its business.
      if (!isTelling || !this.isIntroduced || instance.status === 'parked') continue;
      const decided = this.decide(instance, event);
      if (decided.length > 0) this.differ('missed', instance, event, [], decided);
    }
    return instance;
  }

  private wouldDecide(instance: FlowInstance, event: RecordedEvent): boolean {
    try {
      return this.decide(instance, event).length > 0;
    } catch {
      return true;
    }
  }

  private counted(instance: FlowInstance, event: RecordedEvent): FlowInstance {
    try {
      return countedWith(this.flow, instance, event) ?? instance;
    } catch {
      // The decision on it throws as well, and is reported.
      return instance;
    }
  }

  private check(
    before: FlowInstance,
    cause: RecordedEvent,
    recorded: readonly RecordedEvent[],
  ): void {
    let decided: readonly NewEvent[];
    try {
      decided = this.decide(before, cause);
    } catch (error) {
      const thrown: NewEvent = { type: 'error', data: { message: messageOf(error) } };
      this.differ('threw', before, cause, recorded, [thrown]);
      return;
    }
    if (textOf(recorded) === textOf(decided)) return;
    this.differ('different', before, cause, recorded, decided);
  }

  private decide(instance: FlowInstance, cause: RecordedEvent): readonly NewEvent[] {
    const stream = flowStream(this.flow.name, instance.key);
    const flow = this.policies.flowAt(this.flow, cause);
    return reactTo(flow, instance, cause, (id, index) => flowCommandId(stream, id, index));
  }

  private differ(
    kind: ReplayDifference['kind'],
    { stream }: FlowInstance,
    cause: RecordedEvent,
    recorded: readonly NewEvent[],
    decided: readonly NewEvent[],
  ): void {
    this.differenceCount += 1;
    if (this.differences.length >= REPLAY_DIFFERENCES_MAX) return;
    const version = recorded[0]?.data['flowVersion'];
    this.differences.push({
      kind,
      stream,
      cause: cause.id,
      version: typeof version === 'number' ? version : null,
      recorded: textOf(recorded),
      decided: textOf(decided),
    });
  }

  private async causeOf({ data }: RecordedEvent): Promise<RecordedEvent | undefined> {
    const from = BigInt(Number(data['causeRevision']));
    const options = { from, limit: 1 };
    for await (const row of this.log.eventStore.readStream(String(data['causeStream']), options)) {
      return this.log.registry.decode(row);
    }
    return undefined;
  }
}

/** Without the version: a new one that decides the same is no difference. */
function textOf(events: readonly NewEvent[]): string {
  return canonicalJson(
    events.map(({ type, data }) => ({ type, data: { ...data, flowVersion: undefined } })),
  );
}
