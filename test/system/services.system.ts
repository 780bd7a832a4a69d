import { readModels } from '@ledgerdesk/read-models';
import { Kafka, logLevel } from 'kafkajs';
import { DeskClients } from '../fault/desk-clients';
import { buildIfStale } from '../fault/engine-process';
import { brokenStreams, lostOrDoubled, readLog } from '../fault/log-check';
import { seededRandom } from '../fault/seeded-random';
import { settledDocuments } from './log-follower';
import { SERVICES } from './service-process';
import { SystemUnderTest, until } from './system-under-test';

// Goal: the services as a whole lose nothing and do nothing twice. Method: two processes of each
// around servers that speak the real protocols; a short story over HTTP and Kafka; then load, while
// processes are killed one after the other and connections are cut. Run by `npm run test:system`;
// SYSTEM_ROUNDS says how often each service is killed, two or more take all read models.

const SEED = 20_260_401;
const ROUNDS = Number(process.env['SYSTEM_ROUNDS'] ?? 1);
const SHORT = /^(incident-(list|counters|kpis)|flow-.*)$/;
const projections = readModels.filter(({ name }) => ROUNDS > 1 || SHORT.test(name));
const CLIENTS = 4;
const INCIDENTS = '/api/v1/incidents';
const INCIDENT = { description: 'No mail', channel: 'phone', caller: 'bob', service: 'mail' };

jest.setTimeout(300_000 + ROUNDS * 120_000);

let system: SystemUnderTest;
let kafka: Kafka;

beforeAll(async () => {
  buildIfStale();
  system = await SystemUnderTest.start(projections.map(({ name }) => name));
  const brokers = [system.broker.address];
  kafka = new Kafka({ clientId: 'outside', brokers, logLevel: logLevel.NOTHING });
  await system.ready();
});

afterAll(() => system.end());

async function accepted(path: string, body: object, key: string): Promise<string> {
  const { status, body: answer } = await system.post(path, body, key);
  expect([key, status, answer['code']]).toEqual([key, expect.any(Number), undefined]);
  return String(answer['id']);
}

/** Sends a command as an outside system does: by the topic of its process. */
async function publishCommand(id: string, type: string, data: object): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const value = JSON.stringify({
    ...{ specversion: '1.0', source: 'urn:outside', id, type, actor: 'monitoring', data },
  });
  await producer.send({
    topic: 'ledgerdesk.commands.incident',
    messages: [{ key: id, value }],
  });
  await producer.disconnect();
}

/** Ids of the tickets whose registration comes over the topic of events. */
async function subjectsOfRegistrations(wanted: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const consumer = kafka.consumer({ groupId: 'siem', sessionTimeout: 10_000 });
  const seen = new Set<string>();
  await consumer.connect();
  await consumer.subscribe({ topic: 'ledgerdesk.events.incident', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const { type, subject } = JSON.parse(String(message.value)) as Record<string, string>;
      if (type === 'IncidentRegistered') seen.add(String(subject).slice('incident-'.length));
    },
  });
  await until(async () => [...wanted].every((id) => seen.has(id)));
  await consumer.disconnect();
  return seen;
}

describe('the services as separate processes, two of each', () => {
  it('carry tickets from one service to the next, over HTTP and over Kafka', async () => {
    const parent = await accepted(INCIDENTS, INCIDENT, 'parent');
    const child = await accepted(INCIDENTS, INCIDENT, 'child');
    await publishCommand('from-outside', 'RegisterIncident', INCIDENT);
    for (const [id, who] of [
      [parent, 'parent'],
      [child, 'child'],
    ] as const) {
      await accepted(`${INCIDENTS}/${id}/take`, { group: 'desk' }, `${who}-take`);
    }
    await accepted(`${INCIDENTS}/${child}/set-parent`, { parent }, 'child-parent');
    const resolution = { code: 'solved-permanently', notes: 'Restarted.', withChildren: true };
    const resolved = await system.post(`${INCIDENTS}/${parent}/resolve`, resolution, 'resolve');
    expect(resolved.status).toBe(200);

    // The flow reads it from the log and sends its command by the broker.
    await until(
      async () => (await system.get(`${INCIDENTS}/${child}`)).body['state'] === 'resolved',
    );
    // Who sends by the broker asks for the outcome, and finds the ticket.
    const outcomeOf = '/api/v1/commands/from-outside';
    await until(async () => (await system.get(outcomeOf)).status === 200);
    const outcome = (await system.get(outcomeOf)).body;
    expect(outcome).toMatchObject({ outcome: 'accepted', command: 'RegisterIncident' });
    const { position } = resolved.body;
    const query = `minPosition=${String(position)}&minPositionTimeoutMs=10000&state=resolved`;
    const list = await system.get(`${INCIDENTS}?${query}`);
    expect(list).toMatchObject({ status: 200 });
    await subjectsOfRegistrations(new Set([parent, child, String(outcome['ticket'])]));
  });

  it('lose no command, do nothing twice and fold what a fresh fold gives, whoever is killed', async () => {
    const random = seededRandom(SEED);
    const clients = new DeskClients(() => system.urlOf('command-service'), {
      clients: CLIENTS,
      seed: SEED,
    });
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const service of SERVICES) {
          await clients.acknowledgedMore(10 + Math.floor(random() * 30));
          await system.killAndReplace(service, round % 2);
        }
        await clients.acknowledgedMore(20);
        system.cutConnections();
        await clients.acknowledgedMore(20);
      }
      await clients.finish();
    } finally {
      await clients.abandon();
    }
    await system.ready();
    const { stored, fresh } = await settledDocuments(system, projections);
    expect(fresh.length).toBeGreaterThan(20);
    expect(stored).toEqual(fresh);

    const log = await readLog(system.eventStore.url);
    expect(clients.surprises).toEqual([]);
    expect(clients.acknowledged.length).toBeGreaterThan(100);
    expect(lostOrDoubled(clients.acknowledged, log)).toEqual([]);
    expect(brokenStreams(log)).toEqual([]);
    expect(log.eventIds.size).toBe([...log.revisions.values()].flat().length);
    const numbers = await numbersOf();
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('stop when they are asked to, each with exit code 0', async () => {
    expect(await system.stop()).toEqual([]);
  });
});

async function numbersOf(): Promise<readonly unknown[]> {
  const numbers: unknown[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Awaited<ReturnType<typeof system.get>> = await system.get(
      `${INCIDENTS}?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    const items = page.body['items'] as readonly { readonly number: unknown }[];
    numbers.push(...items.map(({ number }) => number));
    cursor = page.body['nextCursor'] as string | null;
  }
  return numbers;
}
