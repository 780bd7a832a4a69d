import type { EventStore } from './event-store.port';
import { appendCases } from './conformance/append.cases';
import { bookkeepingCases } from './conformance/bookkeeping.cases';
import { concurrencyCases } from './conformance/concurrency.cases';
import { idempotencyCases } from './conformance/idempotency.cases';
import { lifecycleCases } from './conformance/lifecycle.cases';
import { limitCases } from './conformance/limits.cases';
import { modelCases } from './conformance/model.cases';
import { readAllCases } from './conformance/read-all.cases';
import { readStreamCases } from './conformance/read-stream.cases';
import type {
  EventStoreCapabilities,
  EventStoreFactory,
  EventStoreUnderTest,
  Suite,
} from './conformance/subject';
import { subscriptionCases } from './conformance/subscription.cases';

/**
 * What every adapter must do. One store serves all cases, each of which writes to streams of its
 * own, so that the suite also runs against a server; only the cases of opening and closing ask the
 * factory for more. It assumes of positions no more than their order, and waits for what a
 * subscription yields instead of expecting it at once.
 */
export function describeEventStore(
  name: string,
  factory: EventStoreFactory,
  capabilities: EventStoreCapabilities,
): void {
  describe(name, () => {
    let subject: EventStoreUnderTest | undefined;
    const store = (): EventStore => {
      if (subject === undefined) throw new Error('the store is open only while the cases run');
      return subject.store;
    };
    const suite: Suite = { factory, capabilities, store };

    beforeAll(async () => {
      subject = await factory();
    });

    afterAll(async () => {
      await subject?.dispose();
    });

    appendCases(suite);
    idempotencyCases(suite);
    concurrencyCases(suite);
    readStreamCases(suite);
    readAllCases(suite);
    subscriptionCases(suite);
    limitCases(suite);
    bookkeepingCases(suite);
    modelCases(suite);
    lifecycleCases(suite);
  });
}
