// Seals one sample of each event type and version that has none yet into test/golden/<family>/: a
// family is a process, the flows, or the numbers.
//   npm run build && node tools/golden.mjs [FAMILY …]     only of these families
// A sample that is there is never written again: it stands for the events in somebody's log.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const load = createRequire(import.meta.url);
// Command classes with lists of objects name their types by it.
load('reflect-metadata');
const {
  absentFlow,
  canonicalJson,
  extendFlow,
  flowStream,
  GENESIS_HASH,
  parseSealedEvent,
  sealEvent,
  ticketStream,
} = load(join(root, 'dist/libs/kernel/index.js'));
const { eventFamilies } = load(join(root, 'dist/libs/http/index.js'));
const { processes } = load(join(root, 'dist/libs/processes/index.js'));

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const happenedAt = '2026-03-02T08:15:00.000Z';

// Where the type alone would give a sample that says nothing.
const tellingSamples = {
  number: 'INC-000042',
  costMinorByCurrency: { EUR: 4990 },
  unmapped: { knowledge: { from: 'false', to: 'true' } },
  currency: 'EUR',
  field: 'category',
  mediaType: 'image/png',
  causePosition: '7',
  position: '9',
};

const samplesByType = {
  text: (field) => `${field} «ünïcode» 𝄞`,
  integer: () => 2,
  number: () => 0.5,
  boolean: () => true,
  time: () => happenedAt,
  'text[]': (field) => [`first of ${field}`, `second of ${field}`],
  object: () => ({ key: 'value' }),
  'object[]': () => [{ key: 'value' }],
  json: () => ({ any: ['value', 1, null] }),
};

function sampleOf(field, type) {
  if (field in tellingSamples) return tellingSamples[field];
  if (Array.isArray(type)) return type[0];
  return samplesByType[type.replace(/\?$|\|null$/, '')](field);
}

function sealedSample(stream, type, { version, fields }) {
  const data = Object.fromEntries(
    Object.entries(fields).map(([field, fieldType]) => [field, sampleOf(field, fieldType)]),
  );
  return sealEvent(
    {
      id: '0195c1d0-1111-5000-8000-000000000001',
      type,
      schemaVersion: version,
      stream,
      revision: '0',
      occurredAt: happenedAt,
      recordedAt: '2026-03-02T08:15:00.250Z',
      policies: [{ name: 'sample-policy', version: 3 }],
      previousHash: GENESIS_HASH,
      tenant: 'default',
      actor: 'ada',
      onBehalfOf: 'ben',
      origin: { kind: 'api', id: 'POST /api/v1/samples', version: '1' },
      correlationId: '0195c1d0-2222-7000-8000-000000000001',
      causationId: '0195c1d0-3333-7000-8000-000000000001',
      commandId: '0195c1d0-4444-7000-8000-000000000001',
      commandDigest: sha256('sample'),
      data,
    },
    sha256,
  );
}

// How each family reads its events: from what was there before to what is then. Nobody folds the
// reservations of numbers, the last one says it all.
function foldOf(name) {
  const process = processes.find((one) => one.name === name);
  if (process !== undefined) {
    const stream = ticketStream(name, '0195c1d0-0000-7000-8000-000000000042');
    return { stream, before: process.initial, fold: process.evolve };
  }
  if (name !== 'flow') return { stream: `${name}-incident`, before: {}, fold: (state) => state };
  const flow = { name: 'sample', initial: {}, evolve: (state) => state };
  const before = absentFlow(flow, 'sample');
  const stream = flowStream('sample', 'sample');
  return { stream, before, fold: (instance, event) => extendFlow(flow, instance, event) };
}

// Positions and revisions of an instance are too long for a number of JSON.
const asJson = (value) =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)));

// What the event changes where nothing was known before.
function foldedBy({ before, fold }, row) {
  const sealed = parseSealedEvent(row);
  const event = { ...sealed, revision: 0n, position: 1n, hash: row.hash };
  const [old, folded] = [asJson(before), asJson(fold(before, event))];
  return Object.fromEntries(
    Object.entries(folded).filter(
      ([field, value]) => canonicalJson(value) !== canonicalJson(old[field] ?? null),
    ),
  );
}

const chosen = argv.slice(2);

let written = 0;
for (const { name, events } of eventFamilies(processes)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const folder = join(root, 'test/golden', name);
  const folding = foldOf(name);
  await mkdir(folder, { recursive: true });
  for (const [type, definition] of Object.entries(events)) {
    const row = sealedSample(folding.stream, type, definition);
    const sample = { row, folded: foldedBy(folding, row) };
    const file = join(folder, `${type}.v${definition.version}.json`);
    try {
      await writeFile(file, `${JSON.stringify(sample, null, 2)}\n`, { flag: 'wx' });
      written += 1;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
console.log(`sealed ${written} new golden samples`);
