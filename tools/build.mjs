import { transformFile } from '@swc/core';
import { readdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Emits every source file of apps/ and libs/ to dist/ in one swc pass. The aliases
// `@ledgerdesk/<lib>` become relative paths, so dist/ runs without any resolver.
// Types are checked apart, by `npm run typecheck`.
//
// Each file is replaced by a rename and stale ones are removed last, so that a process which runs
// from dist/ during a build never finds it empty or meets half a file.
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const outDir = join(root, 'dist');
const isSource = (file) => /\.ts$/.test(file) && !/\.(d|spec|e2e-spec)\.ts$/.test(file);

// Named one by one: swc takes a wildcard's `@ledgerdesk/x` for `@ledgerdesk/x/testing`.
const aliases = Object.fromEntries(
  readdirSync(join(root, 'libs')).flatMap((lib) => [
    [`@ledgerdesk/${lib}/testing`, [`libs/${lib}/testing/index`]],
    [`@ledgerdesk/${lib}`, [`libs/${lib}/index`]],
  ]),
);

const options = {
  cwd: root,
  configFile: join(root, '.swcrc'),
  jsc: {
    baseUrl: root,
    paths: aliases,
  },
};

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(root, file).includes('node_modules'));
}

async function replaceFile(target, text) {
  const partial = `${target}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, target);
}

async function emit(file) {
  const { code, map } = await transformFile(file, { ...options, filename: file });
  const target = join(outDir, relative(root, file)).replace(/\.ts$/, '.js');
  await mkdir(dirname(target), { recursive: true });
  await replaceFile(`${target}.map`, map);
  await replaceFile(target, `${code}//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
  return [target, `${target}.map`];
}

const folders = await Promise.all(['libs', 'apps'].map((top) => filesBelow(join(root, top))));
const sources = folders.flat().filter(isSource);
const emitted = new Set((await Promise.all(sources.map(emit))).flat());
const stale = (await filesBelow(outDir)).filter(
  (file) => !emitted.has(file) && !file.endsWith('.partial'),
);
await Promise.all(stale.map((file) => rm(file, { force: true })));
console.log(`built ${sources.length} files into dist/`);
