import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

// Goal: each architecture rule can fail. Method: one small tree that breaks every rule once,
// cruised with the project's own configuration; the rules it breaks must be all the rules there
// are.

const root = resolve(__dirname, '..');
const outputBytesMax = 16 * 1024 * 1024;

const configuration = jest.requireActual<{ forbidden: readonly { name: string }[] }>(
  '../.dependency-cruiser.cjs',
);

const brokenTree: Readonly<Record<string, string>> = {
  'package.json': '{"dependencies":{"rxjs":"1.0.0"},"devDependencies":{"fast-check":"1.0.0"}}',

  'libs/kernel/index.ts': "import '@ledgerdesk/audit';\nimport 'class-validator';\n",
  'libs/kernel/clock.ts': "import 'node:fs';\n",
  'libs/processes/index.ts': "import '@ledgerdesk/event-store';\n",
  'libs/processes/a/a.decider.ts': "import '../b/b.events';\n",
  'libs/processes/b/b.events.ts': 'export const b = 1;\n',
  'libs/flows/index.ts': "import '@ledgerdesk/engine';\n",
  'libs/flows/close.flow.ts': 'export const close = 1;\n',
  'libs/read-models/index.ts': "import '@ledgerdesk/engine';\n",
  'libs/read-models/a/a.projection.ts': "import '@ledgerdesk/kernel';\n",

  'libs/event-store/index.ts':
    "import '@ledgerdesk/engine';\nimport 'better-sqlite3';\nimport '@eventstore/db-client';\n",
  'libs/event-store/a.port.ts': "import './memory/memory.adapter';\n",
  'libs/event-store/memory/memory.adapter.ts': "import '../sqlite/pages';\n",
  'libs/event-store/sqlite/pages.ts': 'export const pages = 1;\n',
  'libs/messaging/index.ts': "import '@ledgerdesk/engine';\nimport 'kafkajs';\n",
  'libs/read-store/index.ts': "import '@ledgerdesk/event-store';\nimport 'mongodb';\n",

  'libs/engine/index.ts': "import '@ledgerdesk/http';\nimport './nowhere';\n",
  'libs/engine/deep.ts': "import '../kernel/clock';\n",
  'libs/engine/load.ts': "import './load.spec';\nimport 'fast-check';\nimport 'lru-cache';\n",
  'libs/engine/load.spec.ts': 'export const load = 1;\n',
  'libs/engine/alone.ts': 'export const alone = 1;\n',
  'libs/audit/index.ts': "import '@ledgerdesk/exchange';\n",
  'libs/exchange/index.ts': "import '@ledgerdesk/audit';\n",
  'libs/hosting/index.ts': "import '@ledgerdesk/audit';\nimport '@opentelemetry/api';\n",
  'libs/http/index.ts': "import '../../apps/engine/main';\n",
  'apps/engine/main.ts': "import '../cli/main';\n",
  'apps/cli/main.ts': "import '@ledgerdesk/http';\n",
};

let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'ledgerdesk-architecture-'));
  for (const [path, text] of Object.entries(brokenTree)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  for (const path of ['.dependency-cruiser.cjs', 'tsconfig.json']) {
    cpSync(join(root, path), join(tree, path));
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});

afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

async function brokenRules(): Promise<readonly string[]> {
  const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const flags = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs'];
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...flags], {
    cwd: tree,
    maxBuffer: outputBytesMax,
  });
  const report = JSON.parse(stdout) as {
    readonly summary: { readonly violations: readonly { readonly rule: { name: string } }[] };
  };
  return [...new Set(report.summary.violations.map(({ rule }) => rule.name))].sort();
}

describe('the architecture rules', () => {
  it('each find the fault they are named for', async () => {
    const rules = configuration.forbidden.map(({ name }) => name);

    expect(await brokenRules()).toEqual([...rules].sort());
  });
});
