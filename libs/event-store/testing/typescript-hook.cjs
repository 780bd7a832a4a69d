// Lets plain Node load the TypeScript sources: `node --require <this file> some.ts`. For worker
// threads and child processes that a test starts; the build needs none of it. What it has made of a
// file is kept, since many threads load the same hundreds of files.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { threadId } = require('node:worker_threads');

const root = join(__dirname, '../../..');
const configFile = join(root, '.swcrc');
const cacheDir = join(root, 'node_modules/.cache/ledgerdesk-typescript');
const settings = readFileSync(configFile, 'utf8') + require('@swc/core/package.json').version;

function transform(source, filename) {
  const { transformSync } = require('@swc/core');
  return transformSync(source, { filename, configFile, sourceMaps: 'inline' }).code;
}

function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const digest = createHash('sha256').update(`${settings}\0${filename}\0${source}`).digest('hex');
  const kept = join(cacheDir, `${digest}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const code = transform(source, filename);
    mkdirSync(cacheDir, { recursive: true });
    // Under a name of its own first: another thread may read it at this moment.
    const written = `${kept}.${process.pid}.${threadId}`;
    writeFileSync(written, code);
    renameSync(written, kept);
    return code;
  }
}

require.extensions['.ts'] = (module, filename) => {
  module._compile(compiled(filename), filename);
};
