import type { LedgerdeskError } from '@ledgerdesk/kernel';
import { batchTooLarge, revisionConflict, unknownOutcome } from '../event-store.errors';
import type {
  AppendRequest,
  AppendResult,
  GlobalPosition,
  Revision,
  StoredEvent,
} from '../event-store.port';
import type { Connection } from './eventstoredb.connection';
import {
  accessDenied,
  failureOf,
  noLeader,
  streamIsDeleted,
  unreachable,
} from './eventstoredb.errors';
import { fromWire, toWire, type WireEvent } from './eventstoredb.events';
import type { EventStoreDbSettings } from './eventstoredb.options';
import type { LogReader } from './eventstoredb.reader';
import type { StreamIds } from './eventstoredb.stream-ids';
import { waitMs } from './eventstoredb.timing';

/** How often an append that names no exact revision meets another writer before it gives up. */
const LOOSE_TRIES_MAX = 50;

const EMPTY: Revision = -1n;

/** What became of one sending. `taken`: another writer was first. */
type Sent =
  { readonly kind: 'written'; readonly position: GlobalPosition } | { readonly kind: 'taken' };

/** What is known after a sending that gave no answer. */
type Found = Sent | { readonly kind: 'absent' | 'unknown' };

/** Appends with the promises of the port, which are more than the server's. */
export class Appender {
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly ids: StreamIds,
    private readonly settings: EventStoreDbSettings,
  ) {}

  async append(request: AppendRequest): Promise<AppendResult> {
    const { expectedRevision: expected } = request;
    if (expected === 'no-stream') return this.appendBehind(request, EMPTY);
    if (typeof expected === 'bigint') return this.appendBehind(request, expected);
    return this.oneByOne(request.stream, () => this.appendAnywhere(request));
  }

  /** At an exact revision; -1 where the stream has to be empty. */
  private async appendBehind(request: AppendRequest, after: Revision): Promise<AppendResult> {
    const { stream, events } = request;
    let known = this.ids.known(stream);
    // An empty stream has no ids to look for, and the server knows whether it is empty.
    if (after !== EMPTY && known?.end !== after) known = await this.ids.load(stream);
    const end = known?.end ?? EMPTY;
    if (end > after) return this.settle(request, after);
    if (end < after || events.some(({ id }) => known?.ids.has(id) === true)) {
      throw conflict(request, end);
    }
    const sent = await this.send(request, after);
    if (sent.kind === 'taken') return this.settle(request, after);
    return this.written(request, after, sent.position);
  }

  /** At whatever revision; the server's own memory of ids is short, so the ids are looked up. */
  private async appendAnywhere(request: AppendRequest): Promise<AppendResult> {
    const { stream, events, expectedRevision } = request;
    for (let tries = 1; tries <= LOOSE_TRIES_MAX; tries += 1) {
      const known =
        (tries === 1 ? this.ids.known(stream) : undefined) ?? (await this.ids.load(stream));
      if (events.some(({ id }) => known.ids.has(id))) return this.findAnywhere(request);
      if (expectedRevision === 'stream-exists' && known.end === EMPTY) {
        throw conflict(request, (await this.ids.load(stream)).end);
      }
      const sent = await this.send(request, known.end);
      if (sent.kind === 'written') return this.written(request, known.end, sent.position);
    }
    throw conflict(request, (await this.ids.load(stream)).end);
  }

  private written(
    { stream, events }: AppendRequest,
    after: Revision,
    position: GlobalPosition,
  ): AppendResult {
    const stored = events.map(({ id }, index) => ({ id, revision: after + 1n + BigInt(index) }));
    this.ids.note(stream, stored);
    return { revision: after + BigInt(events.length), position, repeated: false };
  }

  /** The stream has moved on: the very same events stand there, or it is a conflict. */
  private async settle(request: AppendRequest, after: Revision): Promise<AppendResult> {
    const repeated = await this.repeatedAt(request, after + 1n);
    if (repeated !== undefined) return repeated;
    throw conflict(request, (await this.ids.load(request.stream)).end);
  }

  private async findAnywhere(request: AppendRequest): Promise<AppendResult> {
    const { stream, events } = request;
    let from = 0n;
    for (;;) {
      const page = await this.reader.streamPage(stream, 'forwards', from);
      const first = page.events.map(fromWire).find(({ id }) => id === events[0]?.id);
      const repeated = first && (await this.repeatedAt(request, first.revision));
      if (repeated !== undefined) return repeated;
      if (first !== undefined || page.isLast) break;
      from += BigInt(page.events.length);
    }
    throw conflict(request, (await this.ids.load(stream)).end);
  }

  private async repeatedAt(
    { stream, events }: AppendRequest,
    from: Revision,
  ): Promise<AppendResult | undefined> {
    const stored = await this.readExactly(stream, from, events.length);
    const isSame =
      stored.length === events.length && stored.every(({ id }, i) => id === events[i]?.id);
    const last = stored.at(-1);
    if (!isSame || last === undefined) return undefined;
    return { revision: last.revision, position: last.position, repeated: true };
  }

  private async readExactly(stream: string, from: Revision, count: number): Promise<StoredEvent[]> {
    const stored: StoredEvent[] = [];
    while (stored.length < count) {
      const start = from + BigInt(stored.length);
      const left = count - stored.length;
      const page = await this.reader.streamPage(stream, 'forwards', start, left);
      stored.push(...page.events.map(fromWire));
      if (page.isLast) break;
    }
    return stored;
  }

  /**
   * Sends until the outcome is known: the same events with the same ids behind the same revision.
   * An answer that was lost is looked for in the stream first.
   */
  private async send({ stream, events }: AppendRequest, after: Revision): Promise<Sent> {
    const wire = events.map(toWire);
    this.assertFits(wire);
    let isOpen = false;
    let lastError: unknown;
    for (let tries = 1; tries <= this.settings.appendTriesMax; tries += 1) {
      const sent = await this.sendOnce(stream, wire, after).catch((error: unknown) => {
        lastError = error;
        return this.afterFailure(stream, error);
      });
      if (sent.kind === 'written') return sent;
      if (sent.kind === 'taken' && !isOpen) return { kind: 'taken' };
      isOpen ||= sent.kind !== 'not-sent';
      const found = isOpen ? await this.find(stream, after, wire) : undefined;
      if (found?.kind === 'written' || found?.kind === 'taken') return found;
      await this.connection.pause(waitMs(tries, this.settings.retryDelayMs));
    }
    throw isOpen ? unknownOutcome(stream, lastError) : notWritten(stream, lastError);
  }

  /** An answer without a position says that the events were there: they are looked up. */
  private async sendOnce(
    stream: string,
    wire: readonly WireEvent[],
    after: Revision,
  ): Promise<Sent | { readonly kind: 'lost' }> {
    const expected = after === EMPTY ? 'no_stream' : after;
    const position = await this.connection.append(stream, wire, expected);
    return position === undefined ? { kind: 'lost' } : { kind: 'written', position };
  }

  /** What the failure of one sending means for the next; throws where there is none. */
  private afterFailure(
    stream: string,
    error: unknown,
  ): { readonly kind: 'taken' | 'lost' | 'not-sent' } {
    switch (failureOf(error)) {
      case 'wrong-revision':
        return { kind: 'taken' };
      case 'stream-deleted':
        throw streamIsDeleted(stream, error);
      case 'denied':
        throw accessDenied(`appending to ${stream}`, error);
      case 'too-large':
        throw batchTooLarge(
          'bytes',
          this.settings.appendBytesMax + 1,
          this.settings.appendBytesMax,
        );
      case 'not-leader':
      case 'not-sent':
        return { kind: 'not-sent' };
      default:
        return { kind: 'lost' };
    }
  }

  /** Compares the ids of this very sending, which no other writer uses. */
  private async find(stream: string, after: Revision, wire: readonly WireEvent[]): Promise<Found> {
    try {
      const last = after + BigInt(wire.length);
      const { events } = await this.reader.streamPage(stream, 'forwards', after + 1n, 1);
      const [first] = events;
      if (first === undefined) return { kind: 'absent' };
      if (first.id !== wire[0]?.id) return { kind: 'taken' };
      const [end] = (await this.reader.streamPage(stream, 'forwards', last, 1)).events;
      if (end === undefined) return { kind: 'unknown' };
      return { kind: 'written', position: fromWire(end).position };
    } catch {
      return { kind: 'unknown' };
    }
  }

  private assertFits(wire: readonly WireEvent[]): void {
    const bytes = wire.reduce((sum, event) => sum + event.bytes, 0);
    const { appendBytesMax } = this.settings;
    if (bytes > appendBytesMax) throw batchTooLarge('bytes', bytes, appendBytesMax);
  }

  /** Appends of this process that name no revision wait for each other instead of colliding. */
  private async oneByOne<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(stream) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.queues.set(stream, settled);
    try {
      return await mine;
    } finally {
      if (this.queues.get(stream) === settled) this.queues.delete(stream);
    }
  }
}

function notWritten(stream: string, cause: unknown): LedgerdeskError {
  const isLeaderless = failureOf(cause) === 'not-leader';
  return isLeaderless ? noLeader(stream, cause) : unreachable(`appending to ${stream}`, cause);
}

function conflict({ stream, expectedRevision }: AppendRequest, end: Revision): LedgerdeskError {
  return revisionConflict(stream, expectedRevision, end === EMPTY ? 'no-stream' : end);
}
