import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// How fast the SQLite read store is filled, and whether the first page of a list costs the same
// with 10,000 and with 1,000,000 documents. Needs `npm run build`. Ratios are what counts: the
// absolute times are those of the machine.
const require = createRequire(import.meta.url);
const { SqliteReadStore, READ_MODELS_FILE } = require('../dist/libs/read-store/index.js');

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '10000,100000,1000000' },
    documents: { type: 'string', default: '24918' },
    repeat: { type: 'string', default: '50' },
  },
});
const EVENTS_PER_DOCUMENT = 9;
const BATCH = 200;

const storage = {
  name: 'incident-list',
  version: 1,
  collections: [
    {
      name: 'tickets',
      fields: {
        number: 'text',
        state: 'text',
        category: 'text',
        priority: 'number',
        assignee: 'text',
        team: 'text',
        requester: 'text',
        openedAt: 'text',
        updatedAt: 'text',
        resolvedAt: 'text',
        breached: 'boolean',
        reopened: 'number',
      },
      compoundIndexes: [
        ['state', 'updatedAt'],
        ['team', 'state', 'updatedAt'],
      ],
      textFields: ['title', 'description'],
    },
  ],
};

const updatedLast = { field: 'updatedAt', direction: 'descending' };
const open = { $in: ['new', 'assigned', 'in-progress'] };
const queries = {
  'no filter, by id': {},
  'no filter, newest change first': { sort: updatedLast },
  'one state, newest change first': { filter: { state: 'assigned' }, sort: updatedLast },
  'three states, newest change first': { filter: { state: open }, sort: updatedLast },
  'team and three states, newest first': {
    filter: { team: 'team-7', state: open },
    sort: updatedLast,
  },
  'number looked up': { filter: { number: 'INC-004711' } },
};
// No index has both in order: what one assignee has is read and sorted.
const unindexed = {
  filter: { assignee: 'user-77', state: 'assigned' },
  sort: updatedLast,
};
const searches = {
  'two rare words': 'xylem quokka',
  'a common and a rare word': 'printer quokka',
  'a common word': 'printer',
  'three letters as prefix': 'pri',
  'one letter as prefix': 'p',
};

let seed = 20240601;
function random(below) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
const pick = (list) => list[random(list.length)];

const syllables = 'ba co di fu ge ha ji ko lu me ni po qua ri su ta ve wo xy ze pri'.split(' ');
const vocabulary = Array.from({ length: 20_000 }, () =>
  Array.from({ length: 2 + random(3) }, () => pick(syllables)).join(''),
);
// The first words of the vocabulary come often, the last ones hardly ever.
function sentence(words) {
  return Array.from({ length: words }, () => {
    const skew = random(1000) / 1000;
    return vocabulary[Math.floor(vocabulary.length * skew ** 4)];
  }).join(' ');
}

function ticket(i) {
  const opened = 1_700_000_000_000 + i * 60_000;
  const time = (offset) => new Date(opened + random(offset)).toISOString();
  return {
    number: `INC-${String(i).padStart(6, '0')}`,
    state: pick(['new', 'assigned', 'in-progress', 'resolved', 'closed', 'closed', 'closed']),
    category: `category-${random(30)}`,
    priority: 1 + random(5),
    assignee: random(10) === 0 ? null : `user-${random(500)}`,
    team: `team-${random(40)}`,
    requester: `user-${random(5000)}`,
    openedAt: new Date(opened).toISOString(),
    updatedAt: time(1e9),
    resolvedAt: random(2) === 0 ? null : time(1e9),
    breached: random(10) === 0,
    reopened: random(20) === 0 ? 1 : 0,
    title: `${sentence(8)}${random(10) === 0 ? ' printer' : ''}${random(5000) === 0 ? ' quokka xylem' : ''}`,
    description: sentence(60),
  };
}

const idOf = (i) => `0190a2b3-c4d5-7000-8000-${String(i).padStart(12, '0')}`;

