// How fast read models are folded from a log of synthetic incidents, on SQLite stores in a
// temporary folder: each projection alone (`rebuildProjection`), and all of them together over one
// subscription (`InProcessProjectionHost`).
//
//   node bench/projections.mjs [tickets = 5000] [--interleaved] [--json] (after `npm run build`)
//
// `--interleaved` mixes the events of 500 tickets, as live work does; an import has them in a row.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { sealEvent } = require('../dist/libs/kernel/index.js');
const { openEventStore } = require('../dist/libs/event-store/index.js');
const { openReadStore } = require('../dist/libs/read-store/index.js');
const engine = require('../dist/libs/engine/index.js');
const { readModels } = require('../dist/libs/read-models/index.js');
const { processes } = require('../dist/libs/processes/index.js');

const tickets = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5000);
const isInterleaved = process.argv.includes('--interleaved');
const MIXED = isInterleaved ? 500 : 32;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function incident(n) {
  const opened = Date.UTC(2016, 1, 1) + n * 20 * 60_000;
  const at = (minutes) => new Date(opened + minutes * 60_000).toISOString();
  const group = `Group ${n % 78}`;
  const assignee = `Resolver ${n % 234}`;
  const number = `INC${String(n).padStart(7, '0')}`;
  const registered = {
    number,
    title: `Cannot print from terminal ${n % 900}`,
    description: 'The printer does not answer. '.repeat(8),
    channel: 'phone',
    caller: `Caller ${n % 5245}`,
    source: null,
    sourceKey: null,
    openedBy: `Agent ${n % 90}`,
    service: `Service ${n % 40}`,
    configurationItem: null,
    location: `Location ${n % 224}`,
    impactBeganAt: null,
    followsUp: null,
    splitFrom: null,
  };
  const previous = { previousGroup: null, previousAssignee: null };
  const levels = { previousImpact: null, previousUrgency: null, previousPriority: null };
  const row = (k) => ({
    source: 'bench',
    row: n * 9 + k,
    sourceVersion: k,
    updatedBy: assignee,
    unmapped: { made_sla: { from: null, to: 'true' }, sys_mod_count: { from: k - 1, to: k } },
  });
  return [
    ['IncidentRegistered', registered, at(0)],
    ['IncidentPriorityDerived', { impact: 2, urgency: 2, priority: 1 + (n % 4), ...levels }, at(0)],
    [
      'IncidentClassified',
      { category: `Category ${n % 58}`, subcategory: `Sub ${n % 254}`, symptom: null },
      at(1),
    ],
    ['IncidentAssigned', { group, assignee: null, ...previous, state: 'assigned' }, at(5)],
    ['IncidentWorkStarted', { assignee }, at(10)],
    ['IncidentImportedRowRecorded', row(1), at(30)],
    ['IncidentImportedRowRecorded', row(2), at(60)],
    [
      'IncidentResolved',
      {
        code: 'fixed',
        notes: 'Restarted',
        resolvedBy: assignee,
        impactEndedAt: null,
        excludedChildren: [],
      },
      at(90 + (n % 4000)),
    ],
    [
      'IncidentClosed',
      { cause: 'timer', code: 'fixed', comment: null },
      at(90 + (n % 4000) + 7230),
    ],
  ];
}

function sealed(n) {
  const ticket = sha256(`ticket ${n}`);
  const stream = `incident-${uuid(ticket)}`;
  let previousHash = '0'.repeat(64);
  const rows = incident(n).map(([type, data, occurredAt], revision) => {
    const row = sealEvent(
      {
        id: uuid(sha256(`${n} ${revision}`)),
        type,
        schemaVersion: 1,
        stream,
        revision: String(revision),
        occurredAt,
        recordedAt: occurredAt,
        policies: [],
        previousHash,
        tenant: 'default',
        actor: 'bench',
        onBehalfOf: null,
        origin: { kind: 'import', id: 'bench', version: '1' },
        correlationId: `bench-${n}`,
        causationId: null,
        commandId: `bench-${n}-${revision}`,
        commandDigest: ticket,
        data,
      },
      sha256,
    );
    previousHash = row.hash;
    return row;
  });
  return { stream, rows };
}

function uuid(hex) {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function fillLog(store) {
  for (let first = 0; first < tickets; first += MIXED) {
    const some = Array.from({ length: Math.min(MIXED, tickets - first) }, (_, i) =>
      sealed(first + i),
    );
    if (!isInterleaved) {
      await Promise.all(
        some.map(({ stream, rows }) =>
          store.append({ stream, expectedRevision: 'no-stream', events: rows }),
        ),
      );
      continue;
    }
    for (let revision = 0; revision < some[0].rows.length; revision += 1) {
      const expectedRevision = revision === 0 ? 'no-stream' : BigInt(revision - 1);
      await Promise.all(
        some.map(({ stream, rows }) =>
          store.append({ stream, expectedRevision, events: [rows[revision]] }),
        ),
      );
    }
  }
}

// Processor time beside the clock's: on a busy machine only the former is the program's own.
async function timed(work) {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpuStart);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
const eventStore = await openEventStore(`sqlite:${dir}`);
const registry = engine.createEngineRegistry(processes);
const results = [];
let events = 0;
try {
  await fillLog(eventStore);
  const head = await eventStore.head();
  ({ events } = await eventStore.statistics());

  const readStore = await openReadStore(`sqlite:${join(dir, 'alone')}`);
  for (const projection of readModels) {
    const rebuild = () => engine.rebuildProjection({ eventStore, readStore, registry, projection });
    results.push({ what: projection.name, ...(await timed(rebuild)) });
  }
  await readStore.close();

  const together = await openReadStore(`sqlite:${join(dir, 'together')}`);
  const catchUp = async () => {
    const host = engine.InProcessProjectionHost.start({
      eventStore,
      readStore: together,
      registry,
      projections: readModels,
    });
    for (const { name } of readModels) {
      if (!(await host.waitFor(name, head, 600_000))) throw new Error(`${name} did not catch up`);
    }
    await host.stop();
  };
  results.push({ what: 'all together', ...(await timed(catchUp)) });
  await together.close();
} finally {
  await eventStore.close();
  await rm(dir, { recursive: true, force: true });
}

for (const result of results) {
  result.eventsPerSecond = Math.round(events / result.seconds);
  result.eventsPerCpuSecond = Math.round(events / result.cpuSeconds);
}
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ tickets, events, isInterleaved, results }));
} else {
  console.table(results);
  console.log(`resident: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
}
