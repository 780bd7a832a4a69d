/** Reads the primitives of Kafka's classic (not flexible) protocol from one frame. */
export class WireReader {
  private at = 0;

  constructor(private readonly frame: Buffer) {}

  int8(): number {
    return this.frame.readInt8(this.take(1));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.frame.readInt16BE(this.take(2));
  }

  int32(): number {
    return this.frame.readInt32BE(this.take(4));
  }

  int64(): bigint {
    return this.frame.readBigInt64BE(this.take(8));
  }

  text(): string {
    return this.nullableText() ?? '';
  }

  nullableText(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const from = this.take(length);
    return this.frame.toString('utf8', from, from + length);
  }

  bytes(): Buffer {
    const length = this.int32();
    if (length < 0) return Buffer.alloc(0);
    const from = this.take(length);
    return this.frame.subarray(from, from + length);
  }

  list<T>(item: () => T): readonly T[] {
    return this.nullableList(item) ?? [];
  }

  /** Null is not the empty list: for topics it means all of them. */
  nullableList<T>(item: () => T): readonly T[] | null {
    const length = this.int32();
    return length < 0 ? null : Array.from({ length }, item);
  }

  private take(bytes: number): number {
    const from = this.at;
    this.at += bytes;
    return from;
  }
}

/** Writes the primitives of Kafka's classic protocol. */
export class WireWriter {
  private readonly parts: Buffer[] = [];

  int8(value: number): this {
    return this.put(1, (part) => part.writeInt8(value));
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    return this.put(2, (part) => part.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.put(4, (part) => part.writeInt32BE(value));
  }

  int64(value: bigint): this {
    return this.put(8, (part) => part.writeBigInt64BE(value));
  }

  text(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value, 'utf8');
    return this.int16(bytes.length).raw(bytes);
  }

  bytes(value: Buffer): this {
    return this.int32(value.length).raw(value);
  }

  list<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  raw(bytes: Buffer): this {
    this.parts.push(bytes);
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.parts);
  }

  private put(bytes: number, fill: (part: Buffer) => void): this {
    const part = Buffer.alloc(bytes);
    fill(part);
    return this.raw(part);
  }
}
