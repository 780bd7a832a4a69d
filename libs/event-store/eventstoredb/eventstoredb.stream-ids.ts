import type { Revision, StoredEvent } from '../event-store.port';
import { fromWire, toBigint } from './eventstoredb.events';
import type { LogReader } from './eventstoredb.reader';

/** Ids of all streams together that are kept. */
const IDS_MAX = 200_000;

/** Ids of one stream that are looked at: the newest. */
const STREAM_IDS_MAX = 10_000;

/** What is known of a stream: its last revision, and the ids up to it. -1 where it is empty. */
export interface KnownStream {
  readonly end: Revision;
  readonly ids: ReadonlySet<string>;
}

interface Entry {
  end: Revision;
  readonly ids: Set<string>;
}

/**
 * The event ids of the streams that were used last. At the end of a stream the server takes an
 * event without looking whether its id is stored already; here it is looked for. A stream that this
 * process has read or written costs nothing, another is read once.
 */
export class StreamIds {
  private readonly streams = new Map<string, Entry>();
  private count = 0;

  constructor(private readonly reader: LogReader) {}

  known(stream: string): KnownStream | undefined {
    return this.streams.get(stream);
  }

  /** Reads what is not known yet. */
  async load(stream: string): Promise<KnownStream> {
    if (this.streams.get(stream) === undefined) await this.loadNewest(stream);
    for (;;) {
      const { end } = this.streams.get(stream) ?? { end: -1n };
      const { events, isLast } = await this.reader.streamPage(stream, 'forwards', end + 1n);
      this.note(stream, events.map(fromWire));
      if (isLast) return this.streams.get(stream) ?? { end: -1n, ids: new Set() };
    }
  }

  /** Events that stand in the stream; ignored where they do not follow what is known. */
  note(
    stream: string,
    events: readonly Pick<StoredEvent, 'id' | 'revision'>[],
    isNewest = false,
  ): void {
    const first = events[0];
    if (first === undefined) return;
    let entry = this.streams.get(stream);
    const isNew = entry === undefined;
    if (entry === undefined) {
      if (first.revision !== 0n && !isNewest) return;
      entry = { end: first.revision - 1n, ids: new Set() };
    }
    for (const { id, revision } of events) {
      if (revision !== entry.end + 1n) continue;
      entry.end = revision;
      this.add(entry, id);
    }
    // Last used, last forgotten.
    if (!isNew) this.streams.delete(stream);
    this.streams.set(stream, entry);
    if (this.count > IDS_MAX) this.forgetOldest(stream);
  }

  forget(stream: string): void {
    this.count -= this.streams.get(stream)?.ids.size ?? 0;
    this.streams.delete(stream);
  }

  private async loadNewest(stream: string): Promise<void> {
    const [last] = (await this.reader.streamPage(stream, 'backwards', undefined, 1)).events;
    const start = toBigint(last?.revision ?? 0n) - BigInt(STREAM_IDS_MAX);
    if (start <= 0n) return;
    const { events } = await this.reader.streamPage(stream, 'forwards', start);
    this.note(stream, events.map(fromWire), true);
  }

  private add({ ids }: Entry, id: string): void {
    this.count -= ids.size;
    ids.add(id);
    if (ids.size > STREAM_IDS_MAX) {
      const [oldest] = ids;
      if (oldest !== undefined) ids.delete(oldest);
    }
    this.count += ids.size;
  }

  private forgetOldest(kept: string): void {
    for (const stream of this.streams.keys()) {
      if (this.count <= IDS_MAX || stream === kept) return;
      this.forget(stream);
    }
  }
}
