import type { CollectionState } from './collection-state';
import { databaseOf, type Command, type CommandContext } from './command';
import { aggregated, projected, sorted, updated, upsertSeed } from './query-engine';
import { failureOf, notModelled, type BsonDocument } from './server-failure';

const DEFAULT_BATCH = 101;
const NO_LIMIT = 1_000_000;

const insert: Command = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  run: (context, body) => {
    const collection = writtenIn(context, body, 'insert');
    return writeEach(body, 'documents', (document) => {
      collection.insert(document);
      return 1;
    });
  },
};

const update: Command = {
  fields: ['updates', 'ordered', 'bypassDocumentValidation'],
  run: (context, body) => {
    const collection = writtenIn(context, body, 'update');
    const upserted: BsonDocument[] = [];
    let nModified = 0;
    const result = writeEach(body, 'updates', (one, index) => {
      const { q, u, multi, upsert, arrayFilters, ...rest } = one;
      refuseMore(rest, 'update');
      const found = collection.matching(q as BsonDocument);
      const change = u as BsonDocument | BsonDocument[];
      if (found.length === 0 && upsert === true) {
        const seed = upsertSeed(q as BsonDocument);
        const made = updated(seed, change, { isInsert: true, arrayFilters });
        upserted.push({ index, _id: collection.insert(made)['_id'] });
        return 1;
      }
      const targets = multi === true ? found : found.slice(0, 1);
      for (const before of targets) {
        const after = updated(before, change, { isInsert: false, arrayFilters });
        if (collection.replace(before, after)) nModified += 1;
      }
      return targets.length;
    });
    return { ...result, nModified, ...(upserted.length > 0 && { upserted }) };
  },
};

const remove: Command = {
  fields: ['deletes', 'ordered'],
  run: (context, body) => {
    const collection = writtenIn(context, body, 'delete');
    return writeEach(body, 'deletes', (one) => {
      const { q, limit, ...rest } = one;
      refuseMore(rest, 'delete');
      const found = collection.matching(q as BsonDocument);
      const targets = limit === 1 ? found.slice(0, 1) : found;
      for (const document of targets) collection.remove(document);
      return targets.length;
    });
  },
};

const findAndModify: Command = {
  fields: ['query', 'sort', 'remove', 'update', 'new', 'fields', 'upsert', 'arrayFilters'],
  run: (context, body) => {
    const collection = writtenIn(context, body, 'findAndModify');
    const query = (body['query'] ?? {}) as BsonDocument;
    const [before] = sorted(collection.matching(query), body['sort'] as BsonDocument);
    const shaped = (document: BsonDocument | undefined): BsonDocument | null =>
      document === undefined
        ? null
        : (projected([document], body['fields'] as BsonDocument)[0] ?? null);
    if (body['remove'] === true) {
      if (before !== undefined) collection.remove(before);
      return { lastErrorObject: { n: before === undefined ? 0 : 1 }, value: shaped(before) };
    }
    if (before === undefined && body['upsert'] !== true) {
      return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
    }
    const isInsert = before === undefined;
    const change = body['update'] as BsonDocument | BsonDocument[];
    const { arrayFilters } = body;
    const after = updated(before ?? upsertSeed(query), change, { isInsert, arrayFilters });
    const stored = isInsert ? collection.insert(after) : after;
    if (!isInsert) collection.replace(before, after);
    const upserted = isInsert ? { upserted: stored['_id'] } : {};
    return {
      lastErrorObject: { n: 1, updatedExisting: !isInsert, ...upserted },
      value: shaped(body['new'] === true ? stored : before),
    };
  },
};

