import { clearTimeout, setTimeout } from 'node:timers';
import type { ThreadAnswer } from './background-thread.protocol';
import { fromFailure, threadEnded, toFailure } from './thread-failure';

interface OpenQuestion {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions to another thread that wait for their answers. */
export class OpenQuestions {
  private readonly open = new Map<number, OpenQuestion>();
  private last = 0;

  /**
   * @throws LedgerdeskError what the other thread answers; `unavailable.background-thread` where it
   * ends first, or gives no answer in time. Default: there is time.
   */
  async ask(send: (id: number) => void, timeoutMs?: number): Promise<unknown> {
    this.last += 1;
    const id = this.last;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.open.get(id)?.reject(threadEnded()), timeoutMs);
    try {
      return await new Promise((resolve, reject) => {
        this.open.set(id, { resolve, reject });
        send(id);
      });
    } finally {
      clearTimeout(timer);
      this.open.delete(id);
    }
  }

  /** An answer to a question that nobody asks any more is passed over. */
  settle({ id, value, failure }: ThreadAnswer): void {
    const question = this.open.get(id);
    if (failure === undefined) question?.resolve(value);
    else question?.reject(fromFailure(failure));
  }

  /** The other thread is gone. */
  abandon(cause: unknown): void {
    for (const { reject } of this.open.values()) reject(threadEnded(cause));
  }
}

/** The answer to a question, whatever becomes of the work. Never rejects. */
export async function answerTo(id: number, work: () => Promise<unknown>): Promise<ThreadAnswer> {
  try {
    return { id, value: await work() };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}
