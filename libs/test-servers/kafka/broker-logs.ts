import { kafkaErrors } from './protocol';
import { placedAt, recordBatchesOf, type RecordBatch } from './record-batch';

/** What a group has committed for one partition. */
export interface CommittedOffset {
  readonly offset: bigint;
  readonly metadata: string | null;
}

interface ProducerState {
  readonly epoch: number;
  readonly recent: readonly {
    readonly sequence: number;
    readonly records: number;
    readonly firstOffset: bigint;
  }[];
}

/** As many as a real broker remembers of each idempotent producer. */
const REMEMBERED_BATCHES = 5;

/** One partition: batches in the order of their offsets. */
export class PartitionLog {
  private readonly batches: RecordBatch[] = [];
  private readonly producers = new Map<bigint, ProducerState>();

  /** The offset that the next record gets. */
  get end(): bigint {
    const last = this.batches.at(-1);
    return last === undefined ? 0n : last.lastOffset + 1n;
  }

  /** Appends the batches of a produce request; a repeated one of an idempotent producer is not. */
  append(bytes: Buffer): { readonly error: number; readonly firstOffset: bigint } {
    let firstOffset = -1n;
    for (const batch of recordBatchesOf(bytes)) {
      const known = this.repeated(batch);
      if (typeof known === 'bigint') return { error: kafkaErrors.none, firstOffset: known };
      if (known !== kafkaErrors.none) return { error: known, firstOffset: -1n };
      const at = this.end;
      this.remember(batch, at);
      this.batches.push(placedAt(batch, at));
      if (firstOffset < 0n) firstOffset = at;
    }
    return { error: kafkaErrors.none, firstOffset };
  }

  /** Batches from the one that holds `offset`: at least one, the others up to `bytesMax`. */
  readFrom(offset: bigint, bytesMax: number): readonly Buffer[] {
    const found: Buffer[] = [];
    let bytes = 0;
    for (let index = this.indexOf(offset); index < this.batches.length; index += 1) {
      const batch = this.batches[index]?.bytes ?? Buffer.alloc(0);
      if (bytes > 0 && bytes + batch.length > bytesMax) break;
      found.push(batch);
      bytes += batch.length;
    }
    return found;
  }

  firstSince(timestampMs: bigint): RecordBatch | undefined {
    return this.batches.find((batch) => batch.timestampMs >= timestampMs);
  }

  private indexOf(offset: bigint): number {
    let low = 0;
    let high = this.batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.batches[middle]?.lastOffset ?? offset) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The offset that the batch has already, or an error code. */
  private repeated(batch: RecordBatch): bigint | number {
    if (batch.producerId < 0n) return kafkaErrors.none;
    const known = this.producers.get(batch.producerId);
    if (known !== undefined && batch.producerEpoch < known.epoch) {
      return kafkaErrors.invalidProducerEpoch;
    }
    const recent = known?.epoch === batch.producerEpoch ? known.recent : [];
    const twin = recent.find(
      ({ sequence, records }) => sequence === batch.firstSequence && records === batch.records,
    );
    if (twin !== undefined) return twin.firstOffset;
    const last = recent.at(-1);
    const expected = last === undefined ? 0 : last.sequence + last.records;
    // A producer that is new to the partition may begin anywhere, as after a lost state.
    const isInOrder = last === undefined || batch.firstSequence === expected;
    return isInOrder ? kafkaErrors.none : kafkaErrors.outOfOrderSequence;
  }

  private remember(batch: RecordBatch, firstOffset: bigint): void {
    if (batch.producerId < 0n) return;
    const known = this.producers.get(batch.producerId);
    const recent = known?.epoch === batch.producerEpoch ? known.recent : [];
    const next = { sequence: batch.firstSequence, records: batch.records, firstOffset };
    this.producers.set(batch.producerId, {
      epoch: batch.producerEpoch,
      recent: [...recent, next].slice(-REMEMBERED_BATCHES),
    });
  }
}

/** What a real broker has on disk: it outlives a kill. */
export class BrokerLogs {
  readonly topics = new Map<string, PartitionLog[]>();
  private readonly offsets = new Map<string, Map<string, CommittedOffset>>();
  private producerIds = 1000n;

  /** Makes the topic, or gives it more partitions; it never has fewer. */
  addTopic(name: string, partitions: number): void {
    const logs = this.topics.get(name) ?? [];
    while (logs.length < partitions) logs.push(new PartitionLog());
    this.topics.set(name, logs);
  }

  partition(topic: string, index: number): PartitionLog | undefined {
    return this.topics.get(topic)?.[index];
  }

  nextProducerId(): bigint {
    this.producerIds += 1n;
    return this.producerIds;
  }

  commit(group: string, topic: string, partition: number, offset: CommittedOffset): void {
    const saved = this.offsets.get(group) ?? new Map<string, CommittedOffset>();
    this.offsets.set(group, saved.set(`${topic}/${partition}`, offset));
  }

  /** Undefined where the group has committed nothing. */
  committed(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.offsets.get(group)?.get(`${topic}/${partition}`);
  }

  committedPlaces(group: string): readonly (readonly [topic: string, partition: number])[] {
    return [...(this.offsets.get(group)?.keys() ?? [])].map((place) => {
      const at = place.lastIndexOf('/');
      return [place.slice(0, at), Number(place.slice(at + 1))] as const;
    });
  }
}
