import { Long } from 'bson';
import { ServerFailure, type BsonDocument } from './server-failure';

interface OpenCursor {
  readonly namespace: string;
  readonly documents: readonly BsonDocument[];
  at: number;
}

/** Results that are fetched in batches. They belong to the process: a kill loses them. */
export class Cursors {
  private readonly open = new Map<string, OpenCursor>();
  private last = 0;

  /** How many are open. */
  get count(): number {
    return this.open.size;
  }

  first(
    namespace: string,
    documents: readonly BsonDocument[],
    batchSize: number,
    options: { readonly isSingleBatch: boolean },
  ): BsonDocument {
    const firstBatch = documents.slice(0, batchSize);
    const isDone = options.isSingleBatch || documents.length <= batchSize;
    this.last += 1;
    const id = isDone ? Long.ZERO : Long.fromNumber(this.last);
    if (!isDone) this.open.set(id.toString(), { namespace, documents, at: batchSize });
    return { cursor: { id, ns: namespace, firstBatch } };
  }

  next(id: string, batchSize: number): BsonDocument {
    const cursor = this.open.get(id);
    if (cursor === undefined) {
      throw new ServerFailure(43, 'CursorNotFound', `cursor id ${id} not found`);
    }
    const nextBatch = cursor.documents.slice(cursor.at, cursor.at + batchSize);
    cursor.at += nextBatch.length;
    const isDone = cursor.at >= cursor.documents.length;
    if (isDone) this.open.delete(id);
    const rest = isDone ? Long.ZERO : Long.fromString(id);
    return { cursor: { id: rest, ns: cursor.namespace, nextBatch } };
  }

  close(ids: readonly string[]): void {
    for (const id of ids) this.open.delete(id);
  }
}
