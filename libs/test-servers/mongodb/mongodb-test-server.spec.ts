import { MongoClient, type ClientSession, type Collection, type Document } from 'mongodb';
import { MongoDbTestServer, type MongoDbFault } from './mongodb-test-server';

interface Numbered extends Document {
  _id: number | string;
  n?: number;
}

// Goal: the official driver, unmodified, sees what it would see of a real server; what is not
// modelled is refused. Each test has a server and a collection of its own.

let server: MongoDbTestServer;
let client: MongoClient;
let numbers: Collection<Numbered>;

function nameOf({ name }: Document): unknown {
  return name;
}

async function connect(): Promise<void> {
  client = await MongoClient.connect(server.url, { serverSelectionTimeoutMS: 2_000 });
  numbers = client.db('test').collection<Numbered>('numbers');
}

beforeEach(async () => {
  server = await MongoDbTestServer.start();
  await connect();
});

afterEach(async () => {
  server.onCommand = undefined;
  await client.close();
  await server.kill();
});

/** The fault hits the first command of that name. */
function once(name: string, fault: MongoDbFault): () => number {
  let seen = 0;
  server.onCommand = (command) => {
    if (command.name !== name) return undefined;
    seen += 1;
    return seen === 1 ? fault : undefined;
  };
  return () => seen;
}

describe('documents', () => {
  it('are found by filter, sort, projection, skip and limit, in batches', async () => {
    await numbers.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, n: n % 10 })));
    expect(await numbers.countDocuments({ n: { $gte: 5 } })).toBe(150);
    const found = numbers.find({ n: 3 }, { projection: { _id: 1 } });
    expect(await found.sort({ _id: -1 }).skip(1).limit(2).toArray()).toEqual([
      { _id: 283 },
      { _id: 273 },
    ]);
    expect(await numbers.find().batchSize(7).toArray()).toHaveLength(300);
    expect(server.openCursors).toBe(0);
  });

  it('sort and compare texts by their bytes, missing and null lowest', async () => {
    const texts = ['\u{1F600}', '\uffee', 'a', 'B', '', null];
    await numbers.insertMany(texts.map((text, i) => ({ _id: i, text })));
    await numbers.insertOne({ _id: 9 });
    const ids = async (filter: object): Promise<unknown[]> =>
      (await numbers.find(filter).sort({ text: 1, _id: 1 }).toArray()).map(({ _id }) => _id);
    expect(await ids({})).toEqual([5, 9, 4, 3, 2, 1, 0]);
    expect(await ids({ text: { $gt: '\uffee' } })).toEqual([0]);
    expect(await ids({ text: null })).toEqual([5, 9]);
    expect(await ids({ text: { $lt: 'a' } })).toEqual([4, 3]);
  });

  it('are changed by operators, replaced and upserted', async () => {
    await numbers.insertOne({ _id: 1, n: 1 });
    await numbers.updateOne({ _id: 1 }, { $inc: { n: 2 }, $set: { 'x.y': 1 } });
    expect(await numbers.findOne({ _id: 1 })).toEqual({ _id: 1, n: 3, x: { y: 1 } });
    await numbers.replaceOne({ _id: 1 }, { n: 9 });
    const changed = await numbers.findOneAndUpdate(
      { _id: 1, n: 9 },
      { $unset: { n: '' } },
      { returnDocument: 'after' },
    );
    expect(changed).toEqual({ _id: 1 });
    const upsert = { $set: { n: 1 }, $setOnInsert: { made: true } };
    expect((await numbers.updateOne({ _id: 2 }, upsert, { upsert: true })).upsertedCount).toBe(1);
    expect(await numbers.findOne({ _id: 2 })).toEqual({ _id: 2, n: 1, made: true });
    expect((await numbers.deleteMany({})).deletedCount).toBe(2);
  });

  it('keep their id to themselves: a second one is a duplicate key beside those that succeed', async () => {
    await numbers.createIndexes([{ key: { n: 1 }, unique: true }]);
    const same = [
      { _id: 1, n: 1 },
      { _id: 1, n: 2 },
      { _id: 2, n: 1 },
      { _id: 3, n: 3 },
    ];
    await expect(numbers.insertMany(same, { ordered: false })).rejects.toMatchObject({
      code: 11000,
      insertedCount: 2,
    });
    const upsert = { replaceOne: { filter: { _id: 3, n: 0 }, replacement: {}, upsert: true } };
    await expect(numbers.bulkWrite([upsert])).rejects.toMatchObject({ code: 11000 });
  });

  it('are searched by a text index, and not without one', async () => {
    await expect(numbers.find({ $text: { $search: 'a' } }).toArray()).rejects.toMatchObject({
      code: 27,
    });
    await numbers.createIndexes([{ key: { title: 'text' }, default_language: 'none' }]);
    await numbers.insertMany([
      { _id: 1, title: 'Café on fire' },
      { _id: 2, title: 'fire' },
      { _id: 3 },
    ]);
    const ids = async ($search: string): Promise<unknown[]> =>
      (await numbers.find({ $text: { $search } }).toArray()).map(({ _id }) => _id);
    expect(await ids('CAFE nothing')).toEqual([1]);
    expect(await ids('fire')).toEqual([1, 2]);
    expect(await ids('"on fire"')).toEqual([1]);
    expect(await ids('fir')).toEqual([]);
  });
});

