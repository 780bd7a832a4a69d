export { describeEventStore } from '../event-store.conformance';
export type {
  EventStoreCapabilities,
  EventStoreFactory,
  EventStoreUnderTest,
} from '../conformance/subject';
export { anEvent, collect } from '../conformance/subject';
