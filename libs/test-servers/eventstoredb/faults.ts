import type { status } from '@grpc/grpc-js';

/**
 * What goes wrong with one append. `lose-request` and `lose-reply` end the call with UNAVAILABLE,
 * before or after the events are written; `swallow-request` and `swallow-reply` never answer;
 * `hang-up` writes nothing and ends a batch stream politely; `error` refuses without writing.
 */
export type AppendFault =
  | { readonly kind: 'lose-request' | 'lose-reply' | 'swallow-request' | 'swallow-reply' }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'delay'; readonly ms: number }
  | RpcFault
  | NotLeaderFault;

/** What goes wrong with one read: refused, held up, or cut off after some events. */
export type ReadFault =
  | { readonly kind: 'swallow-request' }
  | { readonly kind: 'cut'; readonly afterEvents: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | RpcFault
  | NotLeaderFault;

/** The call is refused with this status. */
export interface RpcFault {
  readonly kind: 'error';
  readonly code: status;
  readonly details: string;
}

/** The node says that another one leads, and where that is. */
export interface NotLeaderFault {
  readonly kind: 'not-leader';
  readonly host: string;
  readonly port: number;
}

/** Faults that wait for their call. Each is used up by one call, in the order of asking. */
export class FaultPlan {
  private readonly appends: AppendFault[] = [];
  private readonly reads: ReadFault[] = [];
  private failingFlush: Error | undefined;
  private held: { readonly until: Promise<void>; readonly end: () => void } | undefined;

  failAppend(...faults: readonly AppendFault[]): void {
    this.appends.push(...faults);
  }

  failRead(...faults: readonly ReadFault[]): void {
    this.reads.push(...faults);
  }

  /** The next flush of the journal fails, as on a full or a broken disk. */
  failFlush(error: Error): void {
    this.failingFlush = error;
  }

  /** Flushes begin no more, as on a disk that hangs, until `releaseFlushes`. */
  holdFlushes(): void {
    let end: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (end = resolve));
    this.held ??= { until, end };
  }

  releaseFlushes(): void {
    this.held?.end();
    this.held = undefined;
  }

  /** Waits while flushes are held; throws what the flush is to fail with. */
  async meetFlush(): Promise<void> {
    await this.held?.until;
    const error = this.failingFlush;
    this.failingFlush = undefined;
    if (error !== undefined) throw error;
  }

  nextForAppend(): AppendFault | undefined {
    return this.appends.shift();
  }

  nextForRead(): ReadFault | undefined {
    return this.reads.shift();
  }

  /** Faults that no call has met yet. */
  get pending(): number {
    return this.appends.length + this.reads.length + (this.failingFlush === undefined ? 0 : 1);
  }

  clear(): void {
    this.appends.length = 0;
    this.reads.length = 0;
    this.failingFlush = undefined;
    this.releaseFlushes();
  }
}
