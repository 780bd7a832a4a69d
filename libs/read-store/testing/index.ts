export { describeReadStore } from '../read-store.conformance';
export type {
  ReadStoreCapabilities,
  ReadStoreFactory,
  ReadStoreFixture,
} from '../conformance/conformance.fixture';
