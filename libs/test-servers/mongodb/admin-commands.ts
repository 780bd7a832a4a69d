import { Long } from 'bson';
import { databaseOf, type Command, type CommandContext } from './command';
import { matcher } from './query-engine';
import { badValue, notModelled, ServerFailure, type BsonDocument } from './server-failure';
import type { StoredIndex } from './stored-index';

const INDEX_FIELDS = [
  ...['v', 'name', 'key', 'unique', 'background'],
  ...['default_language', 'language_override', 'textIndexVersion', 'weights'],
];

const empty: Command = { fields: [], run: () => ({}) };

const hello: Command = {
  fields: ['helloOk', 'client', 'compression', 'loadBalanced', 'topologyVersion', 'backpressure'],
  run: ({ hello: answer }) => answer(),
};

const listCollections: Command = {
  fields: ['filter', 'cursor', 'nameOnly', 'authorizedCollections'],
  run: ({ state, cursors }, body) => {
    const database = databaseOf(body);
    const all = state.of(database).map(({ name }) => ({
      name,
      type: 'collection',
      options: {},
      info: { readOnly: false },
    }));
    const found = all.filter(matcher((body['filter'] ?? {}) as BsonDocument));
    const namespace = `${database}.$cmd.listCollections`;
    return cursors.first(namespace, found, found.length, { isSingleBatch: true });
  },
};

const listDatabases: Command = {
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run: ({ state }) => ({
    databases: state
      .databases()
      .map((name) => ({ name, sizeOnDisk: Long.fromNumber(1), empty: false })),
    totalSize: Long.fromNumber(1),
  }),
};

const create: Command = {
  fields: [],
  run: ({ state }, body) => {
    state.write(databaseOf(body), String(body['create']));
    return {};
  },
};

const drop: Command = {
  fields: [],
  run: ({ state }, body) => {
    const collection = state.find(databaseOf(body), String(body['drop']));
    if (collection !== undefined) state.drop(collection);
    return {};
  },
};

const dropDatabase: Command = {
  fields: [],
  run: ({ state }, body) => {
    for (const collection of state.of(databaseOf(body))) state.drop(collection);
    return {};
  },
};

const renameCollection: Command = {
  fields: ['to', 'dropTarget'],
  run: ({ state }, body) => {
    const [fromDatabase, fromName] = splitNamespace(String(body['renameCollection']));
    const [toDatabase, toName] = splitNamespace(String(body['to']));
    if (fromDatabase !== toDatabase) throw notModelled('renaming into another database');
    const collection = state.find(fromDatabase, fromName);
    if (collection === undefined) {
      throw new ServerFailure(26, 'NamespaceNotFound', 'source namespace does not exist');
    }
    state.rename(collection, toName);
    return {};
  },
};

const createIndexes: Command = {
  fields: ['indexes', 'commitQuorum'],
  run: (context, body) => {
    const collection = context.state.write(databaseOf(body), String(body['createIndexes']));
    const numIndexesBefore = collection.indexes.length;
    for (const index of body['indexes'] as StoredIndex[]) {
      checkIndex(context, index);
      collection.createIndex(index);
    }
    return { numIndexesBefore, numIndexesAfter: collection.indexes.length };
  },
};

const dropIndexes: Command = {
  fields: ['index'],
  run: ({ state }, body) => {
    state.write(databaseOf(body), String(body['dropIndexes'])).dropIndexes(String(body['index']));
    return {};
  },
};

const listIndexes: Command = {
  fields: ['cursor'],
  run: ({ state, cursors }, body) => {
    const collection = state.find(databaseOf(body), String(body['listIndexes']));
    if (collection === undefined) {
      throw new ServerFailure(26, 'NamespaceNotFound', 'ns does not exist');
    }
    const { namespace, indexes } = collection;
    return cursors.first(namespace, indexes, indexes.length, { isSingleBatch: true });
  },
};

/** Commands about the server, its collections and indexes. */
export const adminCommands: Readonly<Record<string, Command>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: empty,
  endSessions: empty,
  buildInfo: {
    fields: [],
    run: () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0], maxBsonObjectSize: 16_777_216 }),
  },
  listCollections,
  listDatabases,
  create,
  drop,
  dropDatabase,
  renameCollection,
  createIndexes,
  dropIndexes,
  listIndexes,
};

function checkIndex({ hasTextSearch }: CommandContext, index: StoredIndex): void {
  const unknown = Object.keys(index).find((field) => !INDEX_FIELDS.includes(field));
  if (unknown !== undefined) throw notModelled(`${unknown} of an index`);
  const directions = Object.values(index.key);
  if (directions.length === 0) throw badValue('Index keys cannot be an empty object');
  for (const direction of directions) {
    if (direction === 1 || direction === -1) continue;
    if (direction === 'text' && hasTextSearch) continue;
    throw notModelled(`an index of kind ${String(direction)}`);
  }
}

function splitNamespace(namespace: string): [string, string] {
  const dot = namespace.indexOf('.');
  return [namespace.slice(0, dot), namespace.slice(dot + 1)];
}
