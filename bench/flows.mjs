// How fast all flows go through the log, and what they cost, on SQLite stores in a temporary
// folder:
//
//   npm run build && node bench/flows.mjs [--incidents 4000] [--reactions 200] [--starts 5]
//     [--import servicenow_incident_event_log.csv.gz] [--json]
//
// 1. A busy month is recorded by commands while no flow runs: incidents with services and items of
//    which few break often, holds, resolutions, closures, problems, drafts of changes. Then all
//    flows are shown the month, as after a long outage, and act on it. `eventsPerSecond`: events of
//    the log that all flows have put behind them, whether they react or not, with all that they
//    decide recorded durably; `decisionShare` says how many they do react to. Their commands are
//    sent beside, the last ones behind that (`secondsUntilAllIsSent`).
// 2. An idle engine: from a resolution's append to the append of the timer that follows from it.
// 3. How long the engine takes to listen, and what it takes up: empty, on the month with its flows,
//    and on the log that is imported, if one is given.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const {
  Engine,
  InProcessProjectionHost,
  MemoryBlobStore,
  createEngineRegistry,
  newUuid7,
  noTracing,
} = require('../dist/libs/engine/index.js');
const { readConfiguration } = require('../dist/libs/hosting/configuration.js');
const { openEngine } = require('../dist/libs/hosting/open-engine.js');
const { ENGINE_ROLE } = require('../dist/libs/hosting/service-role.js');
const { CATALOGUE } = require('../dist/apps/engine/start-engine.js');
const { formatPosition, openEventStore } = require('../dist/libs/event-store/index.js');
const { flows } = require('../dist/libs/flows/index.js');
const { FLOW_CHECKPOINT_STREAM } = require('../dist/libs/kernel/index.js');
const { processes } = require('../dist/libs/processes/index.js');
const { readModels } = require('../dist/libs/read-models/index.js');
const { openReadStore } = require('../dist/libs/read-store/index.js');

