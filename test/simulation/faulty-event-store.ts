import type {
  AppendRequest,
  AppendResult,
  EventStore,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamMetadata,
  SubscribeOptions,
  SubscriptionMessage,
} from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Fault, FaultPlan, Incarnation } from './fault-plan';

const unavailable = (): Error =>
  new LedgerdeskError('unavailable.event-store', 'the store is down, nothing was written');

/** A store as one incarnation of a process sees it: its calls go wrong as the plan has it. */
export class FaultyEventStore implements EventStore {
  readonly limits;
  readonly positionsAreConsecutive = true;

  constructor(
    private readonly store: EventStore,
    private readonly life: Incarnation,
    private readonly plan: FaultPlan | undefined,
  ) {
    this.limits = store.limits;
  }

  append(request: AppendRequest): Promise<AppendResult> {
    return this.life.call(
      `append to ${request.stream}`,
      () => this.store.append(request),
      unavailable,
    );
  }

  async *readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    await this.life.call(`read of ${stream}`, () => Promise.resolve(), unavailable);
    yield* this.store.readStream(stream, options);
  }

  async *readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    await this.life.call('read of the log', () => Promise.resolve(), unavailable);
    yield* this.store.readAll(options);
  }

  async *subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    const signals = [this.life.signal, ...(options.signal === undefined ? [] : [options.signal])];
    const signal = AbortSignal.any(signals);
    for await (const message of this.store.subscribeToAll({ ...options, signal })) {
      const fault = this.plan?.draw('delivery');
      await this.befall(fault, 'crash-before');
      if (fault === 'twice') yield message;
      yield message;
      await this.befall(fault, 'crash-after');
    }
    this.life.assertAlive();
  }

  private async befall(fault: Fault | undefined, crash: Fault): Promise<void> {
    if (fault === crash) this.life.die();
    this.life.assertAlive();
    if (crash === 'crash-after') return;
    if (fault === 'unavailable' || fault === 'lost-answer') throw unavailable();
    if (fault === 'delay') await this.plan?.pause();
  }

  head(): Promise<bigint> {
    return this.store.head();
  }

  streamMetadata(stream: string): Promise<StreamMetadata> {
    return this.life.call(
      'read of a checkpoint',
      () => this.store.streamMetadata(stream),
      unavailable,
    );
  }

  setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    return this.life.call(
      'write of a checkpoint',
      () => this.store.setStreamMetadata(stream, metadata),
      unavailable,
    );
  }

  statistics(): ReturnType<EventStore['statistics']> {
    return this.store.statistics();
  }

  async close(): Promise<void> {
    // The store outlives the process.
  }
}
