/** One event of a live feed. */
export interface FeedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Follows a live feed until it is closed. */
export class FeedReader {
  private readonly abort = new AbortController();
  private readonly received: FeedEvent[] = [];
  private lastEventId = '';
  private waiting: (() => void) | undefined;
  private ended = false;

  static async open(
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<FeedReader> {
    const reader = new FeedReader();
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: reader.abort.signal,
    });
    if (response.status !== 200 || response.body === null) {
      throw new Error(`the feed was answered ${response.status}: ${await response.text()}`);
    }
    void reader.read(response.body);
    return reader;
  }

  /** The id that a client which comes back would send. */
  get lastId(): string {
    return this.lastEventId;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** The first events, once there are so many. */
  async take(count: number): Promise<readonly FeedEvent[]> {
    while (this.received.length < count && !this.ended) await this.change();
    return this.received.slice(0, count);
  }

  async untilEnded(): Promise<void> {
    while (!this.ended) await this.change();
  }

  close(): void {
    this.abort.abort();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.waiting = resolve));
  }

  private async read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) this.takeFrame(frame);
        this.waiting?.();
      }
    } catch {
      // Closed from this side.
    }
    this.ended = true;
    this.waiting?.();
  }

  private takeFrame(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => {
        const colon = line.indexOf(': ');
        return [line.slice(0, colon), line.slice(colon + 2)];
      }),
    );
    const id = fields.get('id');
    if (id !== undefined) this.lastEventId = id;
    const data = fields.get('data');
    if (data === undefined) return;
    this.received.push({
      id: id ?? '',
      event: fields.get('event') ?? '',
      data: JSON.parse(data) as FeedEvent['data'],
    });
  }
}
