// Seals one sample of each event type and version that has none yet into test/golden/<process>/.
//   npm run build && node tools/golden.mjs [PROCESS …]     only of these processes
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
const { canonicalJson, GENESIS_HASH, parseSealedEvent, sealEvent, ticketStream } = load(
  join(root, 'dist/libs/kernel/index.js'),
);
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

function sealedSample(process, type, { version, fields }) {
  const stream = ticketStream(process.name, '0195c1d0-0000-7000-8000-000000000042');
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

// What the event changes of a ticket of which nothing was known before.
function foldedBy(process, row) {
  const sealed = parseSealedEvent(row);
  const event = { ...sealed, revision: 0n, position: 1n, hash: row.hash };
  const state = process.evolve(process.initial, event);
  return Object.fromEntries(
    Object.entries(state).filter(
      ([field, value]) => canonicalJson(value) !== canonicalJson(process.initial[field]),
    ),
  );
}

const chosen = argv.slice(2);

let written = 0;
for (const process of processes) {
  if (chosen.length > 0 && !chosen.includes(process.name)) continue;
  const folder = join(root, 'test/golden', process.name);
  await mkdir(folder, { recursive: true });
  for (const [type, definition] of Object.entries(process.events)) {
    const row = sealedSample(process, type, definition);
    const sample = { row, folded: foldedBy(process, row) };
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
