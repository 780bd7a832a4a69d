import { messageOf } from '@ledgerdesk/kernel';
import type { ProjectionHost, ProjectionStatus } from '../projection-host';
import { PositionWaits } from '../projections/position-waits';
import type { BackgroundThread, ThreadListener } from './background-thread';
import type { ThreadMessage } from './background-thread.protocol';
import { fromFailure } from './thread-failure';

/** A thread that builds indexes answers late: the last known status is given instead. */
const STATUS_TIMEOUT_MS = 1_000;

export interface WorkerProjectionHostOptions {
  /**
   * Where the log ends, as the calling thread sees it: a thread that is stuck repeats what it knew,
   * and would look as if it kept up. Default: what the thread says.
   */
  readonly head?: () => Promise<bigint>;
  /** For the log of the process: a projection has failed for good, or the thread has died. */
  readonly onFailure?: (projection: string | undefined, error: unknown) => void;
}

type ProgressListener = (projection: string, checkpoint: bigint) => void;

/** The projections of a {@link BackgroundThread}, which it stops. */
export class WorkerProjectionHost implements ProjectionHost, ThreadListener {
  private readonly waits = new PositionWaits();
  private readonly progressListeners = new Set<ProgressListener>();
  private statuses: readonly ProjectionStatus[];
  private readonly failedProjections = new Set<string>();
  private lastError: string | undefined;

  constructor(
    private readonly thread: BackgroundThread,
    private readonly options: WorkerProjectionHostOptions = {},
  ) {
    this.statuses = thread.firstStatuses;
    thread.listen(this);
  }

  async waitFor(projection: string, position: bigint, timeoutMs: number): Promise<boolean> {
    const isKnown = this.statuses.some(({ name }) => name === projection);
    if (!isKnown || this.failedProjections.has(projection)) return false;
    const reached = this.waits.until(projection, position, timeoutMs);
    this.hurryFor(projection);
    return reached;
  }

  /**
   * What the thread answers within a second; while it is busy or replaced, what it said last,
   * measured by where the log ends now.
   */
  async status(): Promise<readonly ProjectionStatus[]> {
    const { thread } = this;
    if (!thread.isStopping()) await this.askStatus();
    const head = await this.headNow();
    return this.statuses.map((status) => ({
      ...measured(status, head),
      restarts: status.restarts + thread.restarts,
      ...(thread.isStopping() && status.state !== 'failed' && { state: 'stopped' }),
      ...(this.lastError !== undefined && { lastError: status.lastError ?? this.lastError }),
    }));
  }

  onProgress(listener: ProgressListener): () => void {
    this.progressListeners.add(listener);
    return () => this.progressListeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.waits.close();
    await this.thread.stop();
  }

  replaced(statuses: readonly ProjectionStatus[]): void {
    this.statuses = statuses;
    this.failedProjections.clear();
  }

  failed(error: unknown): void {
    this.lastError = messageOf(error);
    this.options.onFailure?.(undefined, error);
  }

  receive(message: ThreadMessage): void {
    if (message.kind === 'progress') {
      this.advance(message.projection, message.checkpoint);
    } else if (message.kind === 'projection-failed') {
      this.failedProjections.add(message.projection);
      this.waits.giveUp(message.projection);
      this.options.onFailure?.(message.projection, fromFailure(message.failure));
    }
  }

  private advance(projection: string, checkpoint: bigint): void {
    this.waits.advance(projection, checkpoint);
    for (const listener of this.progressListeners) listener(projection, checkpoint);
    this.hurryFor(projection);
  }

  private hurryFor(projection: string): void {
    if (this.waits.hasWaits(projection)) this.thread.post({ kind: 'hurry', projection });
  }

  private async askStatus(): Promise<void> {
    try {
      this.statuses = await this.thread.ask('status', STATUS_TIMEOUT_MS);
    } catch {
      // What it said last is all there is; a store's fault shows elsewhere.
    }
  }

  /** A log that cannot be read answers for itself; then the thread's word is all there is. */
  private async headNow(): Promise<bigint> {
    return (await this.options.head?.().catch(() => 0n)) ?? 0n;
  }
}

function measured(status: ProjectionStatus, head: bigint): ProjectionStatus {
  if (head <= status.head) return status;
  const lagEvents = head > status.checkpoint ? head - status.checkpoint : 0n;
  return { ...status, head, lagEvents };
}
