// `npm run test:conformance`: the conformance suites of the adapters against real servers.
//
// A port whose URL is set (EVENT_STORE_URL, READ_STORE_URL, BROKER_URL) is tested against that
// server. Kafka and FerretDB are installed by package name and started where it is not set; they
// are kept in $LEDGERDESK_CACHE, or ~/.cache/ledgerdesk. Where the tools to install them are
// absent, that is said and the rest goes on; where they are present, anything that fails fails.
// `--may-lack <name>` lets one server be absent that its registry does not hand out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ferretdb } from './conformance/ferretdb.mjs';
import { kafka } from './conformance/kafka.mjs';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const cache = process.env.LEDGERDESK_CACHE || join(homedir(), '.cache', 'ledgerdesk');
const ports = [
  {
    name: 'eventstoredb',
    variable: 'EVENT_STORE_URL',
    specs: 'libs/event-store/eventstoredb/',
    scheme: /^(esdb|kurrentdb|kurrent|kdb)(\+discover)?:/,
    protocol: 'EventStoreDB',
  },
  ferretdb,
  kafka,
];

const { values } = parseArgs({
  options: {
    'may-lack': { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const unknown = [...values['may-lack'], ...values.only].filter(
  (name) => !ports.some((port) => port.name === name),
);
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(', ')}; give ${ports.map(({ name }) => name)}`);
  process.exit(2);
}

const outcomes = [];
for (const port of ports) {
  if (values.only.length > 0 && !values.only.includes(port.name)) continue;
  const startedAt = Date.now();
  const outcome = await examine(port).catch((error) => ({ failed: 1, said: error.message }));
  outcomes.push({ ...outcome, name: port.name, seconds: (Date.now() - startedAt) / 1000 });
}

console.log('\nconformance against real servers');
for (const { name, said, seconds } of outcomes) {
  console.log(`  ${name.padEnd(13)} ${said} (${seconds.toFixed(0)} s)`);
}
const sum = (key) => outcomes.reduce((total, outcome) => total + (outcome[key] ?? 0), 0);
console.log(`conformance: ${sum('passed')} passed, ${sum('failed')} failed`);
if (sum('failed') > 0) process.exitCode = 1;

/** Tests one adapter against one server, and says how it went. */
async function examine(port) {
  const given = process.env[port.variable];
  if (given !== undefined && given !== '') {
    if (port.scheme.test(given)) {
      // What the server that is started here lacks says nothing of this one.
      return test({ ...port, lacks: {} }, given, `${port.protocol} at ${port.variable}`);
    }
    throw new Error(`${port.variable} names no ${port.protocol}; unset it, or give such a server`);
  }
  if (port.install === undefined) {
    return { said: `not run: no package brings it; give its address in ${port.variable}` };
  }
  const missing = port.missing();
  if (missing.length > 0) return { said: `not run: this machine lacks ${missing.join(' and ')}` };
  const installed = await port.install(cache).catch((error) => ({ error }));
  if (installed.error !== undefined) {
    // Addresses say nothing here, and differ from machine to machine.
    const why = installed.error.message.replaceAll(/https?:\/\/\S+/g, 'its registry');
    if (!values['may-lack'].includes(port.name)) throw new Error(`not installed: ${why}`);
    return { said: `not run, as --may-lack allows: ${why}` };
  }
  const dir = await mkdtemp(join(tmpdir(), `ledgerdesk-${port.name}-`));
  try {
    const server = await port.start(installed, dir);
    try {
      return await test(port, server.url, `${port.about} started here`);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs the specs; one that is skipped, or none at all, is a failure. */
async function test({ specs, variable, lacks }, url, what) {
  const reportDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-report-'));
  const file = join(reportDir, 'jest.json');
  try {
    // A server that has just started answers its first questions late.
    const patience = '--testTimeout=30000';
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const pattern = `${specs}.*\\.conformance\\.spec\\.ts$`;
    const child = spawn(
      process.execPath,
      [jest, '--ci', '--runInBand', patience, '--json', `--outputFile=${file}`, pattern],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, [variable]: url, ...lacks },
        timeout: 240_000,
      },
    );
    await once(child, 'exit');
    if (!existsSync(file)) return { failed: 1, said: `${what}: the specs did not run` };
    const report = JSON.parse(await readFile(file, 'utf8'));
    const passed = report.numPassedTests;
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    const notRun = report.numPendingTests + report.numTodoTests + (passed === 0 ? 1 : 0);
    const said = `${what}: ${passed} passed, ${failed} failed, ${notRun} not run`;
    return { passed, failed: failed + notRun, said };
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}