async function fill(store, count, deferIndexes) {
  let milliseconds = 0;
  const timed = async (work) => {
    const start = performance.now();
    const result = await work();
    milliseconds += performance.now() - start;
    return result;
  };
  const generation = await timed(() => store.createGeneration(storage, { deferIndexes }));
  let after = 0n;
  for (let from = 0; from < count; from += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, count - from) }, (_, k) => idOf(from + k));
    // What a projection runner does: it looks for the documents, folds, and stores.
    await timed(() => generation.get('tickets', ids));
    const changes = new Map([
      ['tickets', ids.map((id, k) => ({ id, document: ticket(from + k) }))],
    ]);
    const checkpoint = after + BigInt(ids.length * EVENTS_PER_DOCUMENT);
    await timed(() => generation.write({ changes, after, checkpoint }));
    after = checkpoint;
  }
  const beforeIndexes = milliseconds;
  await timed(() => generation.buildIndexes());
  await timed(() => store.promote(storage.name, generation.info.generation));
  return { generation, milliseconds, indexMilliseconds: milliseconds - beforeIndexes };
}

async function withStore(work) {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
  const store = SqliteReadStore.open(folder);
  try {
    return await work(store, join(folder, READ_MODELS_FILE));
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchLoad(count, deferIndexes) {
  return withStore(async (store, file) => {
    const { milliseconds, indexMilliseconds } = await fill(store, count, deferIndexes);
    return {
      documents: count,
      milliseconds: Math.round(milliseconds),
      indexMilliseconds: Math.round(indexMilliseconds),
      documentsPerSecond: Math.round((count * 1000) / milliseconds),
      eventsPerSecond: Math.round((count * EVENTS_PER_DOCUMENT * 1000) / milliseconds),
      fileBytes: (await stat(file)).size,
    };
  });
}

async function microseconds(repeat, work) {
  const times = [];
  for (let i = 0; i < repeat; i += 1) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) * 1000);
  }
  return Math.round(times.sort((a, b) => a - b)[Math.floor(repeat / 2)]);
}

async function benchQueries(count) {
  return withStore(async (store) => {
    const { generation } = await fill(store, count, true);
    const repeat = Number(options.repeat);
    const find = (query) => store.find(storage.name, 'tickets', { limit: 50, ...query });
    const pages = {};
    for (const [name, query] of Object.entries(queries)) {
      pages[name] = await microseconds(repeat, () => find(query));
    }
    const others = {
      'one assignee and state, newest first': await microseconds(repeat, () => find(unindexed)),
    };
    const texts = {};
    for (const [name, $search] of Object.entries(searches)) {
      const query = { filter: { $text: { $search } }, sort: updatedLast };
      texts[name] = await microseconds(5, () => find(query));
    }
    const counts = {
      'one state': await microseconds(5, () =>
        store.count(storage.name, 'tickets', { state: 'assigned' }),
      ),
      all: await microseconds(5, () => store.count(storage.name, 'tickets')),
    };
    let after = await generation.checkpoint();
    const change = await microseconds(repeat * 4, async () => {
      const id = idOf(random(count));
      const document = { ...(await generation.get('tickets', [id])).get(id), state: 'resolved' };
      const changes = new Map([
        ['tickets', [{ id, document: { ...document, updatedAt: '2025-01-01T00:00:00.000Z' } }]],
      ]);
      await generation.write({ changes, after, checkpoint: after + 1n });
      after += 1n;
    });
    return { documents: count, pages, others, texts, counts, change };
  });
}

const load = {
  deferred: await benchLoad(Number(options.documents), true),
  indexed: await benchLoad(Number(options.documents), false),
};
const sizes = [];
for (const size of options.sizes.split(',').map(Number)) sizes.push(await benchQueries(size));
const [smallest, largest] = [sizes[0], sizes.at(-1)];
const ratios = Object.fromEntries(
  Object.keys(queries).map((name) => [
    name,
    Number((largest.pages[name] / smallest.pages[name]).toFixed(2)),
  ]),
);

if (options.json) {
  console.log(JSON.stringify({ load, sizes, ratios }, null, 2));
} else {
  console.log('Filling a ticket list');
  console.table(load);
  for (const group of ['pages', 'others', 'texts', 'counts']) {
    console.log(`Median µs: ${group}`);
    console.table(Object.fromEntries(sizes.map((s) => [s.documents, s[group]])));
  }
  console.log('Median µs: one document read, changed and stored');
  console.table(Object.fromEntries(sizes.map((s) => [s.documents, { change: s.change }])));
  console.log(`First page, ${largest.documents} against ${smallest.documents} documents (ratio)`);
  console.table(ratios);
}
