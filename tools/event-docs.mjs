// Writes the JSON Schema of each new event version to docs/events/, and docs/asyncapi.json.
//   npm run docs
// A schema that is there is the record of what was released: where the definition has another shape
// now, nothing is written and the tool fails. tools/event-schemas.spec.ts says the same in CI.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { loadTypeScript, root } from './load-typescript.mjs';

const load = createRequire(import.meta.url);
load('reflect-metadata');
const { eventDataSchema } = load(join(root, 'dist/libs/kernel/index.js'));
const { asyncApiDocument, eventFamilies } = load(join(root, 'dist/libs/http/index.js'));
const { processes } = load(join(root, 'dist/libs/processes/index.js'));
const { asyncApiText, releaseFaults, schemaPath, schemaText } =
  await loadTypeScript('tools/event-release.ts');
const { version } = load(join(root, 'package.json'));

const docs = join(root, 'docs');
const families = eventFamilies(processes);

async function releasedSchemas() {
  const released = new Map();
  await mkdir(join(docs, 'events'), { recursive: true });
  const entries = await readdir(join(docs, 'events'), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    released.set(relative(docs, file), await readFile(file, 'utf8'));
  }
  return released;
}

const released = await releasedSchemas();
const faults = releaseFaults(families, released, eventDataSchema);
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
let written = 0;
for (const family of families) {
  for (const [type, definition] of Object.entries(family.events)) {
    const path = schemaPath(family, type, definition.version);
    const text = schemaText(eventDataSchema(type, definition));
    if (released.get(path) === text) continue;
    await mkdir(dirname(join(docs, path)), { recursive: true });
    await writeFile(join(docs, path), text);
    written += 1;
  }
}
const document = asyncApiDocument({ version, processes, schemaPath });
await writeFile(join(docs, 'asyncapi.json'), asyncApiText(document));
console.log(`wrote ${written} schemas to docs/events/, and docs/asyncapi.json`);
