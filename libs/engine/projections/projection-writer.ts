import {
  hasErrorCode,
  hasErrorKind,
  isLedgerdeskError,
  LedgerdeskError,
  messageOf,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import type { CheckpointMark, DocumentChange, GenerationStore } from '@ledgerdesk/read-store';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import { entriesOf, type LogBatch, type LogEntry } from './log-batch';
import { ProjectionBatch, type DocumentsByCollection } from './projection-batch';
import { PARKED_COLLECTION, PARKED_MAX, type ParkedEvent } from './projection-storage';

/** Documents kept in memory for each collection, so that the busy ones are not read again. */
const CACHED_DOCUMENTS_MAX = 2_000;
const REASON_LENGTH_MAX = 1_000;

interface KeyedEntry {
  readonly entry: LogEntry;
  readonly event: RecordedEvent;
  readonly key: string;
}

interface Selection {
  readonly keyed: readonly KeyedEntry[];
  readonly parked: ParkedDocument[];
  /** The event at which this build of the projection has to stop. */
  readonly halt?: { readonly error: unknown; readonly checkpoint: bigint };
}

interface ParkedDocument {
  readonly id: string;
  readonly document: ParkedEvent & ReadDocument;
}

interface Reach {
  readonly checkpoint: bigint;
  readonly mark: CheckpointMark | undefined;
}

export interface ProjectionWriterOptions {
  readonly projection: Projection;
  readonly generation: GenerationStore;
  readonly checkpoint: bigint;
  /** Events that this generation has parked so far. */
  readonly parked: number;
  readonly clock: Clock;
  /** Token of the lease under which it is written; absent where nobody else may write. */
  readonly fence?: number;
}

/**
 * Brings one generation of a projection forward along the log. Documents, sums, parked events and
 * the checkpoint of a batch are one write, so a crash leaves all of it or none.
 *
 * Cost of a batch: one read of the documents that are not cached, one write.
 */
export class ProjectionWriter {
  private readonly projection: Projection;
  private readonly generation: GenerationStore;
  private readonly clock: Clock;
  private readonly fence: { readonly fence?: number };
  private readonly cached = new Map<string, LRUCache<string, ReadDocument>>();
  private reached: bigint;
  private parkedCount: number;

  constructor(options: ProjectionWriterOptions) {
    const { projection, generation, checkpoint, parked, clock, fence } = options;
    this.projection = projection;
    this.generation = generation;
    this.clock = clock;
    this.fence = fence === undefined ? {} : { fence };
    this.reached = checkpoint;
    this.parkedCount = parked;
  }

  get checkpoint(): bigint {
    return this.reached;
  }

  get parked(): number {
    return this.parkedCount;
  }

  /**
   * Stores the effect of the batch behind the checkpoint; what lies before it is passed over.
   * Errors: those of {@link GenerationStore.write}; `incompatible.*` for an event that this build
   * cannot read, with everything before it stored; `limit.parked-events`.
   */
  async write({ entries, position }: LogBatch): Promise<void> {
    const first = entries[0];
    const isNew = first === undefined || first.stored.position > this.reached;
    const reached = this.reached;
    const unseen = isNew ? entries : entries.filter(({ stored }) => stored.position > reached);
    await this.writeEntries(unseen, position);
  }

  private async writeEntries(entries: readonly LogEntry[], position: bigint): Promise<void> {
    if (position <= this.reached) return;
    const selection = this.select(entries);
    const checkpoint = selection.halt?.checkpoint ?? position;
    if (checkpoint > this.reached) {
      const changes = await this.changesOf(selection);
      try {
        const mark = this.markOf(entries, checkpoint);
        await this.commit(changes, selection.parked, { checkpoint, mark });
      } catch (error) {
        if (!hasErrorCode(error, 'invalid.document')) throw error;
        await this.isolate(entries, checkpoint, error);
      }
    }
    if (selection.halt !== undefined) throw selection.halt.error;
  }

  /** The event that makes a document unfit for its collection is found by halving the batch. */
  private async isolate(
    entries: readonly LogEntry[],
    position: bigint,
    error: unknown,
  ): Promise<void> {
    const last = entries.at(-1);
    if (entries.length <= 1) {
      const mark = this.markOf(entries, position);
      const parked = last ? [this.park(last, error)] : [];
      await this.commit(new Map(), parked, { checkpoint: position, mark });
      return;
    }
    const half = entries.slice(0, entries.length >> 1);
    await this.writeEntries(half, half.at(-1)?.stored.position ?? position);
    await this.writeEntries(entries.slice(half.length), position);
  }

  private select(entries: readonly LogEntry[]): Selection {
    const { keyOf } = this.projection;
    const keyed: KeyedEntry[] = [];
    const parked: ParkedDocument[] = [];
    for (const entry of this.ofThisProjection(entries)) {
      try {
        const event = entry.event();
        const key = keyOf(event);
        if (key !== undefined) keyed.push({ entry, event, key });
      } catch (error) {
        if (hasErrorKind(error, 'incompatible')) {
          const before = entries[entries.indexOf(entry) - 1];
          const checkpoint = before?.stored.position ?? this.reached;
          return { keyed, parked, halt: { error, checkpoint } };
        }
        parked.push(this.park(entry, error));
      }
    }
    return { keyed, parked };
  }

  private ofThisProjection(entries: readonly LogEntry[]): readonly LogEntry[] {
    return entriesOf(entries, this.projection.streamPrefixes);
  }

  /** The newest event of this projection in what is written: the others are not read again. */
  private markOf(entries: readonly LogEntry[], checkpoint: bigint): CheckpointMark | undefined {
    const last = this.ofThisProjection(entries).findLast(
      ({ stored }) => stored.position <= checkpoint,
    );
    return last && { position: last.stored.position, hash: last.stored.hash };
  }

  private async changesOf({ keyed, parked }: Selection): Promise<Map<string, DocumentChange[]>> {
    if (keyed.length === 0) return new Map();
    const { documents } = this.projection;
    const keys = [...new Set(keyed.map(({ key }) => key))];
    const batch = new ProjectionBatch(this.projection, await this.load(documents.name, keys));
    for (const { entry, event, key } of keyed) {
      try {
        batch.apply(key, event);
      } catch (error) {
        parked.push(this.park(entry, error));
      }
    }
    const sums = new Map<string, ReadonlyMap<string, ReadDocument>>();
    for (const [collection, ids] of batch.sumsToLoad()) {
      sums.set(collection, await this.load(collection, ids));
    }
    return batch.changes(sums satisfies DocumentsByCollection);
  }

  private async load(
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ReadDocument>> {
    const cache = this.cacheOf(collection);
    const found = new Map<string, ReadDocument>();
    const unknown: string[] = [];
    for (const id of ids) {
      const document = cache.get(id);
      if (document === undefined) unknown.push(id);
      else found.set(id, document);
    }
    if (unknown.length === 0) return found;
    for (const [id, document] of await this.generation.get(collection, unknown)) {
      found.set(id, document);
    }
    return found;
  }

  private async commit(
    changes: Map<string, DocumentChange[]>,
    parked: readonly ParkedDocument[],
    { checkpoint, mark }: Reach,
  ): Promise<void> {
    if (this.parkedCount + parked.length > PARKED_MAX) throw this.tooManyParked(parked);
    if (parked.length > 0) changes.set(PARKED_COLLECTION, [...parked]);
    await this.generation.write({
      changes,
      after: this.reached,
      checkpoint,
      ...(mark && { mark }),
      ...this.fence,
    });
    this.reached = checkpoint;
    this.parkedCount += parked.length;
    this.remember(changes);
  }

  private remember(changes: ReadonlyMap<string, readonly DocumentChange[]>): void {
    for (const [collection, list] of changes) {
      if (collection === PARKED_COLLECTION) continue;
      const cache = this.cacheOf(collection);
      for (const { id, document } of list) {
        if (document === null) cache.delete(id);
        else cache.set(id, document);
      }
    }
  }

  private cacheOf(collection: string): LRUCache<string, ReadDocument> {
    let cache = this.cached.get(collection);
    if (cache === undefined) {
      cache = new LRUCache({ max: CACHED_DOCUMENTS_MAX });
      this.cached.set(collection, cache);
    }
    return cache;
  }

  private park({ stored }: LogEntry, error: unknown): ParkedDocument {
    const position = stored.position.toString();
    const document = {
      position,
      stream: stored.stream,
      revision: stored.revision.toString(),
      type: stored.type,
      code: isLedgerdeskError(error) ? error.code : 'defect.fold',
      reason: messageOf(error).slice(0, REASON_LENGTH_MAX).toWellFormed(),
      parkedAt: this.clock.now().toISOString(),
    };
    return { id: position, document };
  }

  private tooManyParked(parked: readonly ParkedDocument[]): LedgerdeskError {
    const { name } = this.projection;
    const reason = parked[0]?.document.reason ?? '';
    return new LedgerdeskError(
      'limit.parked-events',
      `Projection ${name} would park more than ${PARKED_MAX} events, so its fold is at fault ` +
        `(${reason}). Mend it and raise its version, which builds it anew.`,
      { details: { projection: name, parked: this.parkedCount, parkedMax: PARKED_MAX } },
    );
  }
}
