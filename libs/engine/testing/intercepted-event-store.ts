import type {
  AppendRequest,
  AppendResult,
  EventStore,
  EventStoreLimits,
  EventStoreStatistics,
  GlobalPosition,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamMetadata,
  SubscribeOptions,
  SubscriptionMessage,
} from '@ledgerdesk/event-store';

/** Stands in for the store's `append`; `pass` hands the request on to the store. */
export type AppendInterception = (
  request: AppendRequest,
  pass: () => Promise<AppendResult>,
) => Promise<AppendResult>;

/** A store whose appends, reads and subscriptions a test can delay, lose or fail. */
export class InterceptedEventStore implements EventStore {
  readonly limits: EventStoreLimits;
  onAppend: AppendInterception | undefined;
  /** Called before each read of a stream; may throw. */
  onReadStream: ((stream: string) => void) | undefined;
  /** Stands in for the next subscription only. */
  nextSubscription: ((options: SubscribeOptions) => AsyncIterable<SubscriptionMessage>) | undefined;

  /** Stretches the positions that appends and reads of streams give, as on a store with gaps. */
  positionStride = 1n;

  constructor(private readonly store: EventStore) {
    this.limits = store.limits;
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const pass = async (): Promise<AppendResult> =>
      this.stretched(await this.store.append(request));
    return this.onAppend === undefined ? pass() : this.onAppend(request, pass);
  }

  async *readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    this.onReadStream?.(stream);
    for await (const event of this.store.readStream(stream, options)) yield this.stretched(event);
  }

  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return this.store.readAll(options);
  }

  subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    const replaced = this.nextSubscription;
    this.nextSubscription = undefined;
    return replaced === undefined ? this.store.subscribeToAll(options) : replaced(options);
  }

  head(): Promise<GlobalPosition> {
    return this.store.head();
  }

  streamMetadata(stream: string): Promise<StreamMetadata> {
    return this.store.streamMetadata(stream);
  }

  setStreamMetadata(stream: string, metadata: StreamMetadata): Promise<void> {
    return this.store.setStreamMetadata(stream, metadata);
  }

  statistics(): Promise<EventStoreStatistics> {
    return this.store.statistics();
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private stretched<Positioned extends { readonly position: GlobalPosition }>(
    positioned: Positioned,
  ): Positioned {
    return { ...positioned, position: positioned.position * this.positionStride };
  }
}
