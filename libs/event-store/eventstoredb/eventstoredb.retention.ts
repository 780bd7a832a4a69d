import { eventTypeFilter, type RecordedEvent } from '@eventstore/db-client';
import type { StreamRetention } from '../event-store.port';
import type { Connection } from './eventstoredb.connection';
import { streamForgets } from './eventstoredb.errors';
import { positionOf, type LogPosition } from './eventstoredb.events';
import { feed } from './eventstoredb.feed';
import type { EventStoreDbSettings } from './eventstoredb.options';
import { pause, waitMs } from './eventstoredb.timing';

const METADATA_TYPE = '$metadata';

/** Keys of stream metadata by which the server hides events. */
const FORGETTING = ['$maxAge', '$maxCount', '$tb'] as const;

/** The keys among the metadata of a stream that let its events vanish; empty for harmless ones. */
export function forgettingKeys(metadata: unknown): string {
  if (typeof metadata !== 'object' || metadata === null) return '';
  const values = metadata as Readonly<Record<string, unknown>>;
  return FORGETTING.filter((key) => values[key] != null)
    .map((key) => `${key} is ${String(values[key])}`)
    .join(', ');
}

/**
 * Knows the streams whose metadata let events vanish. Follows all metadata of the log from its
 * start, filtered by the server, and goes on while the store is open.
 */
export class RetentionWatch {
  private readonly forgetful = new Map<string, string>();
  private readonly stopping = new AbortController();
  private readonly caughtUp: Promise<void>;
  private readonly running: Promise<void>;
  private noteCaughtUp: () => void = () => undefined;
  private after: LogPosition | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly settings: EventStoreDbSettings,
  ) {
    this.caughtUp = new Promise((resolve) => (this.noteCaughtUp = resolve));
    this.running = this.follow();
  }

  /** Resolves when all metadata have been seen, or after the time that is allowed for it. */
  async ready(): Promise<void> {
    const waited = new AbortController();
    await Promise.race([
      this.caughtUp,
      pause(this.settings.retentionCheckMs, AbortSignal.any([waited.signal, this.stopping.signal])),
    ]);
    waited.abort();
  }

  /** @throws LedgerdeskError `corrupt.stream-retention` */
  assertKeeps(stream: string): void {
    const reason = this.forgetful.get(stream);
    if (reason !== undefined) throw streamForgets(stream, reason);
  }

  /** All streams that were seen to lose events. */
  forgetfulStreams(): StreamRetention[] {
    return [...this.forgetful].map(([stream, reason]) => ({ stream, reason }));
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const isStopping = (): boolean => signal.aborted;
    for (let failures = 1; !isStopping(); failures += 1) {
      try {
        await this.followOnce(signal);
      } catch {
        // Reads and appends find out for themselves that the server is away.
      }
      if (!isStopping()) await pause(waitMs(failures, this.settings.retryDelayMs), signal);
    }
  }

  private async followOnce(stopping: AbortSignal): Promise<void> {
    const { client, ended } = await this.connection.current();
    const items = feed(client, {
      ...(this.after !== undefined && { after: this.after }),
      filter: eventTypeFilter({ prefixes: [METADATA_TYPE] }),
      signal: AbortSignal.any([stopping, ended]),
    });
    for await (const item of items) {
      if (stopping.aborted) return;
      if (item.kind === 'caught-up') {
        this.noteCaughtUp();
      } else if (item.kind === 'checkpoint') {
        this.after = item.position;
      } else {
        this.after = positionOf(item.event);
        this.take(item.event);
      }
    }
  }

  private take({ type, streamId, data }: RecordedEvent): void {
    if (type !== METADATA_TYPE || !streamId.startsWith('$$')) return;
    const stream = streamId.slice(2);
    // The server's own streams may forget what they like.
    if (stream.startsWith('$')) return;
    const reason = forgettingKeys(data);
    if (reason === '') this.forgetful.delete(stream);
    else this.forgetful.set(stream, reason);
  }
}
