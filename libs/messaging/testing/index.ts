export { describeMessageBroker } from '../messaging.conformance';
export type { BrokerFactory, BrokerUnderTest } from '../conformance/subject';
