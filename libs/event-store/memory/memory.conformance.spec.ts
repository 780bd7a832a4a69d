import { describeEventStore } from '../testing';
import { MemoryEventStore } from './memory.adapter';

describeEventStore(
  'MemoryEventStore',
  async () => {
    const store = new MemoryEventStore();
    return { store, dispose: () => store.close() };
  },
  { startsEmpty: true },
);
