import { openMessageBroker, type MessageBroker } from '@ledgerdesk/messaging';
import { KafkaTestServer } from '@ledgerdesk/test-servers';
import { eventually } from '@ledgerdesk/kernel/testing';
import { INCIDENTS, startEngineUnderTest, type EngineUnderTest } from '../engine-under-test';
import { startExample, type ExampleProcess } from './example-process';

// Goal: an outside system files incidents over the broker and a SIEM sees what follows, also when
// the broker was away. Method: a whole engine over real HTTP, the Kafka double, the examples of
// examples/ as processes of their own.

let server: KafkaTestServer;
let engine: EngineUnderTest;
let siem: ExampleProcess;
let outside: MessageBroker;
const letters: DeadLetter[] = [];
const outcomes: Event[] = [];

interface Event {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface DeadLetter {
  readonly attempts: number;
  readonly cause: Readonly<Record<string, unknown>>;
  readonly original: Readonly<Record<string, unknown>>;
}

const COMMANDS = 'ledgerdesk.commands.incident';

beforeAll(async () => {
  server = await KafkaTestServer.start();
  engine = await startEngineUnderTest({}, { environment: { BROKER_URL: server.url } });
  await engine.post(INCIDENTS, { body: incident('first'), headers: { 'x-actor': 'ada' } });
  await eventually(() => server.endOffset(COMMANDS, 0) === 0n);
  outside = await openMessageBroker(server.url, { fetchWaitMs: 50 });
  const read = (topic: string, into: unknown[]): void => {
    outside.consume({
      group: `spec.${topic}`,
      topics: [topic],
      topicPartitions: 6,
      deadLetters: { topic: 'spec.dead', causeOf: () => ({}) },
      handle: async ({ value }) => void into.push(JSON.parse(value.toString())),
    });
  };
  read('ledgerdesk.dead-letters', letters);
  read('ledgerdesk.events.command', outcomes);
  await outside.ensureTopics([{ name: 'ledgerdesk.events.incident', partitions: 6 }]);
  siem = startExample('siem-feed.mjs', server.address, ['incident']);
}, 30_000);

afterAll(async () => {
  await siem.stop();
  await outside.close();
  await engine.close();
  await server.kill();
});

function incident(description: string): Record<string, string> {
  return { description, channel: 'phone', caller: 'nadia', service: 'mail' };
}

const seen = (text: string): number => siem.lines.filter((line) => line.includes(text)).length;

const outcomeOf = async (id: string): Promise<Readonly<Record<string, unknown>>> =>
  (await engine.get(`/api/v1/commands/${id}`)).body;

function send(id: string, more: object): Promise<void> {
  const command = { specversion: '1.0', id, source: 'urn:spec', actor: 'spec', ...more };
  const headers = { trace: 't-1' };
  return outside.publish([{ topic: COMMANDS, key: id, value: JSON.stringify(command), headers }]);
}

describe('the message broker', () => {
  it('takes commands of an outside system, each once, and tells a SIEM what follows', async () => {
    const alert = (id: string, text: string): string =>
      JSON.stringify({ id, host: 'web-1', service: 'shop', text });
    const alerts = [alert('1', 'Disk full'), alert('2', 'No route'), alert('1', 'Disk full')];
    const monitoring = startExample('file-incidents.mjs', server.address);
    expect(await monitoring.end(`${alerts.join('\n')}\n`)).toBe(0);
    expect(monitoring.lines).toEqual(['monitoring-1', 'monitoring-2', 'monitoring-1']);
    await eventually(() => seen('Disk full') > 0 && seen('No route') > 0, 'the feed');
    expect([seen('Disk full'), seen('No route')]).toEqual([1, 1]);
    const outcome = await outcomeOf('monitoring-1');
    expect(outcome).toMatchObject({ outcome: 'accepted', command: 'RegisterIncident' });
    const filed = await engine.get(`${INCIDENTS}/${String(outcome['ticket'])}`);
    expect(filed.body).toMatchObject({ number: outcome['number'] });
    await eventually(() => outcomes.length >= 2, 'the outcomes');
    expect(outcomes.map(({ type, data }) => [type, data['commandId']])).toEqual(
      expect.arrayContaining([['CommandAccepted', 'monitoring-1']]),
    );
  });

  it('puts refused commands and poison to the dead letters, with the problem', async () => {
    await send('spec-1', { type: 'RegisterIncident', data: { channel: 'nonsense' } });
    await send('spec-2', { type: 'NoSuchCommand' });
    await outside.publish([{ topic: COMMANDS, key: 'p', value: 'no JSON' }]);
    await eventually(() => letters.length === 3, 'the dead letters');
    const codes = letters.map(({ cause }) => cause['code']);
    expect(codes.sort()).toEqual([
      'invalid.command',
      'malformed.command-message',
      'missing.command',
    ]);
    const refused = letters.find(({ cause }) => cause['code'] === 'invalid.command');
    expect(refused).toMatchObject({
      attempts: 1,
      cause: { type: 'urn:ledgerdesk:problem:invalid.command', status: 422 },
      original: { topic: COMMANDS, key: 'spec-1', headers: { trace: 't-1' } },
    });
    expect(await outcomeOf('spec-1')).toMatchObject({
      outcome: 'refused',
      code: 'invalid.command',
    });
    expect(await outcomeOf('unheard-of')).toMatchObject({ code: 'missing.command-outcome' });
  });

  it('catches up with what was recorded while the broker was away', async () => {
    await server.kill();
    const answer = await engine.post(INCIDENTS, { body: incident('While it was away') });
    expect(answer.status).toBe(201);
    await server.restart();
    await eventually(() => seen('While it was away') === 1, 'the feed');
    await send('spec-3', { type: 'RegisterIncident', data: incident('Back again') });
    await eventually(() => seen('Back again') === 1, 'the feed');
  });

  it('is told of in health and metrics', async () => {
    const { body } = await engine.get('/health');
    expect(body['broker']).toMatchObject({
      relay: { isLeading: true, failure: null },
      commands: { isConsuming: true },
    });
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toMatch(/^ledgerdesk_relay_leading 1$/m);
    expect(metrics).toMatch(/^ledgerdesk_broker_commands_dead_total 3$/m);
  });
});
