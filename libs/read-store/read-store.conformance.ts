import type {
  ReadStoreCapabilities,
  ReadStoreFactory,
  ReadStoreFixture,
  SuiteContext,
} from './conformance/conformance.fixture';
import { describeDefinitions } from './conformance/definitions.suite';
import { describeFilters } from './conformance/filters.suite';
import { describeGenerations } from './conformance/generations.suite';
import { describeLeases } from './conformance/leases.suite';
import { describePaging } from './conformance/paging.suite';
import { describeAgreement } from './conformance/reference.suite';
import { describeSearch } from './conformance/search.suite';
import { describeWriting } from './conformance/writing.suite';
import type { ReadStore } from './read-store.port';

/** The tests that every adapter of the port passes, each on a store of its own. */
export function describeReadStore(
  name: string,
  factory: ReadStoreFactory,
  capabilities: ReadStoreCapabilities,
): void {
  describe(`${name} as a read store`, () => {
    let fixture: ReadStoreFixture;
    let store: ReadStore;

    beforeEach(async () => {
      fixture = await factory();
      store = await fixture.open();
    });

    afterEach(async () => {
      await store.close();
      await fixture.dispose();
    });

    const context: SuiteContext = {
      store: () => store,
      reopen: async () => {
        await store.close();
        store = await fixture.open();
        return store;
      },
    };
    describe('generations', () => describeGenerations(context));
    describe('writing', () => describeWriting(context, capabilities.durable));
    describe('filters', () => describeFilters(context));
    describe('paging', () => describePaging(context));
    describe('search', () => describeSearch(context));
    describe('leases', () => describeLeases(context, capabilities.updatesAreAtomic));
    describe('definitions', () => describeDefinitions(context));
    if (capabilities.comparedWithReference) {
      describe('agreement', () => describeAgreement(context, capabilities.comparisons));
    }
  });
}
