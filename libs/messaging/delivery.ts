import { hasErrorCode, hasErrorKind, isLastTry, isLedgerdeskError } from '@ledgerdesk/kernel';
import { deadLetterMessage } from './dead-letter';
import type {
  ConsumeOptions,
  DeliveryFailure,
  IncomingMessage,
  MessageBroker,
  OutgoingMessage,
  RetryPolicy,
} from './message-broker.port';

const DEFAULT_RETRY: RetryPolicy = { attemptsMax: 5, initialMs: 100, maxMs: 30_000 };

/** What the tries of one message have come to. The adapter keeps it from one try to the next. */
export interface Tries {
  /** All of them: what the waits grow with. */
  readonly made: number;
  /** Those that failed otherwise than by `unavailable`: what ends in the dead letters. */
  readonly counted: number;
}

/** Of a message that is tried for the first time. */
export const UNTRIED: Tries = { made: 0, counted: 0 };

/**
 * `done`: the message may be acknowledged, its effect or its dead letter is durable. `retry`: it is
 * to be tried again after the delay, with these tries behind it.
 */
export type DeliveryOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly tries: Tries };

/** Counts what became of the messages of one consumption. */
export interface DeliveryTally {
  handled: number;
  retries: number;
  deadLetters: number;
}

/**
 * One try at one message, and what follows from it: the same for each adapter. The adapter keeps
 * the message until the outcome is `done`.
 */
export class Delivery {
  readonly tally: DeliveryTally = { handled: 0, retries: 0, deadLetters: 0 };
  private readonly retry: RetryPolicy;

  constructor(
    private readonly options: ConsumeOptions,
    private readonly broker: Pick<MessageBroker, 'publish' | 'limits'>,
    private readonly signal: AbortSignal,
  ) {
    this.retry = { ...DEFAULT_RETRY, ...options.retry };
  }

  /** Never rejects. */
  async attempt(message: IncomingMessage, before: Tries): Promise<DeliveryOutcome> {
    try {
      const attempt = before.counted + 1;
      await this.options.handle(message, { attempt, signal: this.signal });
      this.tally.handled += 1;
      return { kind: 'done' };
    } catch (error) {
      return this.fail(message, error, before);
    }
  }

  private async fail(
    message: IncomingMessage,
    error: unknown,
    { made, counted }: Tries,
  ): Promise<DeliveryOutcome> {
    const attempt = counted + 1;
    const isDead = isLastTry(error, attempt, this.retry.attemptsMax);
    const outcome = isDead ? 'dead-letter' : 'retry';
    this.tell({ message, error, attempt, outcome });
    if (isDead && (await this.bury(message, error, attempt))) return { kind: 'done' };
    this.tally.retries += 1;
    const tries = { made: made + 1, counted: isDown(error) ? counted : attempt };
    return { kind: 'retry', delayMs: this.delayMs(tries.made), tries };
  }

  /** False where the dead letter could not be published: the message stays where it is. */
  private async bury(message: IncomingMessage, error: unknown, attempt: number): Promise<boolean> {
    const { deadLetters, group } = this.options;
    const at = new Date().toISOString();
    const cause = this.causeOf(message, error, attempt);
    const letter = { message, group, cause, attempts: attempt, at };
    try {
      await this.publishLetter((bytesMax) =>
        deadLetterMessage(deadLetters.topic, letter, bytesMax),
      );
    } catch (reason) {
      this.tell({ message, error: reason, attempt, outcome: 'retry' });
      return false;
    }
    this.tally.deadLetters += 1;
    return true;
  }

  /** The shortest one where the broker itself takes less than it is configured here. */
  private async publishLetter(letterOf: (bytesMax: number) => OutgoingMessage): Promise<void> {
    try {
      await this.broker.publish([letterOf(this.broker.limits.messageBytesMax)]);
    } catch (error) {
      if (!hasErrorCode(error, 'limit.message-size')) throw error;
      await this.broker.publish([letterOf(0)]);
    }
  }

  /** A plain one where the owner's fails: the letter matters more than how it is worded. */
  private causeOf(
    message: IncomingMessage,
    error: unknown,
    attempt: number,
  ): Readonly<Record<string, unknown>> {
    try {
      return this.options.deadLetters.causeOf(error);
    } catch (reason) {
      this.tell({ message, error: reason, attempt, outcome: 'dead-letter' });
      return plainCauseOf(error);
    }
  }

  /** What the owner's log throws changes nothing for the message, and nobody else can be told. */
  private tell(failure: DeliveryFailure): void {
    try {
      this.options.onFailure?.(failure);
    } catch {
      // See above.
    }
  }

  /** Between half of the doubled time and all of it, so that many do not come back at once. */
  private delayMs(tries: number): number {
    const { initialMs, maxMs } = this.retry;
    const ceiling = Math.min(maxMs, initialMs * 2 ** Math.min(tries - 1, 30));
    return Math.round(ceiling * (0.5 + Math.random() / 2));
  }
}

/** The plain cause of a dead letter, where the owner of the consumption has no better one. */
export function plainCauseOf(error: unknown): Readonly<Record<string, unknown>> {
  if (isLedgerdeskError(error)) {
    return { code: error.code, detail: error.message, details: error.details };
  }
  return { code: 'defect.unexpected', detail: error instanceof Error ? error.message : '' };
}

function isDown(error: unknown): boolean {
  return hasErrorKind(error, 'unavailable');
}
