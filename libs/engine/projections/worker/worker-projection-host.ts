import { LedgerdeskError, messageOf } from '@ledgerdesk/kernel';
import { clearTimeout, setTimeout } from 'node:timers';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ProjectionHost, ProjectionStatus } from '../../projection-host';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../../subscriptions/back-off';
import { PositionWaits } from '../position-waits';
import type { WorkerMessage, WorkerRequest, WorkerStart } from './projection-worker.protocol';
import { fromFailure } from './worker-failure';

/** A thread that builds indexes answers late: the last known status is given instead. */
const STATUS_TIMEOUT_MS = 1_000;
/** Only a thread that hangs in native code needs longer to stop; its writes are transactions. */
const STOP_TIMEOUT_MS = 10_000;
/**
 * What V8 would let grow to 48 MB while the thread starts, and keep for ever. A batch leaves little
 * behind: folding takes as long with less.
 */
const YOUNG_GENERATION_MB = 6;
/** A thread that ran for so long had a good start: the next back-off begins anew. */
const HEALTHY_AFTER_MS = 60_000;

export interface WorkerProjectionHostOptions extends WorkerStart {
  /**
   * Where the log ends, as the calling thread sees it: a thread that is stuck repeats what it knew,
   * and would look as if it kept up. Default: what the thread says.
   */
  readonly head?: () => Promise<bigint>;
  /** Before a thread that died is replaced. */
  readonly backOff?: Partial<BackOff>;
  /** For the log of the process: a projection has failed for good, or the thread has died. */
  readonly onFailure?: (projection: string | undefined, error: unknown) => void;
}

type ProgressListener = (projection: string, checkpoint: bigint) => void;

/**
 * Runs projections in a worker thread with store connections of its own, so that the calling thread
 * belongs to commands and queries. A thread that dies is replaced, with back-off; documents and
 * checkpoints are one transaction, so nothing is lost or repeated.
 */
export class WorkerProjectionHost implements ProjectionHost {
  private readonly waits = new PositionWaits();
  private readonly listeners = new Set<ProgressListener>();
  private readonly questions = new Map<number, () => void>();
  private readonly stopping = new AbortController();
  private readonly backOff: BackOff;
  private readonly running: Promise<void>;
  private worker: Worker;
  private statuses: readonly ProjectionStatus[];
  private readonly failed = new Set<string>();
  private lastQuestion = 0;
  private threadRestarts = 0;
  private lastError: string | undefined;

  private constructor(
    private readonly options: WorkerProjectionHostOptions,
    first: StartedWorker,
  ) {
    this.backOff = { ...DEFAULT_BACK_OFF, ...options.backOff };
    this.worker = first.worker;
    this.statuses = first.statuses;
    this.running = this.tend(first);
  }

  /**
   * Resolves once the thread has opened the stores and begun to follow the log.
   *
   * @throws LedgerdeskError `invalid.projection-catalogue`, and what opening the stores gives.
   */
  static async start(options: WorkerProjectionHostOptions): Promise<WorkerProjectionHost> {
    return new WorkerProjectionHost(options, await startWorker(options));
  }

  async waitFor(projection: string, position: bigint, timeoutMs: number): Promise<boolean> {
    const isKnown = this.statuses.some(({ name }) => name === projection);
    if (!isKnown || this.failed.has(projection)) return false;
    const reached = this.waits.until(projection, position, timeoutMs);
    this.hurryFor(projection);
    return reached;
  }

  /**
   * What the thread answers within a second; while it is busy or replaced, what it said last,
   * measured by where the log ends now.
   */
  async status(): Promise<readonly ProjectionStatus[]> {
    if (!this.isStopping()) await this.askStatus();
    const head = await this.headNow();
    return this.statuses.map((status) => ({
      ...measured(status, head),
      restarts: status.restarts + this.threadRestarts,
      ...(this.isStopping() && status.state !== 'failed' && { state: 'stopped' }),
      ...(this.lastError !== undefined && { lastError: status.lastError ?? this.lastError }),
    }));
  }

