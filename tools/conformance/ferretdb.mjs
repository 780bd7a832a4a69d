import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, isPresent, run, startServer } from './processes.mjs';

const version = 'v1.24.2';

/** An independent server of the MongoDB protocol, on SQLite. Lacks `$text` and transactions. */
export const ferretdb = {
  name: 'ferretdb',
  variable: 'READ_STORE_URL',
  specs: 'libs/read-store/mongodb/',
  scheme: /^mongodb(\+srv)?:/,
  protocol: 'MongoDB',
  about: `FerretDB ${version}`,
  missing: () => (isPresent('go', 'version') ? [] : ['go']),
  install,
  start,
};

async function install(cache) {
  const folder = join(cache, `ferretdb-${version}`);
  const binary = join(folder, 'ferretdb');
  if (existsSync(binary)) return binary;
  await mkdir(folder, { recursive: true });
  await run('go', ['install', `github.com/FerretDB/FerretDB/cmd/ferretdb@${version}`], {
    timeoutMs: 280_000,
    env: { GOBIN: folder },
  });
  return binary;
}

async function start(binary, dir) {
  const port = await freePort();
  const options = [
    '--handler=sqlite',
    `--sqlite-url=file:${dir}/`,
    `--listen-addr=127.0.0.1:${port}`,
    `--state-dir=${dir}`,
    '--debug-addr=-',
    '--telemetry=disable',
    '--log-level=warn',
  ];
  const server = await startServer(binary, options, {
    port,
    logFile: join(dir, 'ferretdb.log'),
    timeoutMs: 30_000,
    env: { DO_NOT_TRACK: '1' },
  });
  return { url: `mongodb://127.0.0.1:${port}`, stop: server.stop };
}
