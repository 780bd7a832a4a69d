import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { openEventStoreForReading } from '@ledgerdesk/event-store';
import { writeServiceNowFile } from '@ledgerdesk/exchange/testing';
import { hasErrorKind } from '@ledgerdesk/kernel';

const ROOT = resolve(__dirname, '../..');
const BIN = join(ROOT, 'apps/cli/bin/ledgerdesk.js');
const SAMPLE = join(ROOT, 'test/fixtures/servicenow-sample.csv');
const INCIDENTS = 3000;
const STATES = ['New', 'Active', 'Resolved', 'Closed'];

let dir: string;
const running = new Set<ChildProcess>();

function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: dir,
    env: { ...process.env, DATA_DIR: join(dir, 'desk') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  return child;
}

async function run(
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const child = start(...args);
  const [[code], out, err] = await Promise.all([
    once(child, 'exit') as Promise<[number]>,
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
  ]);
  return { code, out, err };
}

async function eventsStored(): Promise<number> {
  try {
    const store = await openEventStoreForReading({ dir: join(dir, 'desk') });
    const { events } = await store.statistics();
    await store.close();
    return events;
  } catch (error) {
    // While the other process makes the file it is not there, or locked, or empty.
    const isBeingMade = (['missing', 'unavailable', 'incompatible'] as const).some((kind) =>
      hasErrorKind(error, kind),
    );
    if (isBeingMade) return 0;
    throw error;
  }
}

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/apps/cli/main.js'))) {
    await once(spawn(process.execPath, [join(ROOT, 'tools/build.mjs')], { cwd: ROOT }), 'exit');
  }
  dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-cli-process-'));
  const rows = Array.from({ length: INCIDENTS * STATES.length }, (_, index) => ({
    number: `INC${Math.floor(index / STATES.length)}`,
    incident_state: STATES[index % STATES.length] ?? '',
    sys_mod_count: String(index % STATES.length),
    active: String(index % STATES.length < STATES.length - 1),
  }));
  await writeServiceNowFile(join(dir, 'log.csv.gz'), rows, { isCompressed: true });
});

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(dir, { recursive: true });
});

describe('the command line as a process', () => {
  it('goes on with an import that was killed, and loses and repeats nothing', async () => {
    const killed = start('import', 'servicenow', 'log.csv.gz');
    const exited = once(killed, 'exit');
    while ((await eventsStored()) === 0) await new Promise((next) => setImmediate(next));
    killed.kill('SIGKILL');
    await exited;
    const before = await eventsStored();

    const { code, out } = await run('import', 'servicenow', 'log.csv.gz', '--json');
    const report = JSON.parse(out) as Record<string, number>;
    expect(code).toBe(0);
    expect(report).toMatchObject({ incidents: INCIDENTS, rowsRefused: 0 });
    expect(report['eventsAppended']).toBeGreaterThan(0);
    expect(await eventsStored()).toBe(before + (report['eventsAppended'] ?? 0));

    const verified = await run('verify', '--json');
    expect(JSON.parse(verified.out)).toMatchObject({ ok: true, streams: INCIDENTS });
    expect(verified.err).toBe('');
    const stats = JSON.parse((await run('stats', '--json')).out) as { incident: unknown };
    expect(stats.incident).toMatchObject({ total: INCIDENTS, byState: { closed: INCIDENTS } });
  });

  it('ends quietly when nobody reads its output any more', async () => {
    await run('import', 'servicenow', SAMPLE, '--data', 'sample');
    const child = start('list', '--limit', '1000', '--json', '--data', 'sample');
    const exited = once(child, 'exit');
    const complaint = child.stderr === null ? '' : text(child.stderr);
    child.stdout?.destroy();
    expect(await exited).toEqual([0, null]);
    expect(await complaint).toBe('');
  });
});