  onProgress(listener: ProgressListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    if (!this.isStopping()) {
      this.stopping.abort();
      this.waits.close();
      this.send({ kind: 'stop' });
    }
    const { worker } = this;
    const timer = setTimeout(() => void worker.terminate(), STOP_TIMEOUT_MS);
    await this.running;
    clearTimeout(timer);
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Listens to one thread after the other for as long as the host runs. */
  private async tend(first: StartedWorker): Promise<void> {
    let current: StartedWorker | undefined = first;
    let failures = 0;
    while (current !== undefined) {
      this.worker = current.worker;
      this.statuses = current.statuses;
      this.failed.clear();
      const startedMs = Date.now();
      const failure = await this.listen(current);
      if (this.isStopping()) return;
      this.threadRestarts += 1;
      failures = Date.now() - startedMs > HEALTHY_AFTER_MS ? 1 : failures + 1;
      this.noteFailure(failure ?? new Error('the projection thread ended'));
      current = await this.replace(failures);
    }
  }

  private async replace(failuresBefore: number): Promise<StartedWorker | undefined> {
    for (let failures = failuresBefore; !this.isStopping(); failures += 1) {
      await this.backOff.delay(backOffMs(failures, this.backOff), this.stopping.signal);
      if (this.isStopping()) return undefined;
      try {
        const started = await startWorker(this.options);
        if (!this.isStopping()) return started;
        await started.worker.terminate();
      } catch (error) {
        this.noteFailure(error);
      }
    }
    return undefined;
  }

  /** Resolves when the thread has ended, with its error if it had one. */
  private listen({ worker, early }: StartedWorker): Promise<unknown> {
    return new Promise((resolve) => {
      let failure: unknown;
      worker.on('message', (message: WorkerMessage) => this.receive(message));
      worker.on('error', (error) => (failure = error));
      worker.on('exit', () => resolve(failure));
      for (const message of early.splice(0)) this.receive(message);
    });
  }

  private receive(message: WorkerMessage): void {
    switch (message.kind) {
      case 'progress':
        this.advance(message.projection, message.checkpoint);
        return;
      case 'status':
        this.statuses = message.statuses;
        this.questions.get(message.id)?.();
        return;
      case 'failed':
        this.failed.add(message.projection);
        this.waits.giveUp(message.projection);
        this.options.onFailure?.(message.projection, fromFailure(message.failure));
        return;
      case 'ready':
        return;
      case 'refused':
        this.noteFailure(fromFailure(message.failure));
    }
  }

  private advance(projection: string, checkpoint: bigint): void {
    this.waits.advance(projection, checkpoint);
    for (const listener of this.listeners) listener(projection, checkpoint);
    this.hurryFor(projection);
  }

  private hurryFor(projection: string): void {
    if (this.waits.hasWaits(projection)) this.send({ kind: 'hurry', projection });
  }

  private async askStatus(): Promise<void> {
    this.lastQuestion += 1;
    const id = this.lastQuestion;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, STATUS_TIMEOUT_MS);
      this.questions.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
      this.send({ kind: 'status', id });
    });
    this.questions.delete(id);
  }

  /** A log that cannot be read answers for itself; then the thread's word is all there is. */
  private async headNow(): Promise<bigint> {
    return (await this.options.head?.().catch(() => 0n)) ?? 0n;
  }

  private send(request: WorkerRequest): void {
    this.worker.postMessage(request);
  }

  private noteFailure(error: unknown): void {
    this.lastError = messageOf(error);
    this.options.onFailure?.(undefined, error);
  }
}

interface StartedWorker {
  readonly worker: Worker;
  readonly statuses: readonly ProjectionStatus[];
  /** Messages that came between `ready` and the moment somebody listened. */
  readonly early: WorkerMessage[];
}

async function startWorker({
  eventStoreUrl,
  readStoreUrl,
  catalogue,
  pacing,
  stallMs,
}: WorkerStart): Promise<StartedWorker> {
  const workerData: WorkerStart = {
    eventStoreUrl,
    readStoreUrl,
    catalogue,
    ...(pacing !== undefined && { pacing }),
    ...(stallMs !== undefined && { stallMs }),
  };
  // The build runs from .js and needs nothing; from the sources, as in the tests, the new thread
  // has to be taught TypeScript first.
  const extension = extname(__filename);
  const hook = join(__dirname, '../../../event-store/testing/typescript-hook.cjs');
  const worker = new Worker(join(__dirname, `projection-worker.entry${extension}`), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    ...(extension === '.ts' ? { execArgv: ['--require', hook] } : {}),
  });
  return new Promise((resolve, reject) => {
    const early: WorkerMessage[] = [];
    const onError = (error: unknown): void => reject(asError(error));
    const onExit = (code: number): void => reject(threadEnded(code));
    const onMessage = (message: WorkerMessage): void => {
      if (message.kind === 'ready') {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve({ worker, statuses: message.statuses, early });
      } else if (message.kind === 'refused') {
        reject(fromFailure(message.failure));
      } else {
        early.push(message);
      }
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

function measured(status: ProjectionStatus, head: bigint): ProjectionStatus {
  if (head <= status.head) return status;
  const lagEvents = head > status.checkpoint ? head - status.checkpoint : 0n;
  return { ...status, head, lagEvents };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

function threadEnded(code: number): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.projection-worker',
    `The projection thread ended with code ${code} before it was ready; it is started again.`,
    { details: { exitCode: code } },
  );
}
