export {
  MongoDbTestServer,
  type MongoDbCommand,
  type MongoDbFault,
  type MongoDbTestServerOptions,
} from './mongodb/mongodb-test-server';
export {
  EventStoreDbTestServer,
  type EventStoreDbTestServerOptions,
} from './eventstoredb/eventstoredb-test-server';
export type { AppendFault, ReadFault } from './eventstoredb/faults';
export { KafkaTestServer, type KafkaTestServerOptions } from './kafka/kafka-test-server';
export { kafkaErrors } from './kafka/protocol';
export type { RequestFault } from './kafka/faults';
