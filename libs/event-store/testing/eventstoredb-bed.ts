import {
  EventStoreDbTestServer,
  type EventStoreDbTestServerOptions,
} from '@ledgerdesk/test-servers';
import { EventStoreDbEventStore } from '../eventstoredb/eventstoredb.adapter';

/** Short waits where a test waits for them, many tries where the machine may be busy. */
const QUICK = {
  appendTimeoutMs: 300,
  appendTriesMax: 6,
  readTimeoutMs: 15_000,
  readTriesMax: 4,
  retryDelayMs: 5,
  stallCheckMs: 40,
};

/** A server in this process with stores on it; all are closed together. */
export class EventStoreDbBed {
  private readonly stores: EventStoreDbEventStore[] = [];

  private constructor(readonly server: EventStoreDbTestServer) {}

  static async start(options: EventStoreDbTestServerOptions = {}): Promise<EventStoreDbBed> {
    return new EventStoreDbBed(await EventStoreDbTestServer.start(options));
  }

  /** Opens a store; numbers are settings of the adapter, texts parameters of the client. */
  async open(settings: Readonly<Record<string, number | string>> = {}) {
    const parameters = Object.entries({ ...QUICK, ...settings });
    const query = parameters.map(([name, value]) => `&${name}=${value}`).join('');
    const store = await EventStoreDbEventStore.open({ url: `${this.server.url}${query}` });
    this.stores.push(store);
    return store;
  }

  async stop(): Promise<void> {
    for (const store of this.stores) await store.close();
    await this.server.kill();
  }
}
