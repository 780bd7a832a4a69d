import { FeedReader } from '../e2e/feed-reader';

/**
 * Follows the live feed from the start of the log, as a client does that must miss nothing: where a
 * connection ends, it goes on with another instance behind the last event that it has seen.
 */
export class FeedFollower {
  private readonly readers: FeedReader[] = [];
  private readonly following: Promise<void>;
  private isStopping = false;
  private followed = '';

  /** `url` resolves to where an instance is. */
  constructor(private readonly url: () => Promise<string>) {
    this.following = this.follow();
    this.following.catch(() => undefined);
  }

  /** Where the instance is that it follows, or followed last. */
  get server(): string {
    return this.followed;
  }

  /** How often it began again. */
  get resumptions(): number {
    return this.readers.length - 1;
  }

  /** Waits until it has come to the position; gives the positions of all that came, in order. */
  async until(position: bigint): Promise<readonly bigint[]> {
    while (this.lastPosition < position) {
      await Promise.race([this.following, new Promise((resume) => setTimeout(resume, 50))]);
    }
    await this.stop();
    const parts = await Promise.all(this.readers.map((reader) => reader.take(Infinity)));
    return parts.flat().map(({ id }) => BigInt(id));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.readers.at(-1)?.close();
    await this.following;
  }

  private get lastPosition(): bigint {
    return BigInt(this.lastId);
  }

  private get lastId(): string {
    return this.readers.findLast(({ lastId }) => lastId !== '')?.lastId ?? '0';
  }

  private async follow(): Promise<void> {
    while (!this.isStopping) {
      const server = await this.url();
      try {
        const feed = `${server}/api/v1/events`;
        const reader = await FeedReader.open(feed, { 'last-event-id': this.lastId });
        this.readers.push(reader);
        this.followed = server;
        await reader.untilEnded();
      } catch {
        // It has ended before it answered, or is not ready: another one is asked.
        await new Promise((resume) => setImmediate(resume));
      }
    }
  }
}
