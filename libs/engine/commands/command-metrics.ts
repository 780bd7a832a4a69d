import type { ErrorKind } from '@ledgerdesk/kernel';
import type { TicketCacheMetrics } from '../tickets/ticket-loader';
import type { LostAnswerMetrics } from './certain-append';

/**
 * How long commands took, in milliseconds. `counts[i]` is those up to `boundsMs[i]`; the last, all
 * others.
 */
export interface LatencyHistogram {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
  readonly count: number;
}

/** What became of commands: accepted, repeated, or not taken by kind of error. */
export type CommandResult = 'accepted' | 'repeated' | ErrorKind;

/** Plain numbers since the start. `commandResults` counts by `<command> <result>`. */
export interface CommandMetrics {
  readonly commandResults: ReadonlyMap<string, number>;
  readonly latency: LatencyHistogram;
  readonly inFlight: number;
  /** Decisions made again because someone else wrote first. */
  readonly conflicts: number;
  readonly appends: number;
  readonly appendedEvents: number;
  readonly lostAnswers: LostAnswerMetrics;
  readonly cache: TicketCacheMetrics;
}

const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** Counts what became of the commands and how long they took. */
export class CommandTally {
  private readonly results = new Map<string, number>();
  conflicts = 0;
  appends = 0;
  appendedEvents = 0;
  private readonly counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  private sumMs = 0;
  private count = 0;

  record(command: string, result: CommandResult, tookMs: number): void {
    const key = `${command} ${result}`;
    this.results.set(key, (this.results.get(key) ?? 0) + 1);
    const bucket = BOUNDS_MS.findIndex((bound) => tookMs <= bound);
    const index = bucket === -1 ? BOUNDS_MS.length : bucket;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sumMs += tookMs;
    this.count += 1;
  }

  snapshot(): Omit<CommandMetrics, 'inFlight' | 'lostAnswers' | 'cache'> {
    return {
      commandResults: this.results,
      conflicts: this.conflicts,
      appends: this.appends,
      appendedEvents: this.appendedEvents,
      latency: {
        boundsMs: BOUNDS_MS,
        counts: [...this.counts],
        sumMs: this.sumMs,
        count: this.count,
      },
    };
  }
}
