import { LedgerdeskError } from '@ledgerdesk/kernel';

/** Runs the tasks for one stream one after another, those for different streams side by side. */
export class StreamQueue {
  private readonly waitingByStream = new Map<string, (() => void)[]>();

  constructor(private readonly waitingMax: number) {}

  /** @throws LedgerdeskError `limit.stream-queue` when too many wait for this stream already. */
  async run<T>(stream: string, task: () => Promise<T>): Promise<T> {
    const waiting = this.waitingByStream.get(stream);
    if (waiting === undefined) this.waitingByStream.set(stream, []);
    else await this.takePlace(stream, waiting);
    try {
      return await task();
    } finally {
      this.admitNext(stream);
    }
  }

  /**
   * Runs the task alone on all the streams at once. Every caller takes them in the same order, so
   * that two with streams in common never wait for each other.
   *
   * @throws LedgerdeskError `limit.stream-queue` when too many wait for one of them already.
   */
  runOnAll<T>(streams: Iterable<string>, task: () => Promise<T>): Promise<T> {
    const [first, ...others] = new Set(streams);
    if (first !== undefined && others.length === 0) return this.run(first, task);
    return this.runOnRest(first === undefined ? [] : [first, ...others].sort(), 0, task);
  }

  private runOnRest<T>(
    streams: readonly string[],
    held: number,
    task: () => Promise<T>,
  ): Promise<T> {
    const next = streams[held];
    return next === undefined
      ? task()
      : this.run(next, () => this.runOnRest(streams, held + 1, task));
  }

  private async takePlace(stream: string, waiting: (() => void)[]): Promise<void> {
    if (waiting.length >= this.waitingMax) {
      throw new LedgerdeskError(
        'limit.stream-queue',
        `${waiting.length} commands wait for ${stream} already, more are not taken; try again later`,
        { details: { stream, waitingMax: this.waitingMax } },
      );
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  private admitNext(stream: string): void {
    const next = this.waitingByStream.get(stream)?.shift();
    if (next === undefined) this.waitingByStream.delete(stream);
    else next();
  }
}
