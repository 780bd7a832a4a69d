import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventStore } from '../testing';
import { SqliteEventStore } from './sqlite.adapter';

describeEventStore(
  'SqliteEventStore',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'event-store-'));
    let store = await SqliteEventStore.open({ dir });
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await SqliteEventStore.open({ dir });
        return store;
      },
      dispose: async () => {
        await store.close();
        await rm(dir, { recursive: true });
      },
    };
  },
  { startsEmpty: true },
);

describeEventStore(
  'SqliteEventStore beside an open one',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'event-store-'));
    const owner = await SqliteEventStore.open({ dir });
    const openBeside = (): SqliteEventStore =>
      SqliteEventStore.openBeside({ dir, appends: owner.appendPort() });
    let store = openBeside();
    return {
      store,
      reopen: async () => {
        await store.close();
        store = openBeside();
        return store;
      },
      dispose: async () => {
        await store.close();
        await owner.close();
        await rm(dir, { recursive: true });
      },
    };
  },
  { startsEmpty: true },
);
