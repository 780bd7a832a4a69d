import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReadStore } from '../testing';
import { SqliteReadStore } from './sqlite.adapter';

describeReadStore(
  'SqliteReadStore',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-'));
    return {
      open: async () => SqliteReadStore.open(folder),
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  },
  { durable: true, comparedWithReference: true },
);
