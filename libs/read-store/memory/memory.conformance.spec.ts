import { describeReadStore } from '../testing';
import { MemoryReadStore } from './memory.adapter';

describeReadStore(
  'MemoryReadStore',
  async () => ({
    open: async () => new MemoryReadStore(),
    dispose: async () => undefined,
  }),
  { durable: false, comparedWithReference: false },
);
