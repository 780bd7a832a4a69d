import { randomUUID } from 'node:crypto';
import { LAST_REVISION, metadataStreamOf, retentionOf, type Retention } from './stream-metadata';

/** An event as a client sends it. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event of the log. Its position grows like the bytes of a file: ordered, but not dense. */
export interface RecordedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly created: Date;
}

export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

/** Where a log writes what it takes. */
export interface LogWriter {
  write(event: RecordedEvent): void;
  /** Resolves once all that was written by now will survive; rejects where it will not. */
  flushed(): Promise<void>;
}

/** `position` is null where nothing was written: for a repeated append a server may give none. */
export type AppendOutcome =
  | { readonly kind: 'written'; readonly revision: bigint; readonly position: bigint | null }
  | { readonly kind: 'wrong-revision'; readonly current: bigint }
  | { readonly kind: 'stream-deleted' };

export type StreamReading =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'no-stream' }
  | { readonly kind: 'stream-deleted' };

export type StartingPoint = bigint | 'start' | 'end';

const NO_STREAM = -1n;
const TOMBSTONE = '$streamDeleted';

/** Bytes that a record has besides its names and bodies. */
const RECORD_BYTES = 64;

/**
 * A log with the rules of EventStoreDB: expected revisions, idempotency by event id, soft and hard
 * deletes, retention. It knows nothing of gRPC. Like a real one it begins with system events.
 */
export class EventLog {
  /** What readers see: with a writer, what it has flushed. */
  readonly all: RecordedEvent[] = [];
  /** Events that are written and not flushed yet: they count for appends, and nobody reads them. */
  private unflushed: RecordedEvent[] = [];
  /** Present where appends have to wait for a disk. */
  writer: LogWriter | undefined;
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly tombstones = new Set<string>();
  private readonly byId = new Map<string, RecordedEvent>();
  private readonly waiters: (() => void)[] = [];
  private nextPosition = 1_021n;

