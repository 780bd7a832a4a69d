import { describeMessageBroker } from '../testing';
import { MemoryMessageBroker } from './memory.adapter';

describeMessageBroker('MemoryMessageBroker', async () => ({
  broker: new MemoryMessageBroker(),
  dispose: () => Promise.resolve(),
}));