const { values } = parseArgs({
  options: {
    incidents: { type: 'string', default: '4000' },
    reactions: { type: 'string', default: '200' },
    starts: { type: 'string', default: '5' },
    import: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;
// The month ends now: the flows, in their own thread, go by the time of this machine.
const BEGIN_MS = Date.now() - MONTH_MS - 3 * 24 * HOUR_MS;
const AT_ONCE = 64;
const PARTY = {
  tenant: 'bench',
  onBehalfOf: null,
  origin: { kind: 'api', id: 'bench', version: '1' },
};

/** Stands where it is set. */
class SetClock {
  ms = BEGIN_MS;
  now() {
    return new Date(this.ms);
  }
}

/** Mulberry32: the same month in each run. */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seededRandom(20260101);
const chance = (share) => random() < share;
/** Small numbers far more often: few things break again and again, most hardly ever. */
const skewed = (count) => Math.floor(count * random() ** 2.5);

function incidentSteps(ticket) {
  const atMs = random() * MONTH_MS;
  const kind = skewed(120);
  const steps = [
    {
      command: 'RegisterIncident',
      body: {
        title: `Cannot print from terminal ${ticket}`,
        description: 'The printer does not answer. '.repeat(4),
        channel: 'phone',
        caller: `caller-${skewed(3000)}`,
        service: `service-${skewed(60)}`,
        ...(chance(0.5) && { configurationItem: `item-${skewed(1200)}` }),
        ...(chance(0.8) && { category: `category-${kind % 20}`, subcategory: `sub-${kind}` }),
        impact: 2,
        urgency: 2,
        assignmentGroup: `group-${kind % 12}`,
      },
    },
    { command: 'TakeIncident', body: {} },
    ...(chance(0.15)
      ? [
          { command: 'HoldIncident', body: { reason: 'awaiting-caller', comment: 'Which one?' } },
          { command: 'ResumeIncident', body: {} },
        ]
      : []),
    { command: 'ResolveIncident', body: { code: 'solved-permanently', notes: 'Restarted.' } },
    ...(chance(0.3) ? [{ command: 'CloseIncident', body: {} }] : []),
  ];
  return spread('incident', steps, atMs, (24 * HOUR_MS) / steps.length);
}

function problemSteps(ticket) {
  const problem = { title: `Printers stop ${ticket}`, impact: 2, urgency: 2, organisation: 'desk' };
  const body = {
    ...problem,
    statement: 'They stop at times.',
    origin: 'proactive',
    trend: 'Week by week.',
  };
  return spread('problem', [{ command: 'RegisterProblem', body }], random() * MONTH_MS, HOUR_MS);
}

function changeSteps(ticket) {
  const title = `Replace the switch ${ticket}`;
  const steps = [
    { command: 'DraftChange', body: { title, requester: 'rosa', type: 'normal', service: 'net' } },
    { command: 'CancelChange', body: { reason: 'not-needed', comment: 'It holds.' } },
  ];
  return spread('change', steps, random() * MONTH_MS, 24 * HOUR_MS);
}

function spread(process, steps, fromMs, everyMs) {
  const ticket = { id: undefined };
  let atMs = fromMs;
  return steps.map((step) => {
    const planned = { process, ticket, atMs, ...step };
    atMs += everyMs * (0.5 + random());
    return planned;
  });
}

const commandTypes = new Map(
  processes.flatMap(({ name, commands }) =>
    Object.entries(commands).map(([command, { type }]) => [`${name}.${command}`, type]),
  ),
);

async function send(engine, { process, ticket, command, body }) {
  const Type = commandTypes.get(`${process}.${command}`);
  const outcome = await engine.commands.execute({
    ...PARTY,
    actor: 'bench',
    process,
    ...(ticket.id !== undefined && { ticket: ticket.id }),
    command: Object.assign(new Type(), body),
    commandId: newUuid7(),
  });
  ticket.id = outcome.id;
  return outcome;
}

/** The steps of all tickets, those of one day side by side and of one ticket in their order. */
async function recordMonth(stores, clock) {
  const engine = await Engine.open({
    ...stores,
    processes,
    projections: [],
    blobs: new MemoryBlobStore(),
    clock,
  });
  const count = Number(values.incidents);
  const plan = [
    ...Array.from({ length: count }, (_, n) => incidentSteps(n)),
    ...Array.from({ length: Math.ceil(count / 50) }, (_, n) => problemSteps(n)),
    ...Array.from({ length: Math.ceil(count / 20) }, (_, n) => changeSteps(n)),
  ].flat();
  plan.sort((one, other) => one.atMs - other.atMs);
  while (plan.length > 0) {
    const some = takeOfDifferentTickets(plan);
    clock.ms = Math.max(clock.ms, BEGIN_MS + some[0].atMs);
    await Promise.all(some.map((step) => send(engine, step)));
  }
  await engine.close();
}

function takeOfDifferentTickets(plan) {
  const tickets = new Set();
  let size = 0;
  while (size < AT_ONCE && size < plan.length && !tickets.has(plan[size].ticket)) {
    tickets.add(plan[size].ticket);
    size += 1;
  }
  return plan.splice(0, size);
}

async function until(isDone, everyMs = 5) {
  while (!(await isDone())) await rest(everyMs);
}

/** As the app does it: read models are folded, and flows run, by a thread of their own. */
async function openWithFlows(dataDir) {
  const configuration = readConfiguration({ DATA_DIR: dataDir });
  const log = { error: console.error, warn: console.error, info: () => undefined };
  return openEngine({
    ...{ configuration, log },
    ...{ role: ENGINE_ROLE, overrides: {}, tracing: noTracing, catalogue: CATALOGUE },
  });
}

async function appended(eventStore, after) {
  let events = 0;
  let appends = 0;
  let stream;
  let commandId;
  const byFlow = {};
  for await (const row of eventStore.readAll({ after })) {
    if (!row.stream.startsWith('flow-')) continue;
    events += 1;
    const { name } = flows.find((flow) => row.stream.startsWith(`flow-${flow.name}-`));
    byFlow[name] = (byFlow[name] ?? 0) + 1;
    const { commandId: id } = JSON.parse(row.body);
    if (id !== commandId || row.stream !== stream) appends += 1;
    ({ stream } = row);
    commandId = id;
  }
  return { events, appends, byFlow };
}

async function prepareMonth(dataDir, clock) {
  const stores = {
    eventStore: await openEventStore(`sqlite:${dataDir}`),
    readStore: await openReadStore(`sqlite:${dataDir}`),
  };
  await recordMonth(stores, clock);
  const head = await stores.eventStore.head();
  const projections = InProcessProjectionHost.start({
    ...stores,
    registry: createEngineRegistry(processes),
    projections: readModels,
  });
  for (const { name } of readModels) await projections.waitFor(name, head, 600_000);
  await projections.stop();
  const fromTheFirst = Object.fromEntries(flows.map(({ name }) => [name, formatPosition(0n)]));
  await stores.eventStore.setStreamMetadata(FLOW_CHECKPOINT_STREAM, fromTheFirst);
  await stores.readStore.close();
  await stores.eventStore.close();
  return { head };
}

async function showMonth(dataDir) {
  const clock = new SetClock();
  const { head } = await prepareMonth(dataDir, clock);
  const { engine, close } = await openWithFlows(dataDir);
  const reached = async () => [...(await engine.flows.checkpoints()).values()];
  const startMs = performance.now();
  const cpuStart = process.cpuUsage();
  const events = Number(head - (await reached())[0]);
  await until(async () => (await reached()).every((position) => position >= head));
  const decidedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuStart);
  const { decisions, events: seen } = await engine.flows.metrics();
  await until(() => engine.flows.isIdle(), 20);
  const wholeMs = performance.now() - startMs;
  const { commandsAccepted, commandsRefused, parked } = await engine.flows.metrics();
  const recorded = await appended(engine.eventStore, head);
  await close();
  return {
    // Of the log, whether flows react to them or not, once the engine is open.
    events,
    seen,
    decisions,
    decisionShare: Number((decisions / events).toFixed(3)),
    eventsPerSecond: Math.round((events / decidedMs) * 1000),
    eventsPerCpuSecond: Math.round((events / (user + system)) * 1e6),
    seconds: Number((decidedMs / 1000).toFixed(2)),
    secondsUntilAllIsSent: Number((wholeMs / 1000).toFixed(2)),
    commandsAccepted,
    commandsRefused,
    parked,
    flowEvents: recorded.events,
    flowEventsPerIncident: Number((recorded.events / Number(values.incidents)).toFixed(2)),
    byFlow: recorded.byFlow,
  };
}

/** From the append of `IncidentResolved` to that of the timer that closes the incident. */
async function measureReactions(dataDir) {
  const { engine, close } = await openWithFlows(dataDir);
  const took = [];
  const stopping = new AbortController();
  const waiting = new Map();
  const watching = watch(engine.eventStore, stopping.signal, waiting);
  for (let n = 0; n < Number(values.reactions); n += 1) {
    // On a service of its own: many on one would be proposed as a major incident.
    const body = { description: 'No.', channel: 'phone', caller: 'nadia', service: `service-${n}` };
    const ticket = { id: undefined };
    const act = (command, fields) =>
      send(engine, { process: 'incident', ticket, command, body: fields });
    await act('RegisterIncident', body);
    await act('TakeIncident', { group: 'printing' });
    await rest(20);
    const heard = new Promise((hears) =>
      waiting.set(`flow-incident-auto-close-${ticket.id}`, hears),
    );
    await act('ResolveIncident', { code: 'solved-permanently', notes: 'Restarted.' });
    const appendedMs = performance.now();
    took.push((await heard) - appendedMs);
  }
  stopping.abort();
  await watching;
  await close();
  took.sort((one, other) => one - other);
  const at = (share) => Number(took[Math.ceil(took.length * share) - 1].toFixed(2));
  return { reactions: took.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function watch(eventStore, signal, waiting) {
  const after = await eventStore.head();
  for await (const message of eventStore.subscribeToAll({ after, signal })) {
    if (message.kind !== 'events') continue;
    const nowMs = performance.now();
    for (const { stream } of message.events) waiting.get(stream)?.(nowMs);
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function startOnce(dataDir) {
  const startMs = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/apps/engine/main.js')], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((listens, failed) => {
    child.stdout.on('data', (chunk) => chunk.includes('"url"') && listens());
    child.once('exit', (code) => failed(new Error(`the engine ended with ${code}`)));
  });
  const seconds = (performance.now() - startMs) / 1000;
  // Linux alone tells it so; its first garbage has gone by then.
  await rest(8_000);
  const status = await readFile(`/proc/${child.pid}/status`, 'latin1').catch(() => '');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  return { seconds, residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1000 };
}

async function measureStarts(folderOf) {
  const starts = [];
  for (let n = 0; n < Number(values.starts); n += 1)
    starts.push(await startOnce(await folderOf(n)));
  const seconds = starts.map((start) => start.seconds);
  return {
    minSeconds: Number(Math.min(...seconds).toFixed(2)),
    medianSeconds: Number(median(seconds).toFixed(2)),
    residentMb: Math.round(median(starts.map(({ residentMb }) => residentMb))),
  };
}

async function importInto(dataDir, file) {
  const script = join(root, 'dist/apps/cli/main.js');
  const env = { ...process.env, DATA_DIR: dataDir };
  await promisify(execFile)(process.execPath, [script, 'import', 'servicenow', file], { env });
}

const dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
const report = {};
try {
  const monthDir = join(dir, 'month');
  report.month = await showMonth(monthDir);
  report.reaction = await measureReactions(join(dir, 'reaction'));
  if (Number(values.starts) > 0) {
    report.start = {
      empty: await measureStarts(async (n) => join(dir, `empty-${n}`)),
      month: await measureStarts(async () => monthDir),
    };
  }
  if (values.import !== undefined) {
    const imported = join(dir, 'imported');
    await importInto(imported, resolve(values.import));
    report.start = { ...report.start, imported: await measureStarts(async () => imported) };
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}

if (values.json) console.log(JSON.stringify(report));
else for (const [name, figures] of Object.entries(report)) console.log(name, figures);