  constructor(private readonly now: () => Date = () => new Date()) {
    this.write('$epoch-information', [systemEvent('$epoch-information', '{}')]);
    this.write('$users', [systemEvent('$UserCreated', '{}')]);
  }

  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): AppendOutcome {
    if (this.tombstones.has(stream)) return { kind: 'stream-deleted' };
    const decision =
      typeof expected === 'bigint' || expected === 'no_stream'
        ? this.checkExact(stream, expected, events)
        : this.checkLoose(stream, expected, events);
    return decision ?? this.write(stream, events);
  }

  /** Hides what is there; a later append goes on with the next revision. */
  softDelete(stream: string, expected: ExpectedRevision): AppendOutcome {
    const refusal = this.checkDelete(stream, expected);
    if (refusal !== undefined) return refusal;
    const metadata = systemEvent('$metadata', `{"$tb":${LAST_REVISION}}`);
    return this.append(metadataStreamOf(stream), 'any', [metadata]);
  }

  /** The name can never be used again. */
  hardDelete(stream: string, expected: ExpectedRevision): AppendOutcome {
    const refusal = this.checkDelete(stream, expected);
    if (refusal !== undefined) return refusal;
    const outcome = this.write(stream, [systemEvent(TOMBSTONE, '')]);
    this.tombstones.add(stream);
    return outcome;
  }

  readStream(
    stream: string,
    from: StartingPoint,
    isBackwards: boolean,
    count: number,
  ): StreamReading {
    if (this.tombstones.has(stream)) return { kind: 'stream-deleted' };
    const stored = this.streams.get(stream);
    if (stored === undefined || this.isSoftDeleted(stream)) return { kind: 'no-stream' };
    if (!isBackwards && from === 'end') return { kind: 'events', events: [] };
    const retention = this.retention(stream);
    const end = this.unflushed[0]?.position ?? this.nextPosition;
    if (stored.every(({ position }) => position >= end)) return { kind: 'no-stream' };
    const visible = stored.filter((event) => event.position < end && this.isKept(event, retention));
    const edge = from === 'start' ? 0n : from === 'end' ? LAST_REVISION : from;
    const asked = visible.filter(({ revision }) =>
      isBackwards ? revision <= edge : revision >= edge,
    );
    if (isBackwards) asked.reverse();
    return { kind: 'events', events: asked.slice(0, count) };
  }

  /** Waits until all that was appended by now is on the disk, and shows it to readers. */
  async flushed(): Promise<void> {
    const last = this.unflushed.at(-1);
    if (this.writer === undefined) return;
    await this.writer.flushed();
    if (last !== undefined) this.publish(last.position);
  }

  /** What was not flushed was never there. */
  forgetUnflushed(): void {
    for (const event of this.unflushed.reverse()) {
      const stored = this.streams.get(event.stream);
      stored?.pop();
      if (stored?.length === 0) this.streams.delete(event.stream);
      this.byId.delete(`${event.id}@${event.stream}`);
      if (event.type === TOMBSTONE) this.tombstones.delete(event.stream);
    }
    this.unflushed = [];
  }

  /** Index in `all` of the event at this position, or undefined where no event begins there. */
  indexAt(position: bigint): number | undefined {
    const index = this.indexFrom(position);
    return this.all[index]?.position === position ? index : undefined;
  }

  /** Index in `all` of the first event at or behind a position. */
  indexFrom(position: bigint): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  lastRevision(stream: string): bigint {
    return BigInt(this.streams.get(stream)?.length ?? 0) - 1n;
  }

  isTombstoned(stream: string): boolean {
    return this.tombstones.has(stream);
  }

  /** Whether the event may be read through its own stream; the log as a whole shows it anyway. */
  isVisible(event: RecordedEvent): boolean {
    return this.isKept(event, this.retention(event.stream));
  }

  /** Resolves at the next append, at once where the log is longer already, or on abort. */
  grown(length: number, signal: AbortSignal): Promise<void> {
    if (this.all.length > length || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.waiters.push(wake);
    });
  }

  /**
   * Strong idempotency: behind the end of the stream the ids are compared with those that stand
   * exactly there. At the end of the stream nobody looks at the ids.
   */
  private checkExact(
    stream: string,
    expected: 'no_stream' | bigint,
    events: readonly ProposedEvent[],
  ): AppendOutcome | undefined {
    const current = this.lastRevision(stream);
    const wanted = expected === 'no_stream' ? NO_STREAM : expected;
    if (wanted === current) return undefined;
    const stored = this.streams.get(stream) ?? [];
    const first = Number(wanted) + 1;
    const isRepeated =
      wanted < current &&
      events.length > 0 &&
      events.every(({ id }, index) => stored[first + index]?.id === id);
    if (isRepeated) return repeated(stored[first + events.length - 1]);
    // A soft-deleted stream may be begun again; only its very beginning is compared.
    const isReborn = expected === 'no_stream' && this.isSoftDeleted(stream);
    return isReborn ? undefined : { kind: 'wrong-revision', current };
  }

  /** Weak idempotency: ids are looked up in a memory of recent ones, here of all. */
  private checkLoose(
    stream: string,
    expected: 'any' | 'stream_exists',
    events: readonly ProposedEvent[],
  ): AppendOutcome | undefined {
    const current = this.lastRevision(stream);
    const wrong: AppendOutcome = { kind: 'wrong-revision', current };
    const isThere = current > NO_STREAM || this.streams.has(metadataStreamOf(stream));
    if (expected === 'stream_exists' && (!isThere || this.isSoftDeleted(stream))) return wrong;
    const found = events.map(({ id }) => this.byId.get(`${id}@${stream}`));
    if (found[0] === undefined) return undefined;
    return found.includes(undefined) ? wrong : repeated(found.at(-1));
  }

  private checkDelete(stream: string, expected: ExpectedRevision): AppendOutcome | undefined {
    if (this.tombstones.has(stream)) return { kind: 'stream-deleted' };
    const current = this.lastRevision(stream);
    const isExpected =
      expected === 'any' ||
      (expected === 'stream_exists' && current > NO_STREAM) ||
      (expected === 'no_stream' && current === NO_STREAM) ||
      expected === current;
    return isExpected ? undefined : { kind: 'wrong-revision', current };
  }

  private write(stream: string, events: readonly ProposedEvent[]): AppendOutcome {
    const stored = this.streams.get(stream) ?? [];
    if (events.length > 0 && this.isSoftDeleted(stream)) {
      const truncation = systemEvent('$metadata', `{"$tb":${stored.length}}`);
      this.write(metadataStreamOf(stream), [truncation]);
    }
    let position: bigint | null = null;
    for (const event of events) {
      position = this.nextPosition;
      const revision = BigInt(stored.length);
      const recorded = { ...event, stream, revision, position, created: this.now() };
      this.nextPosition += BigInt(
        RECORD_BYTES + stream.length + event.type.length + event.data.length,
      );
      stored.push(recorded);
      this.take(recorded);
      this.byId.set(`${event.id}@${stream}`, recorded);
    }
    this.streams.set(stream, stored);
    if (this.writer === undefined) this.wake();
    return { kind: 'written', revision: BigInt(stored.length) - 1n, position };
  }

  private take(event: RecordedEvent): void {
    if (this.writer === undefined) {
      this.all.push(event);
      return;
    }
    this.unflushed.push(event);
    this.writer.write(event);
  }

  /** Shows readers what stands up to the position. */
  private publish(position: bigint): void {
    const left = this.unflushed.findIndex((event) => event.position > position);
    const count = left < 0 ? this.unflushed.length : left;
    if (count === 0) return;
    this.all.push(...this.unflushed.splice(0, count));
    this.wake();
  }

  private wake(): void {
    for (const wake of this.waiters.splice(0)) wake();
  }

  private isKept(event: RecordedEvent, retention: Retention): boolean {
    const { maxCount, maxAgeSeconds, truncateBefore } = retention;
    if (truncateBefore !== undefined && event.revision < truncateBefore) return false;
    const last = this.lastRevision(event.stream);
    if (maxCount !== undefined && event.revision <= last - BigInt(maxCount)) return false;
    if (maxAgeSeconds === undefined) return true;
    return event.created.getTime() >= this.now().getTime() - maxAgeSeconds * 1000;
  }

  private retention(stream: string): Retention {
    return retentionOf(this.streams.get(metadataStreamOf(stream))?.at(-1)?.data);
  }

  private isSoftDeleted(stream: string): boolean {
    return this.retention(stream).truncateBefore === LAST_REVISION;
  }
}

function repeated(last: RecordedEvent | undefined): AppendOutcome {
  return { kind: 'written', revision: last?.revision ?? NO_STREAM, position: null };
}

function systemEvent(type: string, json: string): ProposedEvent {
  const [data, metadata] = [Buffer.from(json), new Uint8Array()];
  return { id: randomUUID(), type, isJson: true, data, metadata };
}
