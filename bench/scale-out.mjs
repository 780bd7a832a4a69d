// What the engine costs on EventStoreDB, MongoDB and Kafka beside their bare clients, and how fast
// the relay and the read models follow the log:
//
//   npm run build && node bench/scale-out.mjs [--commands 3000] [--events 80000] [--json]
//
// The servers are the test servers of this project, each in a process of its own, or those that
// EVENT_STORE_URL, READ_STORE_URL and BROKER_URL name. Ratios count: no figure here says anything
// about how fast another server is.
//
// 1. Commands by 32 writers over the EventStoreDB adapter, against the bare client that appends the
//    same events by as many writers.
// 2. Batches of a projection to MongoDB, against the bare driver that writes once for each event.
// 3. event-relay and projection-service as processes: both at the same time catch up with events
//    that were recorded while they stood still.
import { fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const dist = (path) => join(dirname(fileURLToPath(import.meta.url)), '../dist', path);
const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    commands: { type: 'string', default: '3000' },
    events: { type: 'string', default: '80000' },
    json: { type: 'boolean', default: false },
  },
});
const WRITERS = 32;
const ROUNDS = 3;
const BATCH_EVENTS = 500;
const COLLECTION = { name: 'tickets', fields: { state: 'text' } };

const SERVERS = {
  eventStore: ({ EventStoreDbTestServer }) => EventStoreDbTestServer.start(),
  readStore: ({ MongoDbTestServer }) => MongoDbTestServer.start(),
  broker: ({ KafkaTestServer }) => KafkaTestServer.start({ createsTopics: true }),
};

async function serve(kind) {
  const { url } = await SERVERS[kind](require(dist('libs/test-servers/index.js')));
  process.send(url);
  process.once('disconnect', () => process.exit(0));
}

async function urlsOf() {
  const { EVENT_STORE_URL, READ_STORE_URL, BROKER_URL } = process.env;
  if (EVENT_STORE_URL && READ_STORE_URL && BROKER_URL) {
    const urls = { eventStore: EVENT_STORE_URL, readStore: READ_STORE_URL, broker: BROKER_URL };
    return { urls, end: () => undefined };
  }
  const urls = {};
  const children = Object.keys(SERVERS).map((kind) => {
    const child = fork(fileURLToPath(import.meta.url), ['--serve', kind]);
    const told = new Promise((resolve) => child.once('message', resolve));
    return { child, kind, told };
  });
  for (const { kind, told } of children) urls[kind] = await told;
  return { urls, end: () => children.forEach(({ child }) => child.disconnect()) };
}

/** Runs the work for each item, so many at once; gives the seconds that it took. */
async function timed(items, work) {
  const rest = items.values();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (const item of rest) await work(item);
    }),
  );
  return (performance.now() - startedAt) / 1000;
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** An engine on the store that registers incidents. */
async function openDesk(eventStore) {
  const { Engine, MemoryBlobStore, newUuid7 } = require(dist('libs/engine/index.js'));
  const { processes } = require(dist('libs/processes/index.js'));
  const incident = processes.find(({ name }) => name === 'incident');
  const { type: RegisterIncident } = incident.commands.RegisterIncident;
  const engine = await Engine.open({
    eventStore,
    readStore: { find: () => Promise.resolve({ items: [], nextCursor: null }) },
    processes,
    projections: [],
    blobs: new MemoryBlobStore(),
  });
  const body = {
    title: 'Cannot print from terminal 7',
    description: 'The printer does not answer.',
    channel: 'phone',
    caller: 'rosa',
    service: 'printing',
  };
  const execute = () =>
    engine.commands.execute({
      tenant: 'bench',
      actor: 'bench',
      onBehalfOf: null,
      origin: { kind: 'api', id: 'bench', version: '1' },
      process: 'incident',
      command: Object.assign(new RegisterIncident(), body),
      commandId: newUuid7(),
    });
  return { engine, execute };
}

async function commandsAgainstBareAppends({ eventStore: url }) {
  const { openEventStore } = require(dist('libs/event-store/index.js'));
  const { EventStoreDBClient, NO_STREAM } = require('@eventstore/db-client');
  const appended = [];
  const store = await openEventStore(url);
  const append = store.append.bind(store);
  store.append = (request) => {
    appended.push(request);
    return append(request);
  };
  const { engine, execute } = await openDesk(store);
  const client = EventStoreDBClient.connectionString(url);
  const bare = ({ events }) =>
    client.appendToStream(
      `bare-${randomUUID()}`,
      events.map(({ type, body: text, hash }) => ({
        id: randomUUID(),
        type,
        contentType: 'application/octet-stream',
        data: Buffer.from(text),
        metadata: Buffer.from(JSON.stringify({ hash })),
      })),
      { expectedRevision: NO_STREAM },
    );
  const commands = Array.from({ length: Number(values.commands) });
  await timed(commands.slice(0, 300), execute);
  await timed(appended.slice(0, 300), bare);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    appended.length = 0;
    const engineS = await timed(commands, execute);
    const bareS = await timed([...appended], bare);
    rounds.push({ engineS, bareS, ratio: engineS / bareS });
  }
  await engine.close();
  await store.close();
  await client.dispose();
  const { engineS, bareS, ratio } = rounds.find(
    (round) => round.ratio === median(rounds.map((each) => each.ratio)),
  );
  return {
    commandsPerS: Math.round(commands.length / engineS),
    bareAppendsPerS: Math.round(commands.length / bareS),
    costOfACommand: Number(ratio.toFixed(2)),
  };
}

