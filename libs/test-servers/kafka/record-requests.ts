import type { PartitionLog } from './broker-logs';
import type { KafkaApi } from './protocol';
import { kafkaErrors } from './protocol';
import type { BrokerParts, KafkaAnswer, KafkaRequest } from './request';
import { WireWriter, type WireReader } from './wire';

const LATEST = -1n;
const EARLIEST = -2n;

interface AskedPartition {
  readonly index: number;
  readonly offset: bigint;
  readonly bytesMax: number;
}

interface AskedTopic {
  readonly name: string;
  readonly partitions: readonly AskedPartition[];
}

interface FoundPartition {
  readonly index: number;
  readonly error: number;
  readonly end: bigint;
  readonly records: Buffer;
}

interface Found {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly FoundPartition[];
  }[];
  readonly bytes: number;
  readonly hasFailed: boolean;
}

/** Records in and out: produce, fetch with its long poll, offsets by time. */
export class RecordRequests {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly parts: BrokerParts) {}

  produce({ body, version }: KafkaRequest): KafkaAnswer {
    body.nullableText();
    const acks = body.int16();
    body.int32();
    const topics = body.list(() => ({
      name: body.text(),
      partitions: body.list(() => ({ index: body.int32(), records: body.bytes() })),
    }));
    const answer = new WireWriter();
    answer.list(topics, ({ name, partitions }) => {
      answer.text(name).list(partitions, ({ index, records }) => {
        const { error, firstOffset } = this.append(name, index, records);
        answer.int32(index).int16(error).int64(firstOffset).int64(-1n);
        if (version >= 5) answer.int64(0n);
      });
    });
    this.wake();
    return acks === 0 ? undefined : answer.int32(0).done();
  }

  async fetch({ body, version }: KafkaRequest): Promise<Buffer> {
    body.int32();
    const waitMs = body.int32();
    const bytesMin = body.int32();
    const bytesMax = body.int32();
    body.int8();
    if (version >= 7) {
      body.int32();
      body.int32();
    }
    const topics = askedTopics(body, version);
    const until = Date.now() + waitMs;
    let found = this.gather(topics, bytesMax);
    while (!found.hasFailed && found.bytes < bytesMin && Date.now() < until) {
      await this.moreRecords(until - Date.now());
      found = this.gather(topics, bytesMax);
    }
    const answer = new WireWriter().int32(0);
    if (version >= 7) answer.int16(kafkaErrors.none).int32(0);
    answer.list(found.topics, ({ name, partitions }) => {
      answer.text(name).list(partitions, ({ index, error, end, records }) => {
        answer.int32(index).int16(error).int64(end).int64(end);
        if (version >= 5) answer.int64(0n);
        answer.list([], () => undefined);
        if (version >= 11) answer.int32(-1);
        answer.bytes(records);
      });
    });
    return answer.done();
  }

  listOffsets({ body, version }: KafkaRequest): Buffer {
    body.int32();
    if (version >= 2) body.int8();
    const topics = body.list(() => ({
      name: body.text(),
      partitions: body.list(() => ({ index: body.int32(), timestampMs: body.int64() })),
    }));
    const answer = new WireWriter();
    if (version >= 2) answer.int32(0);
    answer.list(topics, ({ name, partitions }) => {
      answer.text(name).list(partitions, ({ index, timestampMs }) => {
        const { log, error } = this.look('listOffsets', name, index);
        const later = timestampMs < 0n ? undefined : log?.firstSince(timestampMs);
        answer.int32(index).int16(error);
        answer.int64(later?.timestampMs ?? -1n).int64(offsetAt(log, timestampMs));
      });
    });
    return answer.done();
  }

  /** Ends every long poll, with what there is. */
  wake(): void {
    for (const wake of [...this.waiting]) wake();
  }

  private append(
    topic: string,
    partition: number,
    records: Buffer,
  ): ReturnType<PartitionLog['append']> {
    const { log, error } = this.look('produce', topic, partition);
    if (log === undefined || error !== kafkaErrors.none) return { error, firstOffset: -1n };
    if (records.length > this.parts.messageBytesMax) {
      return { error: kafkaErrors.messageTooLarge, firstOffset: -1n };
    }
    return log.append(records);
  }

  private gather(topics: readonly AskedTopic[], bytesMax: number): Found {
    let bytes = 0;
    const found = topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((asked) => {
        const partition = this.read(name, asked, bytesMax - bytes);
        bytes += partition.records.length;
        return partition;
      }),
    }));
    const hasFailed = found.some(({ partitions }) =>
      partitions.some(({ error }) => error !== kafkaErrors.none),
    );
    return { topics: found, bytes, hasFailed };
  }

  private read(topic: string, asked: AskedPartition, bytesLeft: number): FoundPartition {
    const { index, offset, bytesMax } = asked;
    const { log, error: refusal } = this.look('fetch', topic, index);
    const end = log?.end ?? -1n;
    const isOutside = offset < 0n || offset > end;
    const error =
      refusal === kafkaErrors.none && isOutside ? kafkaErrors.offsetOutOfRange : refusal;
    const isReadable = error === kafkaErrors.none && bytesLeft > 0;
    const batches = isReadable ? log?.readFrom(offset, Math.min(bytesMax, bytesLeft)) : undefined;
    return { index, error, end, records: Buffer.concat(batches ?? []) };
  }

  private look(
    api: KafkaApi,
    topic: string,
    partition: number,
  ): { readonly log: PartitionLog | undefined; readonly error: number } {
    const log = this.parts.logs.partition(topic, partition);
    const fault = this.parts.faults.onError?.(api, { topic, partition });
    const missing = log === undefined ? kafkaErrors.unknownTopicOrPartition : kafkaErrors.none;
    return { log, error: fault ?? missing };
  }

  private moreRecords(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
    });
  }
}

function askedTopics(body: WireReader, version: number): readonly AskedTopic[] {
  return body.list(() => ({
    name: body.text(),
    partitions: body.list(() => {
      const index = body.int32();
      if (version >= 9) body.int32();
      const offset = body.int64();
      if (version >= 5) body.int64();
      return { index, offset, bytesMax: body.int32() };
    }),
  }));
}

function offsetAt(log: PartitionLog | undefined, timestampMs: bigint): bigint {
  if (log === undefined) return -1n;
  if (timestampMs === EARLIEST) return 0n;
  if (timestampMs === LATEST) return log.end;
  return log.firstSince(timestampMs)?.firstOffset ?? -1n;
}
