import { messageOf } from '@ledgerdesk/kernel';
import { clearTimeout, setTimeout } from 'node:timers';
import { extname, join } from 'node:path';
import { Worker, type MessagePort } from 'node:worker_threads';
import type { ProjectionStatus } from '../projection-host';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../subscriptions/back-off';
import type {
  ThreadAnswers,
  ThreadMessage,
  ThreadQuestion,
  ThreadRequest,
  ThreadStart,
} from './background-thread.protocol';
import { OpenQuestions } from './open-questions';
import { fromFailure, threadEnded } from './thread-failure';

/** Only a thread that hangs needs longer to stop; its writes are transactions. */
const DEFAULT_STOP_TIMEOUT_MS = 10_000;
/**
 * What V8 would let grow to 48 MB while the thread starts, and keep for ever. A batch leaves little
 * behind: folding takes as long with less.
 */
const YOUNG_GENERATION_MB = 6;
/** A thread that ran for so long had a good start: the next back-off begins anew. */
const HEALTHY_AFTER_MS = 60_000;

export interface BackgroundThreadOptions extends Omit<ThreadStart, 'appends'> {
  /** A port of the open event store, for each thread anew. Default: the thread appends nothing. */
  readonly appendPort?: () => MessagePort;
  /** Before a thread that died is replaced. */
  readonly backOff?: Partial<BackOff>;
  /** A thread that takes longer is ended as it stands. Default: 10 s. */
  readonly stopTimeoutMs?: number;
}

/** Is told what happens in the thread. */
export interface ThreadListener {
  /** A thread has taken the place of one that died. */
  replaced(statuses: readonly ProjectionStatus[]): void;
  /** The thread has died, or none could be started in its place yet. */
  failed(error: unknown): void;
  receive(message: ThreadMessage): void;
}

/**
 * The thread beside the one that commands and queries belong to: it folds the read models and runs
 * the flows, with store connections of its own and at a lower priority. One that dies is replaced,
 * with back-off: documents and checkpoints are one transaction, and flows go on where the log has
 * them, so nothing is lost or repeated.
 */
export class BackgroundThread {
  private readonly listeners = new Set<ThreadListener>();
  private readonly questions = new OpenQuestions();
  private readonly stopping = new AbortController();
  private readonly backOff: BackOff;
  /** How long the flows, and then the thread, may take to stop. */
  readonly stopTimeoutMs: number;
  private readonly running: Promise<void>;
  /** Until somebody listens. */
  private readonly undelivered: ThreadMessage[] = [];
  private worker: Worker;
  private restartCount = 0;
  private isAlive = true;

  private constructor(
    private readonly options: BackgroundThreadOptions,
    first: StartedWorker,
  ) {
    this.backOff = { ...DEFAULT_BACK_OFF, ...options.backOff };
    this.stopTimeoutMs = options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS;
    this.worker = first.worker;
    this.firstStatuses = first.statuses;
    this.running = this.tend(first);
  }

  /** As the projections stood when the first thread began. */
  readonly firstStatuses: readonly ProjectionStatus[];

  /**
   * Resolves once the thread has opened the stores and begun to follow the log.
   *
   * @throws LedgerdeskError `invalid.background-catalogue`, and what opening the stores gives.
   */
  static async start(options: BackgroundThreadOptions): Promise<BackgroundThread> {
    return new BackgroundThread(options, await startWorker(options));
  }

  /** Threads that took the place of one that died. */
  get restarts(): number {
    return this.restartCount;
  }

  isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Gives the listener all messages from now on; the first one also those before. */
  listen(listener: ThreadListener): void {
    this.listeners.add(listener);
    for (const message of this.undelivered.splice(0)) this.receive(message);
  }

  /** Does not wait for anything. */
  post(request: ThreadRequest): void {
    this.worker.postMessage(request);
  }

  /**
   * @throws LedgerdeskError what the thread answers; `unavailable.background-thread` where it dies
   * first, or gives no answer in time. Default: there is time.
   */
  async ask<Question extends ThreadQuestion>(
    question: Question,
    timeoutMs?: number,
  ): Promise<ThreadAnswers[Question]> {
    if (!this.isAlive) throw threadEnded();
    const send = (id: number): void => this.post({ kind: 'question', id, question });
    return (await this.questions.ask(send, timeoutMs)) as ThreadAnswers[Question];
  }

