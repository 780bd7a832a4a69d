import {
  MongoDbTestServer,
  type MongoDbCommand,
  type MongoDbFault,
} from '@ledgerdesk/test-servers';
import { MongoClient } from 'mongodb';
import { BOARD, tickets } from '../conformance/conformance.fixture';
import type { GenerationStore, WriteBatch } from '../read-store.port';
import { isWrite, urlOf } from '../testing/mongodb-commands';
import { MongoReadStore } from './mongodb.adapter';

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
