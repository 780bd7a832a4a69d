// What the engine costs on EventStoreDB, MongoDB and Kafka beside their bare clients, and how fast
// the relay and the read models follow the log:
//
//   npm run build
//   node bench/scale-out.mjs [--commands 6000] [--events 80000] [--json] [--only commands]
//
// The servers are the test servers of this project, each in a process of its own, or those that
// EVENT_STORE_URL, READ_STORE_URL and BROKER_URL name. Ratios count: no figure here says anything
// about how fast another server is.
//
// 1. Commands by one writer and by 32 over the EventStoreDB adapter, against the bare client that
//    appends the same events by as many: on a server that answers from memory, and on one that
//    flushes each append to the disk before it answers, as EventStoreDB does.
// 2. Batches of a projection to MongoDB, against the bare driver that writes once for each event.
// 3. event-relay and projection-service as processes: both at the same time catch up with events
//    that were recorded while they stood still.
import { fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commandsAgainstBareAppends, openDesk, timed } from './scale-out-commands.mjs';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const dist = (path) => join(dirname(fileURLToPath(import.meta.url)), '../dist', path);
const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    commands: { type: 'string', default: '6000' },
    only: { type: 'string' },
    events: { type: 'string', default: '80000' },
    json: { type: 'boolean', default: false },
  },
});
const WRITERS = 32;
const BATCH_EVENTS = 500;
const COLLECTION = { name: 'tickets', fields: { state: 'text' } };

const SERVERS = {
  eventStore: ({ EventStoreDbTestServer }) => EventStoreDbTestServer.start(),
  flushing: ({ EventStoreDbTestServer }) =>
    EventStoreDbTestServer.start({ journal: join(flushingDir, 'journal') }),
  readStore: ({ MongoDbTestServer }) => MongoDbTestServer.start(),
  broker: ({ KafkaTestServer }) => KafkaTestServer.start({ createsTopics: true }),
};

// In this checkout: a temporary folder may be one in memory.
const flushingDir = join(dirname(fileURLToPath(import.meta.url)), '../dist/.bench');

async function serve(kind) {
  const { url } = await SERVERS[kind](require(dist('libs/test-servers/index.js')));
  process.send(url);
  process.once('disconnect', () => process.exit(0));
}

async function urlsOf() {
  const { EVENT_STORE_URL, READ_STORE_URL, BROKER_URL } = process.env;
  mkdirSync(flushingDir, { recursive: true });
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
  const end = () => {
    children.forEach(({ child }) => child.disconnect());
    rmSync(flushingDir, { recursive: true, force: true });
  };
  return { urls, end };
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
    await timed(Number(values.events) / 2, WRITERS, execute);
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
  const isWanted = (part) => values.only === undefined || values.only === part;
  const commands = Number(values.commands);
  if (isWanted('commands')) {
    measured('commands', await commandsAgainstBareAppends({ url: urls.eventStore, commands }));
  }
  if (isWanted('commands') && urls.flushing !== undefined) {
    measured('flushed', await commandsAgainstBareAppends({ url: urls.flushing, commands }));
  }
  if (isWanted('documents')) measured('documents', await batchesAgainstSingleWrites(urls));
  if (isWanted('following')) measured('following', await followers(urls));
  end();
  if (values.json) console.log(JSON.stringify(result));
}
