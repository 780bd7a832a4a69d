// Exits 0 if node_modules/ holds what package-lock.json asks for, 1 if `npm ci` is due. Compares
// what npm recorded at its last install, so that it needs no network and no time.
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const packagesIn = async (file) =>
  JSON.parse(await readFile(join(root, file), 'utf8').catch(() => '{}')).packages ?? {};

const wanted = await packagesIn('package-lock.json');
const installed = await packagesIn('node_modules/.package-lock.json');

const isDue = Object.entries(wanted).some(([path, { version, optional, peer }]) => {
  if (!path.includes('node_modules/')) return false;
  // npm leaves out what another platform needs.
  if (installed[path] === undefined) return optional !== true && peer !== true;
  return installed[path].version !== version;
});
const isLeftOver = Object.keys(installed).some((path) => wanted[path] === undefined);

if (isDue || isLeftOver) {
  console.log('node_modules/ is absent or not what package-lock.json asks for: npm ci is due');
  process.exitCode = 1;
}
