import type { Database, Statement } from 'better-sqlite3';
import { NO_STREAM } from './sqlite.protocol';

/** The end of a stream as the writer sees it. */
export interface StreamHead {
  /** Reference in the events table; 0 while the stream has no event. */
  ref: number;
  /** Revision of the last event, {@link NO_STREAM} without one. */
  last: number;
}

/** The heads of the streams written last, least recently used first out. */
export class StreamHeads {
  private readonly heads = new Map<string, StreamHead>();
  private readonly selectRef: Statement;
  private readonly selectLast: Statement;

  constructor(
    db: Database,
    private readonly headsMax: number,
  ) {
    this.selectRef = db.prepare('SELECT id FROM streams WHERE name = ?').pluck();
    this.selectLast = db
      .prepare('SELECT max(revision) FROM events INDEXED BY events_by_revision WHERE stream = ?')
      .pluck();
  }

  /** Two seeks for a stream that is not cached, none for one that is. */
  of(stream: string): StreamHead {
    const cached = this.heads.get(stream);
    if (cached !== undefined) this.heads.delete(stream);
    const head = cached ?? this.load(stream);
    this.heads.set(stream, head);
    if (this.heads.size > this.headsMax) {
      for (const oldest of this.heads.keys()) {
        this.heads.delete(oldest);
        break;
      }
    }
    return head;
  }

  forgetAll(): void {
    this.heads.clear();
  }

  private load(stream: string): StreamHead {
    const ref = this.selectRef.get(stream) as number | undefined;
    if (ref === undefined) return { ref: 0, last: NO_STREAM };
    return { ref, last: this.selectLast.get(ref) as number };
  }
}
