import { openEventStoreForReading } from '@ledgerdesk/event-store';
import { flows } from '@ledgerdesk/flows';
import { readModels } from '@ledgerdesk/read-models';
import { Kafka, logLevel } from 'kafkajs';
import { DeskClients } from '../fault/desk-clients';
import { buildIfStale } from '../fault/engine-process';
import { brokenStreams, lostOrDoubled, readLog } from '../fault/log-check';
import { seededRandom } from '../fault/seeded-random';
import { FeedFollower } from './feed-follower';
import { LeaseWatch, type Takeover } from './lease-watch';
import { settledDocuments } from './log-follower';
import { SERVICES, type ServiceName } from './service-process';
import { SystemUnderTest, until, type Hosted } from './system-under-test';

// Goal: the services as a whole lose nothing and do nothing twice. Method: two processes of each
// around servers that speak the real protocols; a short story over HTTP and Kafka; then load, while
// processes are killed one after the other and connections are cut. SYSTEM_ROUNDS says how often
// each service is killed; with two or more (`npm run test:system`) everything is hosted, with one
// what incidents need, so that ten processes start in time.

const SEED = 20_260_401;
const ROUNDS = Number(process.env['SYSTEM_ROUNDS'] ?? 1);
const CLIENTS = 4;
const SHORT = {
  processes: ['incident'],
  projections: readModels
    .map(({ name }) => name)
    .filter((name) => /^(incident-(list|figures)|flow-.*)$/.test(name)),
  flows: ['incident-auto-close', 'incident-awaiting-caller', 'parent-to-children'],
};
const hosted: Hosted = ROUNDS > 1 ? {} : SHORT;
const projections = readModels.filter(({ name }) => hosted.projections?.includes(name) ?? true);

/** What one instance leads: the one that does is killed. */
const LED: Partial<Record<ServiceName, string>> = {
  'projection-service': 'projection/incident-list',
  'flow-service': 'flow/parent-to-children',
  'event-relay': 'event-relay/log',
};
/** At the default of a look every 2 s a takeover within 15 s. */
const LOOKS_MAX = 7;

const INCIDENTS = '/api/v1/incidents';
const INCIDENT = { description: 'No mail', channel: 'phone', caller: 'bob', service: 'mail' };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

jest.setTimeout(ROUNDS * 300_000);

let system: SystemUnderTest;
let kafka: Kafka;
let feed: FeedFollower;
let leases: LeaseWatch;

beforeAll(async () => {
  buildIfStale();
  system = await SystemUnderTest.start(hosted);
  const brokers = [system.broker.address];
  kafka = new Kafka({ clientId: 'outside', brokers, logLevel: logLevel.NOTHING });
  leases = await LeaseWatch.open(system.readStore.url);
  await system.ready();
  await system.flowsRun(hosted.flows ?? flows.map(({ name }) => name));
  feed = new FeedFollower(() => system.urlOf('query-service'));
});

afterAll(async () => {
  await feed.stop();
  await leases.close();
  await system.end();
});

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

/** Waits until the registration of each of these tickets has come over the topic of events. */
async function registrationsOf(wanted: readonly string[]): Promise<void> {
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
  await until(async () => wanted.every((id) => seen.has(id)));
  await consumer.disconnect();
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
    const traceparent = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
    const resolve = `${INCIDENTS}/${parent}/resolve`;
    const resolved = await system.post(resolve, resolution, 'resolve', traceparent);
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
    await registrationsOf([parent, child, String(outcome['ticket'])]);
  });

  it('report what became of one command to one trace, each service its part', async () => {
    const steps = [
      'command-service: POST /api/v1/incidents/{id}/resolve',
      'command-service: command ResolveIncident',
      'command-service: append',
      'event-relay: publish IncidentResolved',
      'projection-service: project IncidentResolved',
      'flow-service: flow parent-to-children',
      'flow-service: send ResolveIncident',
      'command-service: ledgerdesk.commands.incident process',
    ];
    // Spans are sent a moment after their work.
    await until(async () => {
      const reported = system.traces.stepsOf(TRACE);
      return steps.every((step) => reported.includes(step));
    });
    expect(system.traces.stepsOf(TRACE)).toEqual(expect.arrayContaining(steps));
  });

  it('lose no command, do nothing twice and fold what a fresh fold gives, whoever is killed', async () => {
    const random = seededRandom(SEED);
    const takeovers: Promise<Takeover>[] = [];
    const clients = new DeskClients(() => system.urlOf('command-service'), {
      clients: CLIENTS,
      seed: SEED,
    });
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const service of SERVICES) {
          await clients.acknowledgedMore(10 + Math.floor(random() * 30));
          takeovers.push(...(await killOne(service, round)));
        }
        await Promise.all(takeovers);
        await clients.acknowledgedMore(20);
        system.cutConnections();
        await clients.acknowledgedMore(20);
      }
      await clients.finish();
    } finally {
      await clients.abandon();
    }
    await system.ready();
    expect(projections.map(({ name }) => name)).toContain('incident-figures');
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
    expect(await Promise.all(takeovers)).toHaveLength(ROUNDS * Object.keys(LED).length);
    for (const { from, to, looks } of await Promise.all(takeovers)) {
      expect(to).toBeGreaterThan(from);
      expect(looks).toBeLessThanOrEqual(LOOKS_MAX);
    }
  });

  it('tell a client of the live feed each event once and in order, whoever is killed', async () => {
    const positions = await positionsOfLog();
    expect(await feed.until(positions.at(-1) ?? 0n)).toEqual(positions);
    expect(feed.resumptions).toBeGreaterThanOrEqual(ROUNDS);
  });

  it('stop when they are asked to, each with exit code 0', async () => {
    expect(await system.stop()).toEqual([]);
  });
});

/** Kills the instance that leads, or that the live feed comes from; else one of those sharing. */
async function killOne(service: ServiceName, round: number): Promise<readonly Promise<Takeover>[]> {
  const lease = LED[service];
  if (lease === undefined) {
    const feeding = service === 'query-service' ? await system.indexAt(service, feed.server) : -1;
    await system.killAndReplace(service, feeding < 0 ? round % 2 : feeding);
    return [];
  }
  let leader = -1;
  await until(async () => {
    leader = system.indexOf(service, await leases.leaderOf(lease));
    return leader >= 0;
  });
  const { takeover } = await leases.watch(lease);
  await system.killAndReplace(service, leader);
  return [takeover()];
}

async function positionsOfLog(): Promise<readonly bigint[]> {
  const eventStore = await openEventStoreForReading(system.eventStore.url);
  const positions: bigint[] = [];
  for await (const { position } of eventStore.readAll()) positions.push(position);
  await eventStore.close();
  return positions;
}

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
