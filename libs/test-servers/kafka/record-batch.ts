/**
 * The head of a record batch of format 2. The records themselves stay bytes: a broker does not look
 * into them, so that compression and headers need nothing here.
 */
export interface RecordBatch {
  readonly bytes: Buffer;
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly timestampMs: bigint;
  /** -1 where the producer is not idempotent. */
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly records: number;
}

/** Bytes of a batch before its records. */
const HEAD_BYTES = 61;
const LENGTH_AT = 8;
/** The length field counts what follows it. */
const BEFORE_LENGTH_BYTES = 12;

/** The batches of a produce request. Throws for a record format other than 2. */
export function recordBatchesOf(bytes: Buffer): readonly RecordBatch[] {
  const batches: RecordBatch[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const length = BEFORE_LENGTH_BYTES + bytes.readInt32BE(at + LENGTH_AT);
    // A copy: the frame that it lies in is not kept.
    batches.push(batchOf(Buffer.from(bytes.subarray(at, at + length))));
    at += length;
  }
  return batches;
}

/** The batch at its place in the log; its checksum does not cover the offset. */
export function placedAt(batch: RecordBatch, firstOffset: bigint): RecordBatch {
  batch.bytes.writeBigInt64BE(firstOffset, 0);
  const lastOffset = firstOffset + (batch.lastOffset - batch.firstOffset);
  return { ...batch, firstOffset, lastOffset };
}

function batchOf(bytes: Buffer): RecordBatch {
  const format = bytes.readInt8(16);
  if (format !== 2) throw new Error(`record format ${format}, only 2 is known`);
  const firstOffset = bytes.readBigInt64BE(0);
  return {
    bytes,
    firstOffset,
    lastOffset: firstOffset + BigInt(bytes.readInt32BE(23)),
    timestampMs: bytes.readBigInt64BE(35),
    producerId: bytes.readBigInt64BE(43),
    producerEpoch: bytes.readInt16BE(51),
    firstSequence: bytes.readInt32BE(53),
    records: bytes.readInt32BE(57),
  };
}
