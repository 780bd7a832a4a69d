// Writes docs/processes/<process>.md for each process and docs/flows/<flow>.md for each flow, from
// their declarations as built into dist/.
//   npm run docs            writes the pages
// tools/process-page.spec.ts and tools/flow-page.spec.ts fail where a page on disk is not what
// would be written.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadTypeScript, root } from './load-typescript.mjs';

const load = createRequire(import.meta.url);
// Command classes with lists of objects name their types by it.
load('reflect-metadata');

const { processPage } = await loadTypeScript('tools/process-page.ts');
const { ticketStreamPrefix } = load(join(root, 'dist/libs/kernel/index.js'));
const { processes } = load(join(root, 'dist/libs/processes/index.js'));
const folder = join(root, 'docs/processes');
await mkdir(folder, { recursive: true });
for (const process of processes) {
  await writeFile(
    join(folder, `${process.name}.md`),
    processPage(process, ticketStreamPrefix(process.name)),
  );
}
console.log(`wrote ${processes.length} pages to docs/processes/`);

const { flowPage } = await loadTypeScript('tools/flow-page.ts');
const { flows } = load(join(root, 'dist/libs/flows/index.js'));
const flowFolder = join(root, 'docs/flows');
await mkdir(flowFolder, { recursive: true });
for (const flow of flows) {
  await writeFile(join(flowFolder, `${flow.name}.md`), flowPage(flow, processes));
}
// A flow that is gone has no page.
const pages = new Set(flows.map(({ name }) => `${name}.md`));
for (const file of await readdir(flowFolder)) {
  if (!pages.has(file)) await rm(join(flowFolder, file));
}
console.log(`wrote ${flows.length} pages to docs/flows/`);
