// Commands over the EventStoreDB adapter beside the bare client that appends the same events: the
// first part of bench/scale-out.mjs.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextEncoder } from 'node:util';

const require = createRequire(import.meta.url);
const dist = (path) => join(dirname(fileURLToPath(import.meta.url)), '../dist', path);

const ROUNDS = 7;
/** Until then both still run code that V8 has not optimised, the engine more of it. */
const WARM_UP = 4_000;
/** Requests of the engine that the bare client appends again and again. */
const SAMPLES = 500;

export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Does the work so often, by so many writers; gives its time and processor time. */
export async function timed(count, writers, work) {
  let left = count;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (; left > 0;) {
        left -= 1;
        await work(left);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuMicros: (user + system) / count };
}

/** An engine on the store that registers incidents. */
export async function openDesk(eventStore) {
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

/**
 * Both in this process, one after the other and in turns, on one server; nothing of the one is
 * under way while the other is measured. The engine follows its policies and nothing else: no read
 * model and no flow. The bare client sends what the adapter sends, from text that is there
 * already, by the batch stream: it validates, decides, seals and remembers nothing.
 */
export async function commandsAgainstBareAppends({ url, commands }) {
  const { openEventStore } = require(dist('libs/event-store/index.js'));
  const { EventStoreDBClient, NO_STREAM } = require('@eventstore/db-client');
  const store = await openEventStore(url);
  const samples = [];
  const append = store.append.bind(store);
  store.append = (request) => {
    if (samples.length < SAMPLES && request.expectedRevision === 'no-stream') samples.push(request);
    return append(request);
  };
  const { engine, execute } = await openDesk(store);
  const client = EventStoreDBClient.connectionString(url);
  const bytes = new TextEncoder();
  const bare = (index) =>
    client.appendToStream(
      `bare-${randomUUID()}`,
      samples[index % samples.length].events.map(({ id, type, body, hash }) => ({
        id: randomUUID(),
        type,
        contentType: 'application/octet-stream',
        data: bytes.encode(body),
        metadata: bytes.encode(JSON.stringify({ id, hash })),
      })),
      { expectedRevision: NO_STREAM },
    );
  await timed(WARM_UP, 32, execute);
  await timed(WARM_UP, 32, bare);
  const figures = {
    oneWriter: await ratioOf(execute, bare, Math.ceil(commands / 4), 1),
    writers32: await ratioOf(execute, bare, commands, 32),
  };
  await engine.close();
  await store.close();
  await client.dispose();
  return figures;
}

/** The round with the median ratio, and the least and the greatest ratio of all. */
async function ratioOf(execute, bare, count, writers) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const isEngineFirst = round % 2 === 0;
    const first = await timed(count, writers, isEngineFirst ? execute : bare);
    const second = await timed(count, writers, isEngineFirst ? bare : execute);
    const [engine, alone] = isEngineFirst ? [first, second] : [second, first];
    rounds.push({ engine, alone, ratio: engine.seconds / alone.seconds });
  }
  const ratios = rounds.map(({ ratio }) => ratio);
  const { engine, alone, ratio } = rounds.find((round) => round.ratio === median(ratios));
  const msOf = ({ seconds }) => Number(((seconds * 1000 * writers) / count).toFixed(2));
  return {
    costOfACommand: Number(ratio.toFixed(2)),
    leastAndGreatest: [Math.min(...ratios), Math.max(...ratios)].map((each) => each.toFixed(2)),
    commandsPerS: Math.round(count / engine.seconds),
    bareAppendsPerS: Math.round(count / alone.seconds),
    commandMs: msOf(engine),
    bareAppendMs: msOf(alone),
    commandCpuMicros: Math.round(engine.cpuMicros),
    bareAppendCpuMicros: Math.round(alone.cpuMicros),
  };
}
