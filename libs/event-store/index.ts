export {
  LOG_START,
  type AppendRequest,
  type AppendResult,
  type EventFilter,
  type EventStore,
  type EventStoreLimits,
  type EventStoreStatistics,
  type EventToAppend,
  type ExpectedRevision,
  type GlobalPosition,
  type ReadAllOptions,
  type ReadStreamOptions,
  type Revision,
  type StoredEvent,
  type StreamMetadata,
  type StreamRetention,
  type SubscribeOptions,
  type SubscriptionMessage,
} from './event-store.port';
export { DEFAULT_LIMITS } from './append-request';
export { TimeLimit } from './time-limit';
export { categoryOf } from './stream-name';
export { formatPosition, formatRevision, parsePosition, parseRevision } from './position';
export {
  openEventStore,
  openEventStoreBeside,
  openEventStoreForReading,
  type EventStoreLocation,
} from './open-event-store';