  /** Stops the flows and the projections, and waits for the end of the thread. Idempotent. */
  async stop(): Promise<void> {
    if (!this.isStopping()) {
      this.stopping.abort();
      this.post({ kind: 'stop' });
    }
    const { worker } = this;
    const timer = setTimeout(() => void worker.terminate(), this.stopTimeoutMs);
    await this.running;
    clearTimeout(timer);
  }

  /** Listens to one thread after the other for as long as it runs. */
  private async tend(first: StartedWorker): Promise<void> {
    let current: StartedWorker | undefined = first;
    let failures = 0;
    while (current !== undefined) {
      const startedMs = Date.now();
      const failure = (await this.listenTo(current)) ?? threadEnded();
      this.isAlive = false;
      this.questions.abandon(failure);
      if (this.isStopping()) return;
      this.restartCount += 1;
      failures = Date.now() - startedMs > HEALTHY_AFTER_MS ? 1 : failures + 1;
      this.tellFailure(failure);
      current = await this.replace(failures);
    }
  }

  private async replace(failuresBefore: number): Promise<StartedWorker | undefined> {
    for (let failures = failuresBefore; !this.isStopping(); failures += 1) {
      await this.backOff.delay(backOffMs(failures, this.backOff), this.stopping.signal);
      if (this.isStopping()) return undefined;
      try {
        const started = await startWorker(this.options, this.stopping.signal);
        if (!this.isStopping()) {
          this.worker = started.worker;
          this.isAlive = true;
          for (const listener of this.listeners) listener.replaced(started.statuses);
          return started;
        }
        await started.worker.terminate();
      } catch (error) {
        if (!this.isStopping()) this.tellFailure(error);
      }
    }
    return undefined;
  }

  /** Resolves when the thread has ended, with its error if it had one. */
  private listenTo({ worker, early }: StartedWorker): Promise<unknown> {
    return new Promise((resolve) => {
      let failure: unknown;
      worker.on('message', (message: ThreadMessage) => this.receive(message));
      worker.on('error', (error) => (failure = error));
      worker.on('exit', () => resolve(failure));
      for (const message of early.splice(0)) this.receive(message);
    });
  }

  private receive(message: ThreadMessage): void {
    if (message.kind === 'answer') this.questions.settle(message.answer);
    else if (this.listeners.size === 0) this.undelivered.push(message);
    else for (const listener of this.listeners) listener.receive(message);
  }

  private tellFailure(error: unknown): void {
    for (const listener of this.listeners) listener.failed(error);
  }
}

interface StartedWorker {
  readonly worker: Worker;
  readonly statuses: readonly ProjectionStatus[];
  /** Messages that came before `ready`. */
  readonly early: ThreadMessage[];
}

async function startWorker(
  options: BackgroundThreadOptions,
  stopping?: AbortSignal,
): Promise<StartedWorker> {
  const worker = newWorker(options);
  const end = (): void => void worker.terminate();
  stopping?.addEventListener('abort', end);
  try {
    return await readyWorker(worker);
  } catch (error) {
    // One that refuses may have begun with something.
    await worker.terminate();
    throw error;
  } finally {
    stopping?.removeEventListener('abort', end);
  }
}

function newWorker({
  eventStoreUrl,
  readStoreUrl,
  catalogue,
  pacing,
  stallMs,
  appendPort,
}: BackgroundThreadOptions): Worker {
  const appends = appendPort?.();
  const workerData: ThreadStart = {
    ...{ eventStoreUrl, readStoreUrl, catalogue },
    ...(pacing !== undefined && { pacing }),
    ...(stallMs !== undefined && { stallMs }),
    ...(appends !== undefined && { appends }),
  };
  // The build runs from .js and needs nothing; from the sources, as in the tests, the new thread
  // has to be taught TypeScript first.
  const extension = extname(__filename);
  const hook = join(__dirname, '../../event-store/testing/typescript-hook.cjs');
  return new Worker(join(__dirname, `background-thread.entry${extension}`), {
    workerData,
    ...(appends !== undefined && { transferList: [appends] }),
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    ...(extension === '.ts' ? { execArgv: ['--require', hook] } : {}),
  });
}

/** Errors: what the thread refuses with, or ends with before it is ready. */
function readyWorker(worker: Worker): Promise<StartedWorker> {
  return new Promise((resolve, reject) => {
    const early: ThreadMessage[] = [];
    const onError = (error: unknown): void => reject(asError(error));
    const onExit = (code: number): void => reject(threadEnded(`exit code ${code}`));
    const onMessage = (message: ThreadMessage): void => {
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}
