import { KafkaTestServer } from '@ledgerdesk/test-servers';
import { describeMessageBroker } from '../testing';
import { KafkaMessageBroker } from './kafka.adapter';

// Goal: what holds in one process holds over the wire. Method: the port's suite against the double,
// or, where BROKER_URL names one, against a real cluster, unchanged.

const given = process.env['BROKER_URL'] ?? '';
const QUICK = { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 50, fetchWaitMs: 50 } as const;

describeMessageBroker('KafkaMessageBroker', async () => {
  if (given.startsWith('kafka:')) {
    return { broker: new KafkaMessageBroker(given, QUICK), dispose: () => Promise.resolve() };
  }
  const server = await KafkaTestServer.start();
  return {
    broker: new KafkaMessageBroker(server.url, QUICK),
    dispose: () => server.kill(),
  };
});
