import {
  TimeLimit,
  type AppendRequest,
  type AppendResult,
  type EventStore,
  type ReadStreamOptions,
} from '@ledgerdesk/event-store';
import { hasErrorCode, hasErrorKind, isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';
import { backOffMs, DEFAULT_BACK_OFF, type BackOff } from '../subscriptions/back-off';
import type { CommandLimits } from './command-limits';

/**
 * `appended`: the store took exactly these bodies. `found`: events with these ids stand where they
 * belong, but perhaps from another sending of the same command: read them. `wasLost` says that they
 * may be from this one, whose answer was lost.
 */
export type CertainAppendResult =
  | ({ readonly kind: 'appended' } & AppendResult)
  | { readonly kind: 'found'; readonly wasLost: boolean };

/** How many answers were lost, and what became of them. */
export interface LostAnswerMetrics {
  readonly lost: number;
  readonly resolved: number;
}

type Sending = CertainAppendResult | { readonly kind: 'lost'; readonly error: unknown };

/**
 * Appends so that the outcome is known: a lost answer is looked for in the stream, and if the
 * events are not there the very same append is sent again. Safe because the ids and the expected
 * revision are exact: the store takes the batch once or never.
 */
export class CertainAppend {
  private lost = 0;
  private resolved = 0;
  private readonly backOff: BackOff;
  private readonly timeLimit: TimeLimit;

  constructor(
    private readonly eventStore: Pick<EventStore, 'append' | 'readStream'>,
    private readonly limits: Pick<
      CommandLimits,
      'appendTimeoutMs' | 'lostAnswerTriesMax' | 'lostAnswerDelayMs'
    >,
    backOff: Partial<BackOff> = {},
  ) {
    this.backOff = {
      ...DEFAULT_BACK_OFF,
      initialMs: limits.lostAnswerDelayMs,
      maxMs: limits.lostAnswerDelayMs * 20,
      ...backOff,
    };
    this.timeLimit = new TimeLimit(limits.appendTimeoutMs);
  }

  /**
   * @throws LedgerdeskError what the store says of an append that it did not take
   * (`conflict.revision`, `limit.*`, `unavailable.*`), or `unknown-outcome.append` when the answer
   * could not be found in time: the same command id may be sent again safely.
   */
  async append(request: AppendRequest): Promise<CertainAppendResult> {
    const first = await this.send(request);
    if (first.kind !== 'lost') return first;
    this.lost += 1;
    const result = await this.resolve(request, first.error);
    this.resolved += 1;
    return result.kind === 'found' ? { kind: 'found', wasLost: true } : result;
  }

  metrics(): LostAnswerMetrics {
    return { lost: this.lost, resolved: this.resolved };
  }

  private async resolve(request: AppendRequest, cause: unknown): Promise<CertainAppendResult> {
    let lastError = cause;
    for (let tries = 1; tries <= this.limits.lostAnswerTriesMax; tries += 1) {
      const outcome = await this.lookThenResend(request);
      if (outcome.kind !== 'lost') return outcome;
      lastError = outcome.error;
      await this.backOff.delay(backOffMs(tries, this.backOff));
    }
    throw stillUnknown(request, lastError);
  }

  private async lookThenResend(request: AppendRequest): Promise<Sending> {
    try {
      if (await this.isStored(request)) return { kind: 'found', wasLost: true };
    } catch (error) {
      return { kind: 'lost', error };
    }
    try {
      return await this.send(request);
    } catch (error) {
      // Nothing was written by this sending, but the first one may still arrive.
      if (hasErrorKind(error, 'unavailable')) return { kind: 'lost', error };
      throw error;
    }
  }

  private async send(request: AppendRequest): Promise<Sending> {
    try {
      const result = await this.timeLimit.within(this.eventStore.append(request), (timeoutMs) =>
        unanswered(request.stream, timeoutMs),
      );
      return result.repeated ? { kind: 'found', wasLost: false } : { kind: 'appended', ...result };
    } catch (error) {
      // A failure that the port does not name says nothing about what was written.
      const isLost = !isLedgerdeskError(error) || hasErrorKind(error, 'unknown-outcome');
      if (isLost) return { kind: 'lost', error };
      throw error;
    }
  }

  private async isStored({ stream, expectedRevision, events }: AppendRequest): Promise<boolean> {
    const from = typeof expectedRevision === 'bigint' ? expectedRevision + 1n : 0n;
    const options: ReadStreamOptions = { from, limit: events.length };
    let index = 0;
    for await (const stored of this.eventStore.readStream(stream, options)) {
      if (stored.id !== events[index]?.id) return false;
      index += 1;
    }
    return index === events.length;
  }
}

/** Whether the store refused because the stream has moved on. */
export function isRevisionConflict(error: unknown): boolean {
  return hasErrorCode(error, 'conflict.revision');
}

function unanswered(stream: string, timeoutMs: number): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.append',
    `the event store gave no answer to an append to ${stream} within ${timeoutMs} ms`,
    { details: { stream, timeoutMs } },
  );
}

function stillUnknown({ stream }: AppendRequest, cause: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'unknown-outcome.append',
    `the answer to an append to ${stream} was lost and could not be found out in time; ` +
      'send the same command with the same id again: it takes effect once',
    { cause, details: { stream } },
  );
}
