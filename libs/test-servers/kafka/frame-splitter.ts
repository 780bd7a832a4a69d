const LENGTH_BYTES = 4;

/** Puts the frames of a connection together from the pieces in which they arrive. */
export class FrameSplitter {
  private pending: Buffer = Buffer.alloc(0);

  /** The frames that are whole now, without their length. */
  take(chunk: Buffer): readonly Buffer[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const frames: Buffer[] = [];
    while (this.pending.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.pending.readInt32BE(0);
      if (this.pending.length < end) break;
      frames.push(this.pending.subarray(LENGTH_BYTES, end));
      this.pending = this.pending.subarray(end);
    }
    return frames;
  }
}
