/** Error codes of the protocol: those that the broker gives of itself, and some for hooks. */
export const kafkaErrors = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  notLeaderForPartition: 6,
  requestTimedOut: 7,
  messageTooLarge: 10,
  coordinatorNotAvailable: 15,
  illegalGeneration: 22,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAuthorizationFailed: 29,
  unsupportedVersion: 35,
  topicAlreadyExists: 36,
  outOfOrderSequence: 45,
  invalidProducerEpoch: 47,
  memberIdRequired: 79,
} as const;

/**
 * The requests that are served, with their key and versions. The highest ones are those that
 * kafkajs 2.2.4 has and that Kafka 4 still takes. What is absent, transactions among it, is not
 * announced to the client either.
 */
export const kafkaApis = {
  produce: { key: 0, min: 3, max: 7 },
  fetch: { key: 1, min: 4, max: 11 },
  listOffsets: { key: 2, min: 1, max: 3 },
  metadata: { key: 3, min: 4, max: 6 },
  offsetCommit: { key: 8, min: 2, max: 5 },
  offsetFetch: { key: 9, min: 1, max: 4 },
  findCoordinator: { key: 10, min: 0, max: 2 },
  joinGroup: { key: 11, min: 2, max: 5 },
  heartbeat: { key: 12, min: 0, max: 3 },
  leaveGroup: { key: 13, min: 0, max: 3 },
  syncGroup: { key: 14, min: 0, max: 3 },
  describeGroups: { key: 15, min: 0, max: 2 },
  listGroups: { key: 16, min: 0, max: 2 },
  apiVersions: { key: 18, min: 0, max: 2 },
  createTopics: { key: 19, min: 2, max: 3 },
  deleteTopics: { key: 20, min: 1, max: 1 },
  initProducerId: { key: 22, min: 0, max: 1 },
  createPartitions: { key: 37, min: 0, max: 1 },
} as const;

/** Name of a request that is served. */
export type KafkaApi = keyof typeof kafkaApis;

/** The node is the only one: leader of each partition, coordinator of each group, controller. */
export const NODE_ID = 1;

const apisByKey = new Map(
  (Object.keys(kafkaApis) as KafkaApi[]).map((api) => [kafkaApis[api].key as number, api]),
);

/** Undefined for a request that is not served. */
export function kafkaApiOf(key: number): KafkaApi | undefined {
  return apisByKey.get(key);
}
