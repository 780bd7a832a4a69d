// Writes docs/processes/<process>.md for each process, from its declaration as built into dist/.
//   npm run docs            writes the pages
// tools/process-page.spec.ts fails where a page on disk is not what would be written.
import { transformSync } from '@swc/core';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire, Module } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const load = createRequire(import.meta.url);
// Command classes with lists of objects name their types by it.
load('reflect-metadata');

// The renderer is TypeScript, so that its spec and the compiler see it; it imports types only, and
// class-validator, whose one registry of rules dist/ fills.
async function loadTypeScript(file) {
  const { code } = transformSync(await readFile(file, 'utf8'), {
    configFile: join(root, '.swcrc'),
    filename: file,
  });
  const module = new Module(file);
  module.filename = file;
  module.paths = [join(root, 'node_modules')];
  module._compile(code, file);
  return module.exports;
}

const { processPage } = await loadTypeScript(join(root, 'tools/process-page.ts'));
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
