import { open, type FileHandle } from 'node:fs/promises';
import type { FaultPlan } from './faults';
import type { RecordedEvent } from './event-log';

/** Who is told of a flush. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A file that takes what a log writes. All that waits is written and flushed (`fdatasync`) together;
 * what comes meanwhile shares the next flush, as in the storage writer of EventStoreDB, which
 * flushes when nothing is left in its queue. It is never read: a restarted server has its log in
 * memory.
 */
export class Journal {
  private records: Buffer[] = [];
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  /** Flushes that have succeeded. */
  flushes = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly faults: Pick<FaultPlan, 'meetFlush'>,
  ) {}

  /** Begins the file, or goes on behind what it holds. */
  static async open(path: string, faults: Pick<FaultPlan, 'meetFlush'>): Promise<Journal> {
    return new Journal(await open(path, 'a'), faults);
  }

  /** Takes an event for the next flush. */
  write(event: RecordedEvent): void {
    const { id, stream, type, isJson, data, metadata } = event;
    const head = [stream, String(event.revision), String(event.position), id, type, isJson];
    const names = Buffer.from(JSON.stringify(head));
    const sizes = Buffer.allocUnsafe(12);
    sizes.writeUInt32LE(names.length, 0);
    sizes.writeUInt32LE(data.length, 4);
    sizes.writeUInt32LE(metadata.length, 8);
    this.records.push(Buffer.concat([sizes, names, data, metadata]));
  }

  /** Resolves once all that was written by now is on the disk; rejects where that failed. */
  flushed(): Promise<void> {
    if (this.records.length === 0 && this.running === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Waits for the flush under way. */
  async close(): Promise<void> {
    await this.running;
    await this.file.close();
  }

  private async run(): Promise<void> {
    // Whatever the same turn of the loop brings in belongs to the first flush.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const { records, waiting } = this;
      this.records = [];
      this.waiting = [];
      try {
        await this.flush(records);
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        this.records = [];
        for (const { reject } of [...waiting, ...this.waiting.splice(0)]) reject(error);
      }
    }
    this.running = undefined;
  }

  private async flush(records: readonly Buffer[]): Promise<void> {
    await this.faults.meetFlush();
    if (records.length === 0) return;
    await this.file.writev(records);
    await this.file.datasync();
    this.flushes += 1;
  }
}
