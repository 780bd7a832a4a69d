import { EventStoreDbTestServer } from '@ledgerdesk/test-servers';
import { describeEventStore } from '../testing';
import type { EventStoreUnderTest } from '../conformance/subject';
import { EventStoreDbEventStore } from './eventstoredb.adapter';

// With EVENT_STORE_URL=esdb://… the suite runs against that server, which may have been used
// before; without it against a server in this process.
const realUrl = /^(esdb|kurrentdb)/.test(process.env['EVENT_STORE_URL'] ?? '')
  ? process.env['EVENT_STORE_URL']
  : undefined;

// Thousands of events go over the wire, on a machine that may be busy.

async function underTest(url: string, stop: () => Promise<void>): Promise<EventStoreUnderTest> {
  let store = await EventStoreDbEventStore.open({ url });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await EventStoreDbEventStore.open({ url });
      return store;
    },
    dispose: async () => {
      await store.close();
      await stop();
    },
  };
}

if (realUrl !== undefined) {
  describeEventStore(
    'EventStoreDbEventStore on the server of EVENT_STORE_URL',
    () => underTest(realUrl, async () => undefined),
    { startsEmpty: false },
  );
} else {
  describeEventStore(
    'EventStoreDbEventStore',
    async () => {
      const server = await EventStoreDbTestServer.start();
      return underTest(server.url, () => server.kill());
    },
    { startsEmpty: true },
  );
}
