import {
  MongoDbTestServer,
  type MongoDbCommand,
  type MongoDbFault,
} from '@ledgerdesk/test-servers';
import { MongoClient } from 'mongodb';
import { BOARD, liveBoard, tickets } from '../conformance/conformance.fixture';
import type { GenerationStore, WriteBatch } from '../read-store.port';
import { MongoReadStore } from './mongodb.adapter';
import { MongoBatches } from './mongodb.batches';
import { MongoConnection } from './mongodb.connection';

// Goal: a batch takes effect once, whatever is lost or killed between the adapter and its servers.
// Method: each command of a batch is hit by each fault in turn, with and without a replica set.

const first: WriteBatch = {
  ...tickets({ a: { state: 'new' }, b: { state: 'new' } }),
  after: 0n,
  checkpoint: 1n,
};
const second: WriteBatch = {
  ...tickets({ a: { state: 'done' }, b: null, c: { state: 'new' } }),
  after: 1n,
  checkpoint: 2n,
};
const secondStored = new Map([
  ['a', { state: 'done' }],
  ['c', { state: 'new' }],
]);

describe.each([
  ['a member of a replica set', true],
  ['a single server', false],
])('a batch on %s', (_, replicaSet) => {
  let server: MongoDbTestServer;
  let store: MongoReadStore;
  let generation: GenerationStore;

  beforeEach(async () => {
    server = await MongoDbTestServer.start({ replicaSet });
    store = await MongoReadStore.open(urlOf(server));
    generation = await store.createGeneration(BOARD);
    await generation.write(first);
  });
  afterEach(async () => {
    server.onCommand = undefined;
    await store.close();
    await server.kill();
  });

  const stored = (): Promise<ReadonlyMap<string, unknown>> =>
    generation.get('tickets', ['a', 'b', 'c']);

  it.each([1, 2, 3, 4])('is stored once although request %d is lost', async (nth) => {
    server.onCommand = onWrite(nth, 'lose-request');
    await generation.write(second);
    expect(await stored()).toEqual(secondStored);
    expect(await generation.checkpoint()).toBe(2n);
  });

  it.each([1, 2, 3, 4])('is stored once although reply %d is lost', async (nth) => {
    server.onCommand = onWrite(nth, 'lose-reply');
    await generation.write(second);
    expect(await stored()).toEqual(secondStored);
    expect(await generation.checkpoint()).toBe(2n);
  });

  it.each([
    ['is no primary any more', 10107],
    ['shuts down', 91],
    ['has replicated to too few', 64],
  ])('is stored once although the server %s', async (_what, code) => {
    server.onCommand = onWrite(2, { code, isDone: code === 64 });
    await generation.write(second);
    expect(await stored()).toEqual(secondStored);
  });

  it('is stored once although all connections are cut and the server is gone for a while', async () => {
    let killed: Promise<void> | undefined;
    server.onCommand = ({ name }) => {
      if (name !== 'update' || killed !== undefined) return undefined;
      killed = server.kill().then(() => server.restart());
      return 'lose-reply';
    };
    await generation.write(second);
    await killed;
    expect(await stored()).toEqual(secondStored);
  });

  it.each([1, 2, 3, 4])(
    'goes on from where the next owner finds it, when all is lost from write %d on',
    async (nth) => {
      const owner = await MongoReadStore.open(urlOf(server), { readRetryMs: 0, writeRetryMs: 0 });
      const dying = await owner.openGeneration(BOARD, 1);
      await dying.checkpoint();
      let writes = 0;
      server.onCommand = ({ name }) => {
        if (!isWrite(name)) return undefined;
        writes += 1;
        return writes >= nth ? 'lose-reply' : undefined;
      };
      await dying.write(second).catch(() => undefined);
      server.onCommand = undefined;
      await owner.close();

      const next = await store.openGeneration(BOARD, 1);
      if ((await next.checkpoint()) === 1n) await next.write(second);
      expect(await next.checkpoint()).toBe(2n);
      expect(await stored()).toEqual(secondStored);
    },
  );

  it('says that the outcome is unknown where the disk is full behind the decision', async () => {
    const isOfDocuments = ({ body }: MongoDbCommand): boolean =>
      typeof body['update'] === 'string' && !body['update'].endsWith('projections');
    server.onCommand = (command) =>
      isOfDocuments(command) ? { code: 14031, isDone: false } : undefined;
    await expect(generation.write(second)).rejects.toMatchObject({
      code: 'unknown-outcome.read-store',
    });
    server.onCommand = undefined;
    expect(await generation.checkpoint()).toBe(2n);
    expect(await stored()).toEqual(secondStored);
  });

  it('says that the outcome is unknown once the servers stay away', async () => {
    const owner = await MongoReadStore.open(urlOf(server), { readRetryMs: 0, writeRetryMs: 0 });
    const dying = await owner.openGeneration(BOARD, 1);
    await dying.checkpoint();
    server.onCommand = ({ name }) => (name === 'update' ? 'lose-reply' : undefined);
    await expect(dying.write(second)).rejects.toMatchObject({
      code: 'unknown-outcome.read-store',
      message: expect.stringContaining('wholly or not at all'),
    });
    server.onCommand = undefined;
    await owner.close();
    expect(await generation.checkpoint()).toBe(2n);
    expect(await stored()).toEqual(secondStored);
  });

  it('that comes again late, behind others, changes nothing', async () => {
    const delayed: MongoDbCommand[] = [];
    server.onCommand = (command) => {
      if (command.name === 'update' && command.body['update'] !== 'ledgerdesk.projections') {
        delayed.push(command);
      }
      return undefined;
    };
    await generation.write(second);
    server.onCommand = undefined;
    const gone = { a: null, b: { state: 'again' }, c: null };
    await generation.write({ ...tickets(gone), after: 2n, checkpoint: 3n });

    const client = await MongoClient.connect(server.url);
    for (const { body } of delayed) {
      const { update, updates, ordered } = body;
      await client.db('ledgerdesk').command({ update, updates, ordered });
    }
    await client.close();
    expect(delayed).toHaveLength(1);
    expect(await stored()).toEqual(new Map([['b', { state: 'again' }]]));
  });

  it('that is larger than one request is whole after a crash, too', async () => {
    const owner = await MongoReadStore.open(urlOf(server), { readRetryMs: 0, writeRetryMs: 0 });
    const dying = await owner.openGeneration(BOARD, 1);
    const note = 'x'.repeat(200);
    const many = Array.from({ length: 1_100 }, (_unused, i) => [`t${i}`, { note }] as const);
    const large = { ...tickets(Object.fromEntries(many)), after: 1n, checkpoint: 2n };
    let bulks = 0;
    server.onCommand = ({ name, body }) => {
      if (name === 'update' && body['update'] !== 'ledgerdesk.projections') bulks += 1;
      return bulks >= 2 && isWrite(name) ? 'lose-request' : undefined;
    };
    await expect(dying.write(large)).rejects.toMatchObject({ code: 'unknown-outcome.read-store' });
    server.onCommand = undefined;
    await owner.close();
    expect(await generation.checkpoint()).toBe(2n);
    const ids = ['t0', 't999', 't1000', 't1099'];
    expect((await generation.get('tickets', ids)).size).toBe(ids.length);
  });
});

