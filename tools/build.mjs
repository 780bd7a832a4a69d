import { transformFile } from '@swc/core';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Emits every source file of apps/ and libs/ to dist/ in one swc pass. The aliases
// `@ledgerdesk/<lib>` become relative paths, so dist/ runs without any resolver.
// Types are checked apart, by `npm run typecheck`.
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const outDir = join(root, 'dist');
const isSource = (file) => /\.ts$/.test(file) && !/\.(d|spec|e2e-spec)\.ts$/.test(file);

const options = {
  cwd: root,
  configFile: join(root, '.swcrc'),
  jsc: {
    baseUrl: root,
    paths: {
      '@ledgerdesk/*/testing': ['libs/*/testing/index.ts'],
      '@ledgerdesk/*': ['libs/*/index.ts'],
    },
  },
};

async function sources() {
  const files = [];
  for (const top of ['libs', 'apps']) {
    const entries = await readdir(join(root, top), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && isSource(path) && !path.includes('node_modules')) files.push(path);
    }
  }
  return files;
}

async function emit(file) {
  const { code, map } = await transformFile(file, { ...options, filename: file });
  const target = join(outDir, relative(root, file)).replace(/\.ts$/, '.js');
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
  if (map) await writeFile(`${target}.map`, map);
}

await rm(outDir, { recursive: true, force: true });
const files = await sources();
await Promise.all(files.map(emit));
console.log(`built ${files.length} files into dist/`);
