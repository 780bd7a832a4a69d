import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, isPresent, run, startServer } from './processes.mjs';

const MODULE = 'github.com/FerretDB/FerretDB';
const version = 'v1.24.2';

/**
 * An independent server of the MongoDB protocol, on SQLite. Lacks `$text`, transactions, and updates
 * that are atomic: it reads what a filter finds, and writes it then.
 */
export const ferretdb = {
  name: 'ferretdb',
  variable: 'READ_STORE_URL',
  specs: 'libs/read-store/mongodb/',
  scheme: /^mongodb(\+srv)?:/,
  protocol: 'MongoDB',
  about: `FerretDB ${version}`,
  lacks: { READ_STORE_LACKS: 'atomic-updates' },
  missing: () => (isPresent('go', 'version') ? [] : ['go']),
  install,
  start,
};

async function install(cache) {
  const folder = join(cache, `ferretdb-${version}`);
  const binary = join(folder, 'ferretdb');
  if (existsSync(binary)) return binary;
  await mkdir(folder, { recursive: true });
  // `go install` of the program would first ask whether its folder is a module of its own, and not
  // every proxy answers that: the module is fetched by its name.
  const downloaded = await run('go', ['mod', 'download', '-json', `${MODULE}@${version}`], {
    timeoutMs: 60_000,
  });
  // Built in a copy, because it wants a file with its version that its module leaves out.
  const source = join(folder, 'source');
  await cp(JSON.parse(downloaded).Dir, source, { recursive: true });
  const versions = join(source, 'build', 'version');
  await chmod(versions, 0o755);
  await writeFile(join(versions, 'version.txt'), version);
  await run('go', ['build', '-C', source, '-o', binary, './cmd/ferretdb'], {
    timeoutMs: 280_000,
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
