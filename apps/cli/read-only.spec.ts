import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { openEventStore } from '@ledgerdesk/event-store';
import { EXIT } from './exit-codes';
import { CommandLine, SERVICENOW_SAMPLE, type CliAnswer } from './testing/command-line';

const ROOT = resolve(__dirname, '../..');
const BIN = join(ROOT, 'apps/cli/bin/ledgerdesk.js');
/** Who owns nothing. The superuser may write everywhere, so a process of it becomes this one. */
const NOBODY = 65_534;

let cli: CommandLine;

async function asAuditor(...args: readonly string[]): Promise<CliAnswer> {
  const isSuperuser = process.getuid?.() === 0;
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'], DATA_DIR: cli.dir },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isSuperuser && { uid: NOBODY, gid: NOBODY }),
  });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'exit') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

beforeAll(async () => {
  if (existsSync(join(ROOT, 'dist/apps/cli/main.js'))) return;
  await once(spawn(process.execPath, [join(ROOT, 'tools/build.mjs')], { cwd: ROOT }), 'exit');
});

beforeEach(async () => {
  cli = await CommandLine.open();
  await cli.run('import', 'servicenow', SERVICENOW_SAMPLE);
});

afterEach(async () => {
  await chmod(cli.dir, 0o755);
  await cli.close();
});

const lock = (): Promise<void> => chmod(cli.dir, 0o555);

describe('an auditor who may read the data folder and write nothing there', () => {
  it('gets the answers that the owner gets, and leaves no trace', async () => {
    const verbs = [['stats'], ['history', 'INC9000004', '--json']];
    await lock();
    const before = await readdir(cli.dir);
    const answers: CliAnswer[] = [];
    for (const verb of [...verbs, ['verify']]) answers.push(await asAuditor(...verb));
    const rebuilt = await asAuditor('projections', 'rebuild', 'incident-list', '--json');
    expect(await readdir(cli.dir)).toEqual(before);
    await chmod(cli.dir, 0o755);
    const owners: CliAnswer[] = [];
    for (const verb of [...verbs, ['verify']]) owners.push(await cli.run(...verb));
    expect(answers).toEqual(owners);
    expect(rebuilt.exitCode).toBe(EXIT.unavailable);
    expect(JSON.parse(rebuilt.stderr)).toMatchObject({ code: 'unavailable.read-only' });
  });

  it('gets them beside a writer too, also of what that has not folded yet', async () => {
    await cli.run('list');
    const engine = await openEventStore({ dir: cli.dir });
    await lock();
    const { exitCode, stdout } = await asAuditor('stats', '--json');
    await engine.close();
    expect(exitCode).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toMatchObject({ incident: { total: 17 } });
  });
});
