import { KafkaMessageBroker, type KafkaMessageBrokerOptions } from './kafka/kafka.adapter';
import { MemoryMessageBroker } from './memory/memory.adapter';
import type { MessageBroker } from './message-broker.port';

/**
 * The broker that a URL names: `memory:` for messages within this process, or
 * `kafka://host:port[,host:port]`, which is connected to with the first use.
 *
 * @throws LedgerdeskError `invalid.broker-url`
 */
export function openMessageBroker(
  url: string,
  options: KafkaMessageBrokerOptions = {},
): MessageBroker {
  return url === 'memory:'
    ? new MemoryMessageBroker(options.limits && { limits: options.limits })
    : new KafkaMessageBroker(url, options);
}