async function batchesAgainstSingleWrites({ readStore: url }) {
  const { openReadStore } = require(dist('libs/read-store/index.js'));
  const { MongoClient } = require('mongodb');
  const events = Array.from({ length: Number(values.events) }, (_, i) => ({
    id: `ticket-${Math.floor(i / 4)}`,
    document: { state: ['new', 'assigned', 'resolved', 'closed'][i % 4], text: 'x'.repeat(400) },
  }));
  const store = await openReadStore(url);
  const generation = await store.createGeneration({
    name: `bench${Date.now()}`,
    version: 1,
    collections: [COLLECTION],
  });
  const startedAt = performance.now();
  for (let from = 0; from < events.length; from += BATCH_EVENTS) {
    const some = events.slice(from, from + BATCH_EVENTS);
    const last = new Map(some.map(({ id, document }) => [id, { id, document }]));
    await generation.write({
      changes: new Map([['tickets', [...last.values()]]]),
      after: BigInt(from),
      checkpoint: BigInt(from + some.length),
    });
  }
  const batchesS = (performance.now() - startedAt) / 1000;
  await store.close();

  const client = await MongoClient.connect(url, { writeConcern: { w: 'majority' } });
  const collection = client.db('bench').collection(`single-${Date.now()}`);
  await collection.createIndex({ state: 1 });
  const single = events.slice(0, 2000);
  const singleStartedAt = performance.now();
  for (const { id, document } of single) {
    await collection.updateOne({ _id: id }, { $set: document }, { upsert: true });
  }
  const singleS = (performance.now() - singleStartedAt) / 1000;
  await client.close();
  const batched = events.length / batchesS;
  const one = single.length / singleS;
  return {
    batchedEventsPerS: Math.round(batched),
    singleEventsPerS: Math.round(one),
    timesFaster: Number((batched / one).toFixed(1)),
  };
}

function service(name, urls, dataDir) {
  const child = spawn(process.execPath, [dist(`apps/${name}/main.js`)], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: dataDir,
      EVENT_STORE_URL: urls.eventStore,
      READ_STORE_URL: urls.readStore,
      BROKER_URL: urls.broker,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /"url":"([^"]+)"/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`${name} ended: ${output}`)));
  });
  return {
    url,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    stop: () => child.kill('SIGTERM'),
  };
}

/** The sum of a metric over its labels; undefined while there is none. */
async function metric(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'gm'))];
  return found.length === 0 ? undefined : Math.max(...found.map((each) => Number(each[1])));
}

/** Both stand still while the events are recorded: what is measured is how they catch up. */
async function followers(urls) {
  const { openEventStore } = require(dist('libs/event-store/index.js'));
  const { openReadStore } = require(dist('libs/read-store/index.js'));
  const { readModels } = require(dist('libs/read-models/index.js'));
  const store = await openEventStore(urls.eventStore);
  const readStore = await openReadStore(urls.readStore);
  const dataDir = mkdtempSync(join(tmpdir(), 'ledgerdesk-bench-'));
  const relay = service('event-relay', urls, dataDir);
  const projections = service('projection-service', urls, dataDir);
  const both = [relay, projections];
  try {
    const [relayUrl] = await Promise.all([relay.url, projections.url]);
    const published = () => metric(relayUrl, 'ledgerdesk_relay_published_total');
    // What the service says of itself may be a second old.
    const isLevel = async () => {
      const head = await store.head();
      const generations = await readStore.generations();
      return readModels.every(({ name }) =>
        generations.some((one) => one.live && one.projection === name && one.checkpoint >= head),
      );
    };
    const before = (await store.statistics()).events;
    await until(async () => (await published()) >= before && (await isLevel()));
    both.forEach(({ pause }) => pause());
    const { engine, execute } = await openDesk(store);
    await timed(Array.from({ length: Number(values.events) / 2 }), execute);
    await engine.close();
    const events = (await store.statistics()).events - before;
    const startedAt = performance.now();
    both.forEach(({ resume }) => resume());
    const seconds = async (isDone) => {
      await until(isDone);
      return (performance.now() - startedAt) / 1000;
    };
    const [relayS, foldS] = await Promise.all([
      seconds(async () => (await published()) >= before + events),
      seconds(isLevel),
    ]);
    return {
      events,
      relayedEventsPerS: Math.round(events / relayS),
      foldedEventsPerS: Math.round(events / foldS),
    };
  } finally {
    both.forEach(({ stop }) => stop());
    await Promise.all([store.close(), readStore.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function until(isDone) {
  while (!(await isDone())) await delay(200);
}

if (values.serve) {
  await serve(values.serve);
} else {
  const { urls, end } = await urlsOf();
  const result = {};
  const measured = (name, figures) => {
    result[name] = figures;
    if (!values.json) console.log(name, figures);
  };
  measured('commands', await commandsAgainstBareAppends(urls));
  measured('documents', await batchesAgainstSingleWrites(urls));
  measured('following', await followers(urls));
  end();
  if (values.json) console.log(JSON.stringify(result));
}
