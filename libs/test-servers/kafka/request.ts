import type { BrokerLogs } from './broker-logs';
import type { KafkaFaults } from './faults';
import type { WireReader } from './wire';

/** One request, its head read. */
export interface KafkaRequest {
  readonly version: number;
  readonly clientId: string;
  readonly body: WireReader;
}

/** The body of the answer; undefined where the client waits for none. */
export type KafkaAnswer = Buffer | undefined;

/** What the handlers of requests stand on. */
export interface BrokerParts {
  readonly logs: BrokerLogs;
  readonly faults: KafkaFaults;
  readonly defaultPartitions: number;
  readonly createsTopics: boolean;
  /** The largest batch that is taken, in bytes. */
  readonly messageBytesMax: number;
  /** Where clients find the node. */
  address(): { readonly host: string; readonly port: number };
}
