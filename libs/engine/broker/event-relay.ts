import type { EventStore, StoredEvent, SubscriptionMessage } from '@ledgerdesk/event-store';
import {
  messageOf,
  type EventRegistry,
  type ProcessDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import type { MessageBroker, OutgoingMessage } from '@ledgerdesk/messaging';
import {
  isIncurable,
  subscribeSupervised,
  type SupervisedSubscription,
} from '../subscriptions/supervised-subscription';
import type { BackOff } from '../subscriptions/back-off';
import { noTracing, type TracedWork, type Tracing } from '../tracing/tracing.port';
import { CLOUD_EVENT_MEDIA_TYPE, cloudEventOf, withoutData } from './cloud-event';
import { isOvertaken, type RelayCheckpoint } from './relay-checkpoint';
import { eventFamilyOfType, eventTopicOf, topicDefinitions } from './topics';

export interface EventRelayOptions {
  readonly eventStore: Pick<EventStore, 'subscribeToAll' | 'head' | 'readAll'>;
  readonly registry: EventRegistry;
  readonly processes: readonly ProcessDefinition[];
  readonly broker: MessageBroker;
  readonly checkpoint: Pick<RelayCheckpoint, 'read' | 'advance'>;
  readonly backOff?: Partial<BackOff>;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing;
  /** For the log of the process. */
  readonly onFailure?: (error: unknown) => void;
}

/** Plain numbers since the start. */
export interface EventRelayFigures {
  readonly published: number;
  /** Events whose data was too large for the broker and is only referred to. */
  readonly withoutData: number;
  readonly position: bigint;
  readonly restarts: number;
  /** Why nothing is published any more; null while it is. */
  readonly failure: string | null;
}

const BATCH_EVENTS_MAX = 500;
/** Storing a checkpoint costs a write; what is not stored is published again after a crash. */
const CHECKPOINT_EVERY_EVENTS = 2_000;
const CHECKPOINT_EVERY_MS = 200;
/** Key and headers of a message. */
const HEAD_ROOM_BYTES = 1_000;

/**
 * Publishes the log, from the stored checkpoint on, as CloudEvents: at least once, in order within
 * each stream. The checkpoint moves once the broker has acknowledged; after a crash what lies
 * behind it is published again. One at a time leads: see `LeasedEventRelay`.
 */
export class EventRelay {
  private readonly families: ReadonlyMap<string, string>;
  private subscription: SupervisedSubscription | undefined;
  private published = 0;
  private dataless = 0;
  private position = 0n;
  private last: StoredEvent | undefined;
  private unstored = 0;
  private storedAtMs = -Infinity;
  private failure: string | null = null;
  private hasTopics = false;

  constructor(private readonly options: EventRelayOptions) {
    this.families = eventFamilyOfType(options.processes);
  }

  /** Begins; does not wait for the stores or the broker, which may be down. */
  start(): void {
    const { eventStore, backOff } = this.options;
    this.subscription ??= subscribeSupervised({
      eventStore,
      checkpoint: () => this.begin(),
      handle: (message) => this.relay(message),
      batchEventsMax: BATCH_EVENTS_MAX,
      isFatal: (error) => isOvertaken(error) || isIncurable(error),
      onDrop: ({ error }) => this.fail(error),
      ...(backOff && { backOff }),
    });
    void this.subscription.done.then((end) => {
      if (end.reason === 'failed') this.fail(end.error);
    });
  }

  figures(): EventRelayFigures {
    const { published, dataless, position, failure, subscription } = this;
    const restarts = subscription?.restarts ?? 0;
    return { published, withoutData: dataless, position, restarts, failure };
  }

  /** Waits for the batch under way and stores the checkpoint. Idempotent. */
  async stop(): Promise<void> {
    await this.subscription?.stop();
    // What cannot be stored now is published again at the next start.
    await this.storeCheckpoint().catch(() => undefined);
  }

  private async begin(): Promise<bigint> {
    if (!this.hasTopics) {
      const names = [...this.families.values()].map(eventTopicOf);
      await this.options.broker.ensureTopics(topicDefinitions(names));
      this.hasTopics = true;
    }
    this.position = await this.options.checkpoint.read();
    this.last = undefined;
    this.unstored = 0;
    return this.position;
  }

  private async relay(message: SubscriptionMessage): Promise<void> {
    if (message.kind === 'events') await this.publish(message.events);
    else this.position = message.position;
    if (this.isCheckpointDue(message)) await this.storeCheckpoint();
    this.failure = null;
  }

  private isCheckpointDue({ kind }: SubscriptionMessage): boolean {
    if (this.unstored >= CHECKPOINT_EVERY_EVENTS) return true;
    return kind === 'caught-up' && performance.now() - this.storedAtMs >= CHECKPOINT_EVERY_MS;
  }

  private async publish(events: readonly StoredEvent[]): Promise<void> {
    const { broker, registry, tracing = noTracing } = this.options;
    const startedMs = Date.now();
    const recorded = events.map((event) => registry.decode(event));
    const messages = recorded.map((event) => this.messageOf(event));
    await broker.publish(messages);
    for (const [index, event] of recorded.entries()) {
      tracing.record(() => publishingOf(event, messages[index]?.topic ?? ''), startedMs);
    }
    this.published += events.length;
    this.unstored += events.length;
    this.last = events.at(-1);
    this.position = this.last?.position ?? this.position;
  }

  private async storeCheckpoint(): Promise<void> {
    if (this.position === 0n) return;
    await this.options.checkpoint.advance(this.position, this.last);
    this.unstored = 0;
    this.storedAtMs = performance.now();
  }

  private messageOf(event: RecordedEvent): OutgoingMessage {
    const { broker } = this.options;
    const family = this.families.get(event.type) ?? 'other';
    const cloudEvent = cloudEventOf(event, family);
    const headers = {
      'content-type': CLOUD_EVENT_MEDIA_TYPE,
      traceparent: cloudEvent.traceparent,
    };
    const addressed = { topic: eventTopicOf(family), key: event.stream, headers };
    const value = JSON.stringify(cloudEvent);
    const room = broker.limits.messageBytesMax - HEAD_ROOM_BYTES;
    if (Buffer.byteLength(value) <= room) return { ...addressed, value };
    this.dataless += 1;
    return { ...addressed, value: JSON.stringify(withoutData(cloudEvent)) };
  }

  private fail(error: unknown): void {
    if (error === undefined) return;
    this.failure = messageOf(error);
    this.options.onFailure?.(error);
  }
}

function publishingOf(event: RecordedEvent, topic: string): TracedWork {
  const { correlationId, commandId } = event;
  return {
    name: `publish ${event.type}`,
    kind: 'producer',
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': topic,
      'ledgerdesk.position': String(event.position),
    },
    follows: { correlationId, commandId },
  };
}