describe('the read store on MongoDB', () => {
  let server: MongoDbTestServer;

  beforeEach(async () => {
    server = await MongoDbTestServer.start();
  });
  afterEach(async () => {
    server.onCommand = undefined;
    await server.kill();
  });

  it('asks a majority of the servers to acknowledge each write', async () => {
    const concerns = new Set<unknown>();
    server.onCommand = ({ name, body }) => {
      const isAcknowledged = isWrite(name) || name === 'createIndexes';
      if (isAcknowledged) concerns.add((body['writeConcern'] as { w?: unknown } | undefined)?.w);
      return undefined;
    };
    const store = await MongoReadStore.open(urlOf(server));
    await liveBoard(store, { a: { state: 'new' } });
    await store.leases.take('board', 'one', undefined);
    await store.leases.renew('one');
    await store.close();
    expect([...concerns]).toEqual(['majority']);
  });

  it('has each declared index before a generation can serve', async () => {
    const store = await MongoReadStore.open(urlOf(server));
    const generation = await store.createGeneration(BOARD, { deferIndexes: true });
    await generation.write(first);
    await generation.buildIndexes();
    await store.promote('board', 1);
    await store.close();
    const client = await MongoClient.connect(server.url);
    const database = client.db('ledgerdesk');
    const names = (await database.collections()).map(({ collectionName }) => collectionName);
    const found = await database
      .collection(names.find((name) => name.endsWith('.tickets')) ?? '')
      .listIndexes()
      .toArray();
    await client.close();
    expect(
      found.map(({ key }) =>
        Object.entries(key as object)
          .flat()
          .join(' '),
      ),
    ).toEqual([
      '_id 1',
      'live 1 _id 1',
      ...['state', 'points', 'breached', 'opened', 'closed', 'resolution'].map(
        (field) => `live 1 f_${field} 1 _id 1`,
      ),
      'live 1 f_state 1 f_opened 1 _id 1',
      'live 1 f_breached 1 f_state 1 f_points 1 _id 1',
      'live 1 terms text',
    ]);
  });

  it('searches by the text index of the server where it has one', async () => {
    const searched: unknown[] = [];
    server.onCommand = ({ name, body }) => {
      const filter = body['filter'] as { $text?: unknown } | undefined;
      if (name === 'find' && filter?.$text !== undefined) searched.push(filter.$text);
      return undefined;
    };
    const store = await MongoReadStore.open(urlOf(server));
    await liveBoard(store, { a: { title: 'Printer on fire' } });
    searched.length = 0;
    const filter = { $text: { $search: 'fire printe' } };
    expect((await store.find('board', 'tickets', { filter })).items).toHaveLength(1);
    expect(searched).toEqual([{ $search: 'printe' }]);
    await store.close();
  });

  it('gives readers the new generation when the old one is promoted away and dropped', async () => {
    const store = await MongoReadStore.open(urlOf(server));
    await liveBoard(store, { old: {} });
    expect((await store.find('board', 'tickets', {})).items).toHaveLength(1);
    const other = await MongoReadStore.open(urlOf(server));
    const next = await other.createGeneration({ ...BOARD, version: 2 });
    await next.write({ ...tickets({ one: {}, two: {} }), after: 0n, checkpoint: 1n });
    let switched: Promise<void> | undefined;
    server.onCommand = ({ name, body }) => {
      if (name !== 'find' || !String(body['find']).endsWith('.tickets')) return undefined;
      switched ??= other.promote('board', 2).then(() => other.drop('board', 1));
      return undefined;
    };
    const ids = async (): Promise<string[]> =>
      (await store.find('board', 'tickets', {})).items.map(({ id }) => id);
    expect([['old'], ['one', 'two']]).toContainEqual(await ids());
    await switched;
    expect(await ids()).toEqual(['one', 'two']);
    await other.close();
    await store.close();
  });

  it('is unavailable while no server answers, and goes on by itself', async () => {
    const store = await MongoReadStore.open(urlOf(server));
    const impatient = await MongoReadStore.open(urlOf(server), { readRetryMs: 0 });
    await liveBoard(store, { a: {} });
    await server.kill();
    await expect(impatient.count('board', 'tickets')).rejects.toMatchObject({
      code: 'unavailable.read-store',
    });
    await server.restart();
    expect(await store.count('board', 'tickets')).toBe(1);
    await impatient.close();
    await store.close();
  });

  it('gives up a request that a silent connection has swallowed', async () => {
    const store = await MongoReadStore.open(`${urlOf(server)}&socketTimeoutMS=300`, {
      readRetryMs: 3_000,
    });
    await liveBoard(store, { a: {} });
    let swallowed = 0;
    server.onCommand = ({ name }) => {
      if (name !== 'find' || swallowed > 0) return undefined;
      swallowed += 1;
      return 'swallow-request';
    };
    expect((await store.find('board', 'tickets', {})).items).toHaveLength(1);
    expect(swallowed).toBe(1);
    await store.close();
  });

  it('refuses a database of another layout, and one whose servers cannot be reached', async () => {
    await (await MongoReadStore.open(urlOf(server))).close();
    const client = await MongoClient.connect(server.url);
    const layouts = client.db('ledgerdesk').collection('ledgerdesk.layout');
    await layouts.updateMany({}, { $set: { layout: 7 } });
    await client.close();
    await expect(MongoReadStore.open(urlOf(server))).rejects.toMatchObject({
      code: 'incompatible.read-store',
      details: { found: 7, known: 1 },
    });
    await server.kill();
    const url = urlOf(server).replace('//', '//user:secret@');
    await expect(MongoReadStore.open(url, { readRetryMs: 0 })).rejects.toMatchObject({
      code: 'unavailable.read-store',
      message: expect.not.stringContaining('secret'),
    });
    await server.restart();
  });

  it('sets read models aside, and begins anew beside what it keeps', async () => {
    const store = await MongoReadStore.open(urlOf(server));
    await liveBoard(store, { a: {} });
    await store.close();
    const kept = await MongoReadStore.setAside(server.url, 'former');
    expect(kept).toMatch(/\/ledgerdesk\.ledgerdesk\.projections\.former$/);
    const anew = await MongoReadStore.open(urlOf(server));
    expect(await anew.generations()).toEqual([]);
    await liveBoard(anew, { b: {} });
    expect(await anew.get('board', 'tickets', 'a')).toBeUndefined();
    expect(await anew.get('board', 'tickets', 'b')).toEqual({});
    await anew.close();
  });

  it('says that nothing was set aside where the server does not let it', async () => {
    const store = await MongoReadStore.open(urlOf(server));
    await liveBoard(store, { a: {} });
    await store.close();
    server.onCommand = ({ name }) =>
      name === 'renameCollection' ? { code: 13, isDone: false } : undefined;
    await expect(MongoReadStore.setAside(server.url, 'former')).rejects.toMatchObject({
      code: 'unavailable.read-store',
    });
    server.onCommand = undefined;
    const same = await MongoReadStore.open(urlOf(server));
    expect(await same.get('board', 'tickets', 'a')).toEqual({});
    await same.close();
  });

  it('keeps a batch that is larger than a document in parts, until it is cleared away', async () => {
    const connection = MongoConnection.to(urlOf(server));
    const batches = new MongoBatches(connection);
    const text = JSON.stringify({ note: 'x'.repeat(1_900_000) });
    const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ collection: 'tickets', id, text }));
    const kept = await batches.keep('generation', 7, rows);
    expect(kept).toMatchObject({ parts: 2, rows: [] });
    expect((await batches.rowsOf(kept))?.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    await batches.clear('generation', 6);
    expect(await batches.rowsOf(kept)).toBeDefined();
    await batches.clear('generation', 7);
    expect(await batches.rowsOf(kept)).toBeUndefined();
    await connection.close();
  });

  it('refuses a document that no server could hold, and a collection of too many indexes', async () => {
    const store = await MongoReadStore.open(urlOf(server));
    const generation = await store.createGeneration(BOARD);
    const large = tickets({ a: { note: 'x'.repeat(2_000_001) } });
    await expect(generation.write({ ...large, after: 0n, checkpoint: 1n })).rejects.toMatchObject({
      code: 'invalid.document',
    });
    const fields = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`field${i}`, 'number' as const]),
    );
    const compoundIndexes = Array.from({ length: 4 }, (_, i) => [`field${i}`, 'field9']);
    const wide = { ...BOARD, collections: [{ name: 'wide', fields, compoundIndexes }] };
    await expect(store.createGeneration(wide)).rejects.toMatchObject({
      code: 'invalid.collection',
    });
    await store.close();
  });
});

/** With connections that are made again at once: by itself the driver pauses half a second. */
function urlOf({ url }: MongoDbTestServer): string {
  const impatience = 'minHeartbeatFrequencyMS=10&serverSelectionTimeoutMS=500';
  return `${url}${url.includes('?') ? '&' : '?'}${impatience}`;
}

function isWrite(name: string): boolean {
  return ['insert', 'update', 'delete', 'findAndModify'].includes(name);
}

/** The fault hits the nth command that writes, once. */
function onWrite(
  nth: number,
  fault: MongoDbFault,
): (command: MongoDbCommand) => MongoDbFault | undefined {
  let writes = 0;
  return ({ name }) => {
    if (!isWrite(name)) return undefined;
    writes += 1;
    return writes === nth ? fault : undefined;
  };
}
