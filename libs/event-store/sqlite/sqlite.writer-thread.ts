import { LedgerdeskError } from '@ledgerdesk/kernel';
import { extname, join } from 'node:path';
import { setImmediate } from 'node:timers';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { revisionConflict, storeBusy, storeClosed, unknownOutcome } from '../event-store.errors';
import type { AppendRequest, AppendResult } from '../event-store.port';
import {
  CONFLICT,
  METADATA_SET,
  NO_STREAM,
  OUTCOME_FIELDS,
  packAppend,
  packMetadata,
  REPEATED,
  type Failure,
  type Field,
  type WriterAnswer,
  type WriterRequest,
  type WriterStart,
} from './sqlite.protocol';

/** Appends that may wait for the disk, and the bytes of their bodies. */
export interface WriteQueueLimits {
  readonly waitingMax: number;
  readonly waitingBytesMax: number;
}

export const DEFAULT_QUEUE_LIMITS: WriteQueueLimits = {
  waitingMax: 10_000,
  waitingBytesMax: 64 * 1024 * 1024,
};

/** Appends in one message to the thread, which commits all that has reached it by then. */
const SENT_AT_ONCE_MAX = 16;

/** What a thread and a port have in common, but for the types of their overloads. */
interface Emitter {
  on(event: string, listener: (value: unknown) => void): unknown;
}

interface Waiting {
  readonly stream: string;
  readonly bytes: number;
  readonly conclude: (kind: number, revision: number, position: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * This side of the writer thread: sends what one turn of the event loop asked for in one message,
 * and matches the answers, which come in the order of the questions. A thread that dies takes the
 * store with it: what was sent has an unknown outcome, everything later finds it closed.
 */
export class WriterThread {
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  private unsent: Field[] = [];
  private unsentCount = 0;
  private isFlushDue = false;
  private end: 'none' | 'closing' | 'exited' = 'none';
  private failure: unknown;
  private obstacle: LedgerdeskError | undefined;
  private probing: Promise<void> | undefined;
  private readonly exited: Promise<void>;

  private constructor(
    private readonly line: Worker | MessagePort,
    private readonly limits: WriteQueueLimits,
    endEvent: 'exit' | 'close',
  ) {
    const events: Emitter = line;
    events.on('message', (answer) => this.receive(answer as WriterAnswer));
    events.on('error', (error) => (this.failure = error));
    this.exited = new Promise((resolve) => {
      events.on(endEvent, () => {
        this.giveUp();
        resolve();
      });
    });
    // An idle store keeps no process alive; while something waits, the thread is held.
    line.unref();
  }

  /** Over a port that {@link share} gave to this thread. */
  static over(port: MessagePort, limits: WriteQueueLimits): WriterThread {
    return new WriterThread(port, limits, 'close');
  }

  /** Resolves once the thread holds the directory. Errors as {@link SqliteEventStore.open}. */
  static async start(
    dir: string,
    limits: WriteQueueLimits,
    startWorker: (start: WriterStart) => Worker = startWriterWorker,
  ): Promise<WriterThread> {
    const worker = startWorker({ dir });
    const answer = await firstAnswer(worker);
    if (answer.kind === 'ready') return new WriterThread(worker, limits, 'exit');
    await worker.terminate();
    throw answer.kind === 'refused' ? toError(answer.failure) : storeClosed(answer);
  }

  append(request: AppendRequest, bytes: number): Promise<AppendResult> {
    const { stream, expectedRevision } = request;
    return new Promise((resolve, reject) => {
      const conclude = (kind: number, revision: number, position: number): void => {
        if (kind === CONFLICT) {
          const actual = revision === NO_STREAM ? 'no-stream' : BigInt(revision);
          reject(revisionConflict(stream, expectedRevision, actual));
        } else {
          const repeated = kind === REPEATED;
          resolve({ revision: BigInt(revision), position: BigInt(position), repeated });
        }
      };
      if (!this.enqueue({ stream, bytes, conclude, reject })) return;
      packAppend(this.unsent, request);
      this.flushIfMuch();
    });
  }

  setMetadata(stream: string, body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const conclude = (): void => resolve();
      if (!this.enqueue({ stream, bytes: body.length, conclude, reject })) return;
      packMetadata(this.unsent, stream, body);
    });
  }

  /** As {@link EventStore.appendObstacle}. Those who ask at the same time share one probe. */
  async appendObstacle(): Promise<LedgerdeskError | undefined> {
    if (this.end === 'none' && this.obstacle !== undefined) {
      this.probing ??= this.probe().finally(() => (this.probing = undefined));
      await this.probing;
    }
    return this.end === 'none' ? this.obstacle : storeClosed(this.failure);
  }

