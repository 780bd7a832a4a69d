import { MongoDbTestServer } from '@ledgerdesk/test-servers';
import { randomUUID } from 'node:crypto';
import type { SuiteContext } from '../conformance/conformance.fixture';
import { describeGenerations } from '../conformance/generations.suite';
import { describeLeases } from '../conformance/leases.suite';
import { describeSearch } from '../conformance/search.suite';
import { describeWriting } from '../conformance/writing.suite';
import { describeReadStore } from '../testing';
import { MongoReadStore } from './mongodb.adapter';
import { MongoConnection } from './mongodb.connection';

// READ_STORE_URL=mongodb://… runs the suite against a real server, in databases of its own.
// READ_STORE_LACKS=atomic-updates declares what the server does not have, as FerretDB 1.24.
const capabilities = {
  durable: true,
  comparedWithReference: true,
  comparisons: 12,
  updatesAreAtomic: process.env['READ_STORE_LACKS'] !== 'atomic-updates',
};
const realServer = process.env['READ_STORE_URL'];

if (realServer?.startsWith('mongodb') === true) {
  describe('on the server of READ_STORE_URL', () => {
    describeReadStore(
      'MongoReadStore',
      async () => {
        const url = inOwnDatabase(realServer);
        return { open: () => MongoReadStore.open(url), dispose: () => dropDatabase(url) };
      },
      capabilities,
    );
  });
} else {
  describe('on a member of a replica set', () => {
    const server = testServer({});

    describeReadStore(
      'MongoReadStore',
      async () => {
        const url = inOwnDatabase(server().url);
        return { open: () => MongoReadStore.open(url), dispose: async () => undefined };
      },
      capabilities,
    );
  });

  // What may depend on transactions, retryable writes and text indexes.
  describe('on a single server without text search', () => {
    const server = testServer({ replicaSet: false, textSearch: false });
    let url: string;
    let store: MongoReadStore;

    beforeEach(async () => {
      url = inOwnDatabase(server().url);
      store = await MongoReadStore.open(url);
    });
    afterEach(() => store.close());

    const context: SuiteContext = {
      store: () => store,
      reopen: async () => {
        await store.close();
        store = await MongoReadStore.open(url);
        return store;
      },
    };
    describe('generations', () => {
      describeGenerations(context);
    });
    describe('writing', () => {
      describeWriting(context, true);
    });
    describe('search', () => {
      describeSearch(context);
    });
    describe('leases', () => {
      describeLeases(context);
    });
  });
}

function testServer(
  options: Parameters<typeof MongoDbTestServer.start>[0],
): () => MongoDbTestServer {
  let server: MongoDbTestServer;
  beforeAll(async () => {
    server = await MongoDbTestServer.start(options);
  });
  afterAll(() => server.kill());
  return () => server;
}

function inOwnDatabase(serverUrl: string): string {
  const server = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/;
  return serverUrl.replace(server, `$1/ledgerdesk-test-${randomUUID()}`);
}

async function dropDatabase(url: string): Promise<void> {
  const connection = MongoConnection.to(url);
  await connection.dropDatabase();
  await connection.close();
}
