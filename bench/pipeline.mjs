// What the command pipeline costs its thread, beside validation and the store. Runs on dist/:
//   node tools/build.mjs && node bench/pipeline.mjs [tickets] [--json]
// Measured in CPU time of the process, all threads: other work on the machine counts little.
// Each ticket is opened and gets nine more commands. The shares of validation and of the store's
// append are measured apart, on the very same commands and rows, and taken away.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const { validateSync } = require('class-validator');
const { Engine, MemoryBlobStore, newUuid7 } = require('../dist/libs/engine/index.js');
const { openEventStore } = require('../dist/libs/event-store/index.js');
const { Add, counterProcess, OpenCounter } = require('../dist/libs/engine/testing/index.js');

const tickets = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 3000);
const additions = 9;
const rules = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
const sender = {
  tenant: 'bench',
  actor: 'bench',
  onBehalfOf: null,
  origin: { kind: 'api', id: 'bench', version: '1' },
  process: 'counter',
};

function cpuMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function recording(store) {
  const appends = [];
  const timed = Object.create(store, {
    positionsAreConsecutive: { value: true },
    append: {
      value: (request) => {
        appends.push(request);
        return store.append(request);
      },
    },
  });
  return { timed, appends };
}

async function runOnce() {
  const { timed, appends } = recording(await openEventStore('memory:'));
  const engine = await Engine.open({
    eventStore: timed,
    readStore: { find: async () => ({ items: [], nextCursor: null }) },
    processes: [counterProcess],
    projections: [],
    blobs: new MemoryBlobStore(),
  });
  const commands = [];
  const startedAt = process.cpuUsage();
  for (let i = 0; i < tickets; i += 1) {
    const open = Object.assign(new OpenCounter(), { title: 'bench' });
    commands.push(open);
    const { id } = await engine.commands.execute({
      ...sender,
      commandId: newUuid7(),
      command: open,
    });
    for (let j = 0; j < additions; j += 1) {
      const add = Object.assign(new Add(), { by: 1 });
      commands.push(add);
      await engine.commands.execute({ ...sender, ticket: id, commandId: newUuid7(), command: add });
    }
  }
  const totalMs = cpuMs(startedAt);
  await engine.close();
  return { totalMs, commands, appends };
}

async function storeMs(appends) {
  const store = await openEventStore('memory:');
  const startedAt = process.cpuUsage();
  for (const request of appends) await store.append(request);
  return cpuMs(startedAt);
}

function validationMs(commands) {
  const startedAt = process.cpuUsage();
  for (const command of commands) validateSync(command, rules);
  return cpuMs(startedAt);
}

await runOnce();
const { totalMs, commands, appends } = await runOnce();
const each = (ms) => Number(((ms * 1000) / commands.length).toFixed(1));
const result = {
  commands: commands.length,
  totalUs: each(totalMs),
  validationUs: each(validationMs(commands)),
  storeUs: each(await storeMs(appends)),
};
result.pipelineUs = Number((result.totalUs - result.validationUs - result.storeUs).toFixed(1));
if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else console.table(result);
