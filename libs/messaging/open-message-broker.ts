import type { KafkaMessageBrokerOptions } from './kafka/kafka.adapter';
import { MemoryMessageBroker } from './memory/memory.adapter';
import type { MessageBroker } from './message-broker.port';

/**
 * The broker that a URL names: `memory:` for messages within this process, or
 * `kafka://host:port[,host:port]`, which is connected to with the first use.
 *
 * @throws LedgerdeskError `invalid.broker-url`
 */
export async function openMessageBroker(
  url: string,
  options: KafkaMessageBrokerOptions = {},
): Promise<MessageBroker> {
  if (url === 'memory:') {
    return new MemoryMessageBroker(options.limits && { limits: options.limits });
  }
  const { KafkaMessageBroker } = await import('./kafka/kafka.adapter');
  return new KafkaMessageBroker(url, options);
}
