import type { EventStore, EventToAppend } from '@ledgerdesk/event-store';
import {
  absentFlow,
  canonicalJson,
  extendFlow,
  flowEvents,
  flowStream,
  hasErrorCode,
  LedgerdeskError,
  type EventRegistry,
  type FlowDefinition,
  type FlowEvent,
  type FlowInstance,
  type Origin,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import type { CertainAppend } from '../commands/certain-append';
import { recordedOf, sealingsOf, type Sealing } from '../commands/event-sealing';
import { StreamQueue } from '../commands/stream-queue';
import { sha256 } from '../ids';
import type { FlowAddress } from './flow-catalogue';
import type { FlowCountStore } from './flow-count-store';

/** Who records something on an instance, and because of what. */
export interface FlowSender {
  readonly tenant: string;
  readonly actor: string;
  readonly origin: Origin;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Business time. */
  readonly occurredAt: string;
  /** What the ids of the events derive from. */
  readonly commandId: string;
}

/** What an append left behind. */
export interface FlowAppend {
  readonly instance: FlowInstance;
  /** Of the last event. */
  readonly position: bigint;
}

/** What an instance is to record, sealed behind what it holds; not stored yet. */
export interface SealedProgress {
  /** With all of it folded in. */
  readonly instance: FlowInstance;
  readonly rows: readonly EventToAppend[];
  /** UTF-16 units of their bodies. */
  readonly length: number;
}

export interface FlowInstanceStoreOptions {
  readonly eventStore: Pick<EventStore, 'readStream' | 'existingStreams'>;
  readonly appender: Pick<CertainAppend, 'append'>;
  readonly counts: FlowCountStore;
  readonly registry: EventRegistry;
  readonly clock: Clock;
  readonly cachedInstancesMax: number;
}

/** Those who wait for one instance: its timers, its commands, its events and a person. */
const WAITING_MAX = 10_000;

/**
 * Loads instances of flows from their streams and appends to them at the exact revision. What is
 * cached may be behind the log (another process may have appended): an append then finds a
 * conflict, and the instance is loaded anew.
 */
export class FlowInstanceStore {
  private readonly cache: LRUCache<string, FlowInstance>;
  // Apart, since most events concern an instance that is not there and never will be.
  private readonly absent: LRUCache<string, FlowInstance>;
  private readonly queue = new StreamQueue(WAITING_MAX);

  constructor(private readonly options: FlowInstanceStoreOptions) {
    this.cache = new LRUCache({ max: options.cachedInstancesMax });
    this.absent = new LRUCache({ max: options.cachedInstancesMax });
  }

  /** Runs the tasks for one instance one after another. */
  alone<T>(stream: string, task: () => Promise<T>): Promise<T> {
    return this.queue.run(stream, task);
  }

  /**
   * Cost: none where it is cached; else one read of its stream and one for each event it decided.
   *
   * @throws LedgerdeskError `corrupt.stream`, `corrupt.flow-cause`, `incompatible.*`
   */
  async load(flow: FlowDefinition, key: string): Promise<FlowInstance> {
    const instance = await this.fromStream(flow, key);
    const counted = await this.options.counts.load(flow, instance.stream);
    return counted === undefined ? instance : { ...instance, counted };
  }

  /** Learns of many instances at once which are not there. What it learns may be out of date. */
  async foresee(addresses: readonly FlowAddress[]): Promise<void> {
    const unknown = new Map<string, FlowAddress>();
    for (const address of addresses) {
      const stream = flowStream(address.flow.name, address.key);
      if (!this.cache.has(stream) && !this.absent.has(stream)) unknown.set(stream, address);
    }
    if (unknown.size === 0) return;
    const existing = await this.options.eventStore.existingStreams?.([...unknown.keys()]);
    if (existing === undefined) return;
    for (const [stream, { flow, key }] of unknown) {
      if (!existing.has(stream)) this.absent.set(stream, absentFlow(flow, key));
    }
  }

  /** Whether the instance was not there when it was last looked for. */
  isKnownAbsent({ name }: Pick<FlowDefinition, 'name'>, key: string): boolean {
    return this.absent.has(flowStream(name, key));
  }

  private async fromStream(flow: FlowDefinition, key: string): Promise<FlowInstance> {
    const stream = flowStream(flow.name, key);
    const cached = this.cache.get(stream) ?? this.absent.get(stream);
    if (cached !== undefined) return cached;
    let instance = absentFlow(flow, key);
    for await (const row of this.options.eventStore.readStream(stream)) {
      const event = this.options.registry.decode(row);
      assertFollows(instance, event);
      instance = extendFlow(flow, instance, event, await this.causeOf(instance, event));
    }
    const cache = instance.revision >= 0n ? this.cache : this.absent;
    cache.set(stream, instance);
    return instance;
  }

  /** Forgets what is cached: the stream has moved on. */
  forget(stream: string): void {
    this.cache.delete(stream);
    this.absent.delete(stream);
  }

  /** Undefined where somebody else wrote first: nothing was appended, load it again. */
  append(
    flow: FlowDefinition,
    before: FlowInstance,
    events: readonly FlowEvent[],
    sender: FlowSender,
  ): Promise<FlowAppend | undefined> {
    return this.store(flow, before, this.seal(flow, before, events, sender));
  }

  /** `cause` is needed where a decision is among the events. Stores nothing. */
  seal(
    flow: FlowDefinition,
    before: FlowInstance,
    events: readonly FlowEvent[],
    sender: FlowSender,
    cause?: RecordedEvent,
  ): SealedProgress {
    let instance = before;
    let length = 0;
    const rows = this.sealingsOf(before, events, sender).map((sealing) => {
      length += sealing.row.body.length;
      // Its own position is not looked at in a fold: events become causes from the log alone.
      instance = extendFlow(flow, instance, recordedOf(sealing, 0n), cause);
      return sealing.row;
    });
    return { instance, rows, length };
  }

  /** Keeps what was counted on events that nothing is to be recorded on. */
  keepCount(flow: FlowDefinition, before: FlowInstance, instance: FlowInstance): void {
    if (instance.counted !== before.counted) this.options.counts.note(flow, instance);
  }

  /** One append. Undefined where somebody else wrote first: nothing was appended. */
  async store(
    flow: FlowDefinition,
    before: FlowInstance,
    { instance, rows }: Pick<SealedProgress, 'instance' | 'rows'>,
  ): Promise<FlowAppend | undefined> {
    const { stream, revision, key } = before;
    const expectedRevision = revision < 0n ? 'no-stream' : revision;
    // Whatever becomes of it, what was known of the instance before is old.
    this.forget(stream);
    try {
      const result = await this.options.appender.append({ stream, expectedRevision, events: rows });
      this.keepCount(flow, before, instance);
      if (result.kind === 'found') return { instance: await this.load(flow, key), position: 0n };
      this.cache.set(stream, instance);
      return { instance, position: result.position };
    } catch (error) {
      if (hasErrorCode(error, 'conflict.revision')) return undefined;
      throw error;
    }
  }

  private sealingsOf(
    { stream, revision, hash }: FlowInstance,
    events: readonly FlowEvent[],
    sender: FlowSender,
  ): readonly Sealing[] {
    const { occurredAt, ...metadata } = sender;
    return sealingsOf(events, (type) => flowEvents[type as FlowEvent['type']].version, {
      stream,
      revision,
      hash,
      occurredAt,
      recordedAt: this.options.clock.now().toISOString(),
      metadata: {
        ...metadata,
        onBehalfOf: null,
        commandDigest: sha256(canonicalJson(events.map(({ type, data }) => ({ type, data })))),
      },
    });
  }

  private async causeOf(
    instance: FlowInstance,
    { type, data }: RecordedEvent,
  ): Promise<RecordedEvent | undefined> {
    if (type !== 'FlowDecided' || data['causeStream'] === instance.stream) return undefined;
    const { eventStore, registry } = this.options;
    const options = { from: BigInt(Number(data['causeRevision'])), limit: 1 };
    for await (const row of eventStore.readStream(String(data['causeStream']), options)) {
      if (row.id === data['cause']) return registry.decode(row);
    }
    throw new LedgerdeskError(
      'corrupt.flow-cause',
      `${instance.stream} decided on event ${String(data['cause'])}, which is not where it was; ` +
        'run `ledgerdesk verify` and restore from a backup',
      { details: { stream: instance.stream, cause: data['cause'] } },
    );
  }
}

function assertFollows({ stream, revision, hash }: FlowInstance, event: RecordedEvent): void {
  if (event.revision === revision + 1n && event.previousHash === hash) return;
  throw new LedgerdeskError(
    'corrupt.stream',
    `event ${event.id} does not follow the one before it in ${stream}: revision ${revision + 1n} ` +
      'with the hash of its predecessor was expected; run `ledgerdesk verify` and restore ' +
      'from a backup',
    { details: { stream, eventId: event.id, revision: String(event.revision) } },
  );
}