describe('collections', () => {
  it('are listed, renamed and dropped with their indexes', async () => {
    await numbers.createIndexes([{ key: { n: 1 } }]);
    await numbers.rename('renamed');
    const renamed = client.db('test').collection('renamed');
    expect((await renamed.listIndexes().toArray()).map(nameOf)).toEqual(['_id_', 'n_1']);
    await expect(numbers.rename('other')).rejects.toMatchObject({ code: 26 });
    await renamed.drop();
    expect(await client.db('test').collections()).toEqual([]);
  });

  it('take 64 indexes', async () => {
    const indexes = Array.from({ length: 64 }, (_, i) => ({ key: { [`f${i}`]: 1 as const } }));
    await numbers.createIndexes(indexes.slice(1));
    await expect(numbers.createIndexes(indexes)).rejects.toMatchObject({ code: 67 });
  });
});

describe('what is not modelled', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a transaction', () => client.withSession((session) => inTransaction(session))],
    ['a change stream', () => numbers.watch().next()],
    ['a collation', () => numbers.find().collation({ locale: 'en' }).toArray()],
    ['an array filter', () => updateByArrayFilter()],
    ['$lookup', () => numbers.aggregate([{ $lookup: {} }]).toArray()],
    [
      'an index that expires',
      () => numbers.createIndexes([{ key: { n: 1 }, expireAfterSeconds: 1 }]),
    ],
  ])('is refused with code 238: %s', async (_what, work) => {
    await expect(work()).rejects.toMatchObject({ code: 238 });
  });

  it('is told from what no server knows', async () => {
    const database = client.db('test');
    await expect(database.command({ dance: 1 })).rejects.toMatchObject({ code: 59 });
    await expect(database.command({ ping: 1, x: 1 })).rejects.toMatchObject({ code: 40415 });
    await expect(numbers.find({ n: { $near: 1 } } as object).toArray()).rejects.toMatchObject({
      code: 2,
    });
  });

  const inTransaction = async (session: ClientSession): Promise<unknown> => {
    session.startTransaction();
    return numbers.insertOne({ _id: 1 }, { session });
  };
  const updateByArrayFilter = async (): Promise<unknown> => {
    await numbers.insertOne({ _id: 1 });
    return numbers.updateOne({}, { $set: { 'a.$[b]': 1 } }, { arrayFilters: [{ b: 1 }] });
  };
});

describe('faults', () => {
  it('let a retryable write happen once although its reply is lost', async () => {
    await numbers.insertOne({ _id: 1, n: 0 });
    const seen = once('update', 'lose-reply');
    await numbers.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    expect(seen()).toBe(2);
    expect(await numbers.findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 });
  });

  it('let the driver send a request again that was lost, or met a server that is no primary', async () => {
    const lost = once('insert', 'lose-request');
    await numbers.insertOne({ _id: 1 });
    expect(lost()).toBe(2);
    const refused = once('insert', { code: 10107, labels: ['RetryableWriteError'] });
    await numbers.insertOne({ _id: 2 });
    expect(refused()).toBe(2);
    expect(await numbers.countDocuments()).toBe(2);
  });

  it.each(['swallow-request', 'swallow-reply'] as const)(
    'leave the client without an answer on an open connection: %s',
    async (fault) => {
      await client.close();
      client = await MongoClient.connect(server.url, { socketTimeoutMS: 100, retryWrites: false });
      once('insert', fault);
      const own = client.db('test').collection<Numbered>('numbers');
      await expect(own.insertMany([{ _id: 1 }])).rejects.toThrow(/timed out/);
      const stored = await client.db('test').collection('numbers').countDocuments();
      expect(stored).toBe(fault === 'swallow-reply' ? 1 : 0);
    },
  );

  it('kill the server, which comes back on its port with what it had', async () => {
    await numbers.insertOne({ _id: 1 });
    await server.kill();
    expect(server.connections).toBe(0);
    await server.restart();
    expect(await numbers.findOne({ _id: 1 })).toEqual({ _id: 1 });
  });

  it('lose cursors with the server that had them', async () => {
    await numbers.insertMany(Array.from({ length: 10 }, (_, n) => ({ _id: n })));
    const cursor = numbers.find().batchSize(3);
    expect(await cursor.next()).toEqual({ _id: 0 });
    expect(server.openCursors).toBe(1);
    await server.kill();
    await server.restart();
    expect(server.openCursors).toBe(0);
    await expect(cursor.toArray()).rejects.toThrow(/closed|not found/);
  });

  it('refuse retryable writes on a single server, as real ones do', async () => {
    const single = await MongoDbTestServer.start({ replicaSet: false });
    const own = await MongoClient.connect(single.url);
    const collection = own.db('test').collection<Numbered>('numbers');
    await collection.insertOne({ _id: 1 });
    const command = { insert: 'numbers', documents: [{ _id: 2 }], txnNumber: 1 };
    await expect(own.db('test').command(command)).rejects.toMatchObject({ code: 20 });
    expect(await collection.countDocuments()).toBe(1);
    await own.close();
    await single.kill();
  });
});