  /**
   * A port by which another thread of this process writes beside this one. Errors:
   * `unavailable.event-store-closed`; nobody would answer at such a port.
   */
  share(): MessagePort {
    if (this.end !== 'none') throw storeClosed(this.failure);
    const { port1, port2 } = new MessageChannel();
    const request: WriterRequest = { kind: 'share', port: port1 };
    this.line.postMessage(request, [port1]);
    return port2;
  }

  /** Waits for what was asked before, then for the end of the thread. Idempotent. */
  async close(): Promise<void> {
    if (this.end === 'none') {
      this.flush();
      this.end = 'closing';
      this.line.ref();
      this.send({ kind: 'close' });
    }
    await this.exited;
  }

  /** Settles when the answer is there, whatever it is. */
  private probe(): Promise<void> {
    return new Promise((resolve) => {
      this.flush();
      this.hold({ stream: '', bytes: 0, conclude: () => resolve(), reject: () => resolve() });
      this.send({ kind: 'probe' });
    });
  }

  private hold(operation: Waiting): void {
    if (this.waiting.length === 0) this.line.ref();
    this.waiting.push(operation);
    this.waitingBytes += operation.bytes;
  }

  private enqueue(operation: Waiting): boolean {
    const refusal = this.refusalOf(operation);
    if (refusal !== undefined) {
      operation.reject(refusal);
      return false;
    }
    this.hold(operation);
    this.unsentCount += 1;
    if (!this.isFlushDue) {
      this.isFlushDue = true;
      setImmediate(() => {
        this.isFlushDue = false;
        this.flush();
      });
    }
    return true;
  }

  // A turn that asks for much sends it in parts: the disk is then at work while the turn goes on,
  // instead of each waiting for the other.
  private flushIfMuch(): void {
    if (this.unsentCount >= SENT_AT_ONCE_MAX) this.flush();
  }

  private refusalOf({ bytes }: Waiting): LedgerdeskError | undefined {
    if (this.end !== 'none') return storeClosed(this.failure);
    const { waitingMax, waitingBytesMax } = this.limits;
    const isFull =
      this.waiting.length >= waitingMax ||
      (this.waiting.length > 0 && this.waitingBytes + bytes > waitingBytesMax);
    return isFull ? storeBusy(this.waiting.length, this.waitingBytes) : undefined;
  }

  private flush(): void {
    if (this.unsentCount === 0 || this.end !== 'none') return;
    this.send({ kind: 'write', fields: this.unsent });
    this.unsent = [];
    this.unsentCount = 0;
  }

  private send(request: WriterRequest): void {
    this.line.postMessage(request);
  }

  private receive(answer: WriterAnswer): void {
    if (answer.kind === 'done') {
      this.obstacle = undefined;
      this.conclude(answer.outcomes);
    } else if (answer.kind === 'failed') {
      const error = toError(answer.failure);
      if (error.kind === 'unavailable') this.obstacle = error;
      for (const { reject } of this.take(answer.operations)) reject(error);
    }
    if (this.waiting.length === 0 && this.end === 'none') this.line.unref();
  }

  private conclude(outcomes: readonly number[]): void {
    let at = 0;
    for (const { conclude } of this.take(outcomes.length / OUTCOME_FIELDS)) {
      const [kind = METADATA_SET, revision = 0, position = 0] = outcomes.slice(
        at,
        at + OUTCOME_FIELDS,
      );
      conclude(kind, revision, position);
      at += OUTCOME_FIELDS;
    }
  }

  private take(count: number): Waiting[] {
    const answered = this.waiting.splice(0, count);
    for (const { bytes } of answered) this.waitingBytes -= bytes;
    return answered;
  }

  private giveUp(): void {
    this.end = 'exited';
    const sent = this.take(this.waiting.length - this.unsentCount);
    for (const { stream, reject } of sent) reject(unknownOutcome(stream, this.failure));
    for (const { reject } of this.take(this.unsentCount)) reject(storeClosed(this.failure));
    this.unsentCount = 0;
    this.unsent = [];
  }
}

function startWriterWorker(start: WriterStart): Worker {
  // The build runs from .js and needs nothing; from the sources, as in the tests, the new thread
  // has to be taught TypeScript first.
  const extension = extname(__filename);
  const hook = join(__dirname, '../testing/typescript-hook.cjs');
  return new Worker(join(__dirname, `sqlite.writer-entry${extension}`), {
    workerData: start,
    ...(extension === '.ts' ? { execArgv: ['--require', hook] } : {}),
  });
}

function firstAnswer(worker: Worker): Promise<WriterAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(storeClosed(`writer thread exited with ${code}`)));
  });
}

function toError({ code, message, details }: Failure): LedgerdeskError {
  return new LedgerdeskError(code, message, { details });
}
