import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// How near the event store comes to a bare loop over its driver, whether the cost of an append
// grows with the log, and what an event takes on the disk. Ratios count; absolute times belong to
// the machine. Runs on dist/:  node bench/event-store.mjs [events, default 200000] [--json]
const require = createRequire(import.meta.url);
const { openEventStore } = require('../dist/libs/event-store/index.js');
const { openForWriting } = require('../dist/libs/event-store/sqlite/sqlite.connection.js');
const { prepareSchema } = require('../dist/libs/event-store/sqlite/sqlite.schema.js');

const WRITERS = 64;
const EVENTS_PER_STREAM = 12;
const OPEN_STREAMS_PER_WRITER = 50;
const BODY_BYTES = 900;
const COMPARED_EVENTS = 40_000;
const ROUNDS = 3;
const WINDOW_EVENTS = 10_000;

const total = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 200_000);
const asJson = process.argv.includes('--json');

/** The same pseudo-random choices in every run. */
function sequence(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function uuid() {
  const hex = randomBytes(16).toString('hex');
  return [8, 4, 4, 4, 12]
    .reduce(
      ({ text, at }, size) => ({ text: `${text}-${hex.slice(at, at + size)}`, at: at + size }),
      { text: '', at: 0 },
    )
    .text.slice(1);
}

function makeEvent(i) {
  const head = `{"id":${i},"note":"`;
  const body = `${head}${randomBytes(BODY_BYTES)
    .toString('base64')
    .slice(0, BODY_BYTES - head.length - 2)}"}`;
  const hash = createHash('sha256').update(body).digest('hex');
  return { id: uuid(), type: `Type${i % 40}`, body, hash };
}

/** Tickets that live for some events each, many open at a time: the next stream to append to. */
function ticketSource(seed) {
  const random = sequence(seed);
  const open = [];
  return () => {
    if (open.length < OPEN_STREAMS_PER_WRITER) open.push({ stream: `incident-${uuid()}`, next: 0 });
    const at = random(open.length);
    const ticket = open[at];
    const revision = ticket.next;
    ticket.next += 1;
    if (ticket.next === EVENTS_PER_STREAM) open.splice(at, 1);
    return { stream: ticket.stream, revision };
  };
}

async function inFreshDir(use) {
  const dir = mkdtempSync(join(tmpdir(), 'event-store-bench-'));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const perSecond = (events, startedAt) => events / ((performance.now() - startedAt) / 1000);

/** One thread, one prepared insert, a COMMIT for each 64 rows: nothing but the same rows. */
function bareLoop(dir, events) {
  const db = openForWriting(dir);
  prepareSchema(db);
  const insertEvent = db.prepare(
    `INSERT INTO events (position, stream, revision, type, id, hash, body)
     VALUES (?, ?, ?, ?, unhex(?, '-'), unhex(?), ?)`,
  );
  const insertStream = db.prepare('INSERT INTO streams (id, name) VALUES (?, ?)');
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
  const sources = Array.from({ length: WRITERS }, (_, i) => ticketSource(i));
  const refs = new Map();
  const startedAt = performance.now();
  for (let i = 0; i < events.length; i++) {
    if (i % WRITERS === 0) begin.run();
    const { stream, revision } = sources[i % WRITERS]();
    let ref = refs.get(stream);
    if (ref === undefined) {
      ref = refs.size + 1;
      refs.set(stream, ref);
      insertStream.run(ref, stream);
    }
    const { id, hash, body } = events[i];
    insertEvent.run(i + 1, ref, revision, 1, id, hash, body);
    if (i % WRITERS === WRITERS - 1) commit.run();
  }
  if (db.inTransaction) commit.run();
  const rate = perSecond(events.length, startedAt);
  db.close();
  return rate;
}

/** 64 writers, each of which waits for its answer before its next append. */
async function appendAll(store, events, sources) {
  let next = 0;
  const startedAt = performance.now();
  const write = async (source) => {
    while (next < events.length) {
      const event = events[next++];
      const { stream, revision } = source();
      const expectedRevision = revision === 0 ? 'no-stream' : BigInt(revision - 1);
      await store.append({ stream, expectedRevision, events: [event] });
    }
  };
  await Promise.all(sources.map(write));
  return perSecond(events.length, startedAt);
}

const makeEvents = (count) => Array.from({ length: count }, (_, i) => makeEvent(i));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function compare() {
  const events = makeEvents(COMPARED_EVENTS);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await inFreshDir(async (dir) => bareLoop(dir, events));
    const port = await inFreshDir(async (dir) => {
      const store = await openEventStore({ dir });
      const sources = Array.from({ length: WRITERS }, (_, i) => ticketSource(i));
      const rate = await appendAll(store, events, sources);
      await store.close();
      return rate;
    });
    rounds.push({ bare, port, ratio: port / bare });
  }
  return {
    bareEventsPerSecond: Math.round(median(rounds.map(({ bare }) => bare))),
    portEventsPerSecond: Math.round(median(rounds.map(({ port }) => port))),
    ratio: median(rounds.map(({ ratio }) => ratio)),
  };
}

async function measureGrowth() {
  return inFreshDir(async (dir) => {
    const store = await openEventStore({ dir });
    const sources = Array.from({ length: WRITERS }, (_, i) => ticketSource(i));
    const rates = [];
    for (let written = 0; written < total; written += WINDOW_EVENTS) {
      rates.push(await appendAll(store, makeEvents(WINDOW_EVENTS), sources));
    }
    const readRate = await scanRate(store);
    await store.close();
    const early = median(rates.slice(1, 6));
    const late = median(rates.slice(-5));
    const bytesPerEvent =
      statSync(join(dir, 'events.sqlite')).size / (rates.length * WINDOW_EVENTS);
    return {
      events: rates.length * WINDOW_EVENTS,
      early,
      late,
      slowdown: early / late,
      readRate,
      bytesPerEvent,
    };
  });
}

async function scanRate(store) {
  let count = 0;
  const startedAt = performance.now();
  for await (const event of store.readAll({ limit: 100_000 }))
    count += event.body.length > 0 ? 1 : 0;
  return perSecond(count, startedAt);
}

const comparison = await compare();
const growth = await measureGrowth();
if (asJson) {
  console.log(JSON.stringify({ comparison, growth }, null, 2));
} else {
  console.table({
    'bare loop, events/s': { value: comparison.bareEventsPerSecond, target: '' },
    'port, 64 writers, events/s': { value: comparison.portEventsPerSecond, target: '' },
    'port / bare': { value: comparison.ratio.toFixed(2), target: '>= 0.60' },
    [`slowdown from 10k to ${growth.events} events`]: {
      value: growth.slowdown.toFixed(2),
      target: '<= 1.50',
    },
    'bytes on disk for an event': { value: Math.round(growth.bytesPerEvent), target: '< 1500' },
    'ordered scan, events/s': { value: Math.round(growth.readRate), target: '' },
  });
}
