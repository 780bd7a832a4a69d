import { MongoDbTestServer } from '@ledgerdesk/test-servers';
import { MongoClient } from 'mongodb';
import { BOARD, liveBoard, tickets } from '../conformance/conformance.fixture';
import { isWrite, urlOf } from '../testing/mongodb-commands';
import { MongoReadStore } from './mongodb.adapter';
import { MongoBatches } from './mongodb.batches';
import { MongoConnection } from './mongodb.connection';

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
    await generation.write({
      ...tickets({ a: { state: 'new' }, b: { state: 'new' } }),
      after: 0n,
      checkpoint: 1n,
    });
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
