import { acknowledgementCases } from './conformance/acknowledgement.cases';
import { boundCases } from './conformance/bounds.cases';
import { deliveryCases } from './conformance/delivery.cases';
import { failureCases } from './conformance/failure.cases';
import {
  startReading,
  type BrokerFactory,
  type BrokerUnderTest,
  type Suite,
} from './conformance/subject';
import type { Consumption, MessageBroker } from './message-broker.port';

/**
 * What every adapter must do. One broker serves all cases, each of which has topics and groups of
 * its own, so that the suite also runs against a server that others use.
 */
export function describeMessageBroker(name: string, factory: BrokerFactory): void {
  describe(name, () => {
    let subject: BrokerUnderTest | undefined;
    let owned: Consumption[] = [];
    const broker = (): MessageBroker => {
      if (subject === undefined) throw new Error('the broker is open only while the cases run');
      return subject.broker;
    };
    const suite: Suite = {
      broker,
      factory,
      consume: (options) => startReading(broker(), options, owned),
    };

    beforeAll(async () => {
      subject = await factory();
    });

    afterEach(async () => {
      const toStop = owned;
      owned = [];
      await Promise.all(toStop.map((consumption) => consumption.stop()));
    });

    afterAll(async () => {
      await subject?.broker.close();
      await subject?.dispose();
    });

    deliveryCases(suite);
    acknowledgementCases(suite);
    failureCases(suite);
    boundCases(suite);
  });
}
