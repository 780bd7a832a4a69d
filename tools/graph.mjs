// Draws who imports whom, folder by folder, into docs/architecture-graph.md.
//   node tools/graph.mjs           writes the page
//   node tools/graph.mjs --check   fails if the page on disk is not what would be written
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const page = join(root, 'docs', 'architecture-graph.md');
const outputBytesMax = 64 * 1024 * 1024;
const test = /\.(spec|e2e-spec|conformance)\.ts$|^libs\/[^/]+\/(testing|conformance)\//;

const folderOf = (file) => /^(?:apps|libs)\/[^/]+(?=\/)/.exec(file)?.[0];

async function modules() {
  const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const flags = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs'];
  // A broken rule is the business of `npm run arch`: the JSON reporter exits 0 with it.
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...flags], {
    cwd: root,
    maxBuffer: outputBytesMax,
  });
  return JSON.parse(stdout).modules;
}

function edgesOf(cruised) {
  const edges = new Set();
  for (const { source, dependencies } of cruised) {
    const from = folderOf(source);
    if (from === undefined || test.test(source)) continue;
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (to !== undefined && to !== from) edges.add(`${from} --> ${to}`);
    }
  }
  return [...edges].sort();
}

function pageOf(edges) {
  const folders = [...new Set(edges.flatMap((edge) => edge.split(' --> ')))].sort();
  const idOf = (folder) => folder.replaceAll(/[/-]/g, '_');
  return [
    '# Who imports whom',
    '',
    'Drawn by `npm run graph` from the sources, tests left out. An arrow means "imports". The rules',
    'behind it are in `.dependency-cruiser.cjs`; `npm run arch` checks them and this page.',
    '',
    '```mermaid',
    'flowchart TD',
    ...folders.map((folder) => `  ${idOf(folder)}["${folder}"]`),
    ...edges.map((edge) => `  ${edge.split(' --> ').map(idOf).join(' --> ')}`),
    '```',
    '',
  ].join('\n');
}

const text = pageOf(edgesOf(await modules()));
if (!process.argv.includes('--check')) {
  await writeFile(page, text);
  console.log(`wrote ${relative(root, page)}`);
} else if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
  console.error(`${relative(root, page)} is stale: run npm run graph and commit the page`);
  process.exitCode = 1;
}
