import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { MongoConnection } from './mongodb.connection';
import { bulkFailure } from './mongodb.errors';

const BATCHES = 'ledgerdesk.batches';

/** Up to here the rows of a batch travel inside its announcement, in bytes. */
const INLINE_BYTES_MAX = 64 * 1024;
/** Rows of one part; with the largest document it stays below a server's 16 MiB. */
const PART_BYTES_MAX = 8_000_000;

/** One change of a batch. */
export interface BatchRow {
  readonly collection: string;
  readonly id: string;
  /** JSON text; null where the document goes away. */
  readonly text: string | null;
}

/** The rows of a batch, or where they are kept. */
export interface BatchRows {
  readonly id: string;
  /** 0 where the rows are inline. */
  readonly parts: number;
  readonly rows: readonly BatchRow[];
}

interface BatchPart {
  /** `<id of the batch>:<part>` */
  readonly _id: string;
  readonly generation: string;
  readonly number: number;
  readonly rows: readonly BatchRow[];
}

/**
 * Batches that are kept before they are carried out, so that whoever comes after a crash can
 * complete them.
 */
export class MongoBatches {
  constructor(private readonly connection: MongoConnection) {}

  /** Lays out what all batches need. Idempotent. */
  async layOut(): Promise<void> {
    const key = { generation: 1, number: 1 } as const;
    await this.connection.writing(() => this.parts().createIndexes([{ key }]));
  }

  /** Keeps the rows of the batch with this number of a generation. Nobody acts on them yet. */
  async keep(generation: string, number: number, rows: readonly BatchRow[]): Promise<BatchRows> {
    const id = randomUUID();
    if (bytesOf(rows) <= INLINE_BYTES_MAX) return { id, parts: 0, rows };
    const lists = cut(rows);
    for (const [part, list] of lists.entries()) {
      await this.connection.writing(() =>
        this.insert({ _id: `${id}:${part}`, generation, number, rows: list }),
      );
    }
    return { id, parts: lists.length, rows: [] };
  }

  /** Undefined where parts are missing: the batch was completed, and cleared away. */
  async rowsOf({ id, parts, rows }: BatchRows): Promise<readonly BatchRow[] | undefined> {
    const all = [...rows];
    for (let part = 0; part < parts; part += 1) {
      const found = await this.connection.reading(() =>
        this.parts().findOne({ _id: `${id}:${part}` }),
      );
      if (found === null) return undefined;
      all.push(...found.rows);
    }
    return all;
  }

  /** Clears away what the batches up to this number have left. */
  async clear(generation: string, upTo: number): Promise<void> {
    await this.connection.writing(() =>
      this.parts().deleteMany({ generation, number: { $lte: upTo } }),
    );
  }

  async clearAll(generation: string): Promise<void> {
    await this.connection.writing(() => this.parts().deleteMany({ generation }));
  }

  private async insert(part: BatchPart): Promise<void> {
    try {
      await this.parts().insertMany([part]);
    } catch (error) {
      // Its own repetition after a lost answer.
      if (bulkFailure(error) !== undefined) throw error;
    }
  }

  private parts(): Collection<BatchPart> {
    return this.connection.collection<BatchPart>(BATCHES);
  }
}

function bytesOf(rows: readonly BatchRow[]): number {
  return rows.reduce((sum, row) => sum + bytesOfRow(row), 0);
}

function bytesOfRow({ id, text }: BatchRow): number {
  return 100 + id.length + (text === null ? 0 : Buffer.byteLength(text));
}

function cut(rows: readonly BatchRow[]): BatchRow[][] {
  const parts: BatchRow[][] = [];
  let bytes = PART_BYTES_MAX;
  for (const row of rows) {
    bytes += bytesOfRow(row);
    if (bytes > PART_BYTES_MAX) {
      parts.push([]);
      bytes = bytesOfRow(row);
    }
    parts.at(-1)?.push(row);
  }
  return parts;
}