const find: Command = {
  fields: [
    ...['filter', 'sort', 'projection', 'skip', 'limit', 'batchSize', 'singleBatch'],
    ...['allowDiskUse', 'noCursorTimeout'],
  ],
  run: (context, body) => {
    const collection = readIn(context, body, 'find');
    const matching = collection.matching((body['filter'] ?? {}) as BsonDocument);
    const ordered = sorted(matching, body['sort'] as BsonDocument);
    const skip = Number(body['skip'] ?? 0);
    const limit = Math.abs(Number(body['limit'] ?? 0)) || NO_LIMIT;
    const found = projected(
      ordered.slice(skip, skip + limit),
      body['projection'] as BsonDocument | undefined,
    );
    const batchSize = Number(body['batchSize'] ?? DEFAULT_BATCH);
    const isSingleBatch = body['singleBatch'] === true;
    return context.cursors.first(collection.namespace, found, batchSize, { isSingleBatch });
  },
};

const aggregate: Command = {
  fields: ['pipeline', 'cursor', 'allowDiskUse'],
  run: (context, body) => {
    if (typeof body['aggregate'] !== 'string') throw notModelled('aggregation over a database');
    const collection = readIn(context, body, 'aggregate');
    const [first, ...rest] = body['pipeline'] as BsonDocument[];
    const isFilter = first !== undefined && '$match' in first;
    const matching = collection.matching(isFilter ? (first['$match'] as BsonDocument) : {});
    const stages = isFilter || first === undefined ? rest : [first, ...rest];
    const found = aggregated(matching, stages);
    const { batchSize } = (body['cursor'] ?? {}) as BsonDocument;
    const size = Number(batchSize ?? DEFAULT_BATCH);
    return context.cursors.first(collection.namespace, found, size, { isSingleBatch: false });
  },
};

const count: Command = {
  fields: ['query', 'skip', 'limit', 'fields'],
  run: (context, body) => {
    const collection = readIn(context, body, 'count');
    const found = collection.matching((body['query'] ?? {}) as BsonDocument);
    const skip = Number(body['skip'] ?? 0);
    const limit = Number(body['limit'] ?? 0) || NO_LIMIT;
    return { n: found.slice(skip, skip + limit).length };
  },
};

const getMore: Command = {
  fields: ['collection', 'batchSize'],
  run: ({ cursors }, body) =>
    cursors.next(String(body['getMore']), Number(body['batchSize'] ?? NO_LIMIT)),
};

const killCursors: Command = {
  fields: ['cursors'],
  run: ({ cursors }, body) => {
    const ids = body['cursors'] as unknown[];
    cursors.close(ids.map(String));
    return { cursorsKilled: ids };
  },
};

/** Commands that read and write documents. */
export const documentCommands: Readonly<Record<string, Command>> = {
  insert,
  update,
  delete: remove,
  findAndModify,
  find,
  aggregate,
  count,
  getMore,
  killCursors,
};

/** Runs the parts of a write; what fails becomes a write error beside those that succeed. */
function writeEach(
  body: BsonDocument,
  list: string,
  write: (item: BsonDocument, index: number) => number,
): BsonDocument {
  let n = 0;
  const writeErrors: BsonDocument[] = [];
  for (const [index, item] of (body[list] as BsonDocument[]).entries()) {
    try {
      n += write(item, index);
    } catch (error) {
      const { code, message, fields } = failureOf(error);
      writeErrors.push({ index, code, errmsg: message, ...fields });
      if (body['ordered'] !== false) break;
    }
  }
  return writeErrors.length === 0 ? { n } : { n, writeErrors };
}

function readIn({ state }: CommandContext, body: BsonDocument, command: string): CollectionState {
  return state.read(databaseOf(body), String(body[command]));
}

function writtenIn(
  { state }: CommandContext,
  body: BsonDocument,
  command: string,
): CollectionState {
  return state.write(databaseOf(body), String(body[command]));
}

function refuseMore(rest: BsonDocument, command: string): void {
  const given = Object.keys(rest).filter((field) => rest[field] !== undefined);
  if (given[0] !== undefined) throw notModelled(`${given[0]} of an ${command}`);
}
