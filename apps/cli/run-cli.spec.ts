import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { openEventStore } from '@ledgerdesk/event-store';
import { EXIT, exitCodeOf } from './exit-codes';
import { runCli } from './run-cli';

const SAMPLE = resolve(__dirname, '../../test/fixtures/servicenow-sample.csv');
const INCIDENTS = 17;

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-cli-'));
});

afterEach(() => rm(dir, { recursive: true }));

async function run(
  args: readonly string[],
  { env = { DATA_DIR: dir }, signal = new AbortController().signal } = {},
): Promise<Answer> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await runCli(args, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env,
    signal,
  });
  return { exitCode, ...written };
}

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await run([...args, '--json']);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

const importSample = (): Promise<Answer> => run(['import', 'servicenow', SAMPLE]);

const logFile = (): string => join(dir, 'events.sqlite');

/** Alters one byte of the file behind the engine's back. */
async function tamper(found: string, altered: string): Promise<void> {
  const bytes = await readFile(logFile());
  bytes.write(altered, bytes.indexOf(found));
  await writeFile(logFile(), bytes);
}

describe('import and stats', () => {
  it('tell what was imported and how it stands', async () => {
    const report = await json('import', 'servicenow', SAMPLE, '--source', 'sample');
    expect(report).toMatchObject({ source: 'sample', incidents: INCIDENTS, rowsRefused: 0 });
    const stats = await json('stats');
    expect(stats).toMatchObject({
      events: report['eventsAppended'],
      streams: { incident: INCIDENTS },
      incident: {
        total: INCIDENTS,
        byState: { closed: 16, 'on-hold': 1 },
        byPriority: { 1: 1, 3: 15, 4: 1 },
        reopenings: 4,
        reopened: 3,
        reassigned: 2,
        position: String(report['eventsAppended']),
      },
    });
  });

  it('tell people the same in tables', async () => {
    const report = await importSample();
    expect(report.stdout).toMatch(/rows read +94\n/);
    expect((await run(['stats'])).stdout).toMatch(/closed +16\n/);
  });

  it('exit 1 where rows were refused, and name their lines', async () => {
    const file = join(dir, 'log.csv');
    await writeFile(file, `${await readFile(SAMPLE, 'utf8')}INC9,broken\n`);
    const { exitCode, stdout } = await run(['import', 'servicenow', file]);
    expect(exitCode).toBe(EXIT.found);
    expect(stdout).toMatch(/\d+ +INC9 +the row has 2 cells; give 36\n/);
  });

  it('say clearly that an engine has the log', async () => {
    const engine = await openEventStore({ dir });
    const { exitCode, stderr } = await importSample();
    await engine.close();
    expect(exitCode).toBe(EXIT.unavailable);
    expect(stderr).toMatch(/^ledgerdesk: .*another process has it.*Stop the engine.*\n$/);
  });

  it('stop when the user interrupts', async () => {
    const signal = AbortSignal.abort();
    const { exitCode, stderr } = await run(['import', 'servicenow', SAMPLE], { signal });
    expect(exitCode).toBe(EXIT.interrupted);
    expect(stderr).toContain('interrupted');
  });
});

describe('show, list and history', () => {
  beforeEach(importSample);

  it('show a ticket by its number and by its id', async () => {
    const byNumber = await json('show', 'INC9000004');
    expect(byNumber).toMatchObject({ state: { state: 'closed', reopenCount: 2 } });
    expect(await json('show', String(byNumber['id']).toUpperCase())).toEqual(byNumber);
    expect((await run(['show', 'INC9000004'])).stdout).toMatch(/reopenCount +2\n/);
  });

  it('list one page after the other, filtered and sorted', async () => {
    const first = await json('list', '--filter', 'priority=3', '--sort', '-number', '--limit', '8');
    const cursor = String(first['nextCursor']);
    const args = ['--filter', '{"priority":{"$gte":3,"$lt":4}}', '--sort', '-number'];
    const second = await json(
      'list',
      '--filter',
      'priority=3',
      '--sort',
      '-number',
      '--cursor',
      cursor,
    );
    const whole = await json('list', ...args);
    const numbers = (page: Record<string, unknown>): readonly unknown[] =>
      (page['items'] as Record<string, unknown>[]).map((item) => item['number']);
    expect(first['total']).toBe(15);
    expect([...numbers(first), ...numbers(second)]).toEqual(numbers(whole));
    expect(numbers(first)[0]).toBe('INC9000018');
    expect((await run(['list', '--limit', '3'])).stdout).toMatch(/3 of 17; more with --cursor /);
  });

  it('tell a history in pages, with what changed', async () => {
    const page = await json('history', 'INC9000001', '--limit', '2', '--backwards');
    expect(page['entries']).toMatchObject([
      { type: 'IncidentClosed' },
      { type: 'IncidentResolved' },
    ]);
    expect(typeof page['nextAfter']).toBe('string');
    const { stdout } = await run(['history', 'INC9000001']);
    expect(stdout).toMatch(
      /IncidentHeld {2}by Updated by 2 {2}\(import\)\n +state: in-progress → on-hold\n/,
    );
  });

  it('tell how a ticket was, and what changed between two times', async () => {
    const was = await json('history', 'INC9000001', '--at', '2021-03-01T09:30:00Z');
    expect(was).toMatchObject({ ticket: { state: { state: 'on-hold', resolvedAt: null } } });
    const diff = await json(
      ...['history', 'INC9000001', '--diff', '2021-03-01T09:30:00Z', '--at', '2021-03-02'],
    );
    expect(diff['changes']).toContainEqual(
      expect.objectContaining({ field: 'state', old: 'on-hold', new: 'resolved' }),
    );
    const known = await run(['history', 'INC9000001', '--known', '--at', '2021-03-02']);
    expect(known).toMatchObject({ exitCode: EXIT.missing });
    expect(known.stderr).toContain('was not there yet');
  });

  it.each([
    [['show', 'INC0'], EXIT.missing, 'missing.ticket'],
    [['show', '00000000-0000-4000-8000-000000000000'], EXIT.missing, 'missing.ticket'],
    [['list', '--process', 'payroll'], EXIT.missing, 'missing.process'],
    [['list', '--limit', 'ten'], EXIT.usage, 'malformed.option'],
    [['list', '--limit', '0'], EXIT.usage, 'invalid.query'],
    [['list', '--filter', 'priority'], EXIT.usage, 'malformed.option'],
    [['list', '--filter', '{"priority"'], EXIT.usage, 'malformed.option'],
    [['list', '--filter', '{"$where":"1"}'], EXIT.usage, 'invalid.query'],
    [['list', '--filter', 'excerpt=x'], EXIT.usage, 'invalid.query'],
    [['history', 'INC9000001', '--at', 'yesterday'], EXIT.usage, 'malformed.instant'],
    [['history', 'INC9000001', '--after', '-1'], EXIT.usage, 'malformed.position'],
    [['history', 'INC9000001', '--limit', '1001'], EXIT.usage, 'invalid.history-limit'],
    [['import', 'servicenow', 'no-such-file'], EXIT.missing, 'missing.import-file'],
    [['verify', '--stream', 'incident-none'], EXIT.missing, 'missing.stream'],
    [['verify', '--anchor', '12:abc'], EXIT.usage, 'malformed.option'],
    [['projections', 'rebuild', 'none'], EXIT.missing, 'missing.projection'],
    [['list', '--no-such-option'], EXIT.usage, 'malformed.command-line'],
    [['no-such-verb'], EXIT.usage, 'malformed.command-line'],
    [['import', 'servicenow'], EXIT.usage, 'malformed.command-line'],
  ])('answer %j with the exit code %i and %s', async (args, exitCode, code) => {
    const answer = await run([...args, '--json']);
    expect(answer.exitCode).toBe(exitCode);
    expect(JSON.parse(answer.stderr)).toMatchObject({
      type: `urn:ledgerdesk:problem:${code}`,
      code,
      exitCode,
    });
    expect(answer.stdout).toBe('');
  });
});

describe('verify', () => {
  beforeEach(importSample);

  it('finds nothing where nothing was altered', async () => {
    const { exitCode, stdout } = await run(['verify']);
    expect(exitCode).toBe(EXIT.ok);
    expect(await readdir(dir)).not.toContain('read-models.sqlite');
    const anchor = /^anchor (\d+:[0-9a-f]{64})$/m.exec(stdout)?.[1];
    expect((await run(['verify', '--anchor', String(anchor)])).exitCode).toBe(EXIT.ok);
  });

  it('exits 1 and names the event where one byte was altered', async () => {
    await tamper('"Location 3"', '"Location 4"');
    const { exitCode, stdout } = await run(['verify', '--json']);
    expect(exitCode).toBe(EXIT.found);
    const report = JSON.parse(stdout) as { readonly faults: readonly Record<string, unknown>[] };
    expect(report).toMatchObject({ ok: false, events: 188, streams: INCIDENTS });
    expect(report.faults).toEqual([
      expect.objectContaining({ kind: 'body-altered', revision: '0', stream: expect.any(String) }),
    ]);
    const { stream } = report.faults[0] ?? {};
    expect((await run(['verify', '--stream', String(stream)])).exitCode).toBe(EXIT.found);
    expect((await run(['verify'])).stdout).toMatch(/^NOT as recorded: 1 fault in/);
  });

  it('verifies one stream alone, whatever was altered in another', async () => {
    const { items } = await json('list', '--filter', 'number=INC9000004');
    const [{ id } = { id: '' }] = items as readonly { readonly id: string }[];
    const stream = `incident-${id}`;
    expect(await json('verify', '--stream', stream)).toMatchObject({
      ok: true,
      streams: 1,
      faults: [],
      anchor: null,
    });
    await tamper('"Location 3"', '"Location 4"');
    const { faults } = await json('verify');
    const [{ stream: altered } = { stream: '' }] = faults as readonly { readonly stream: string }[];
    expect(altered).not.toBe(stream);
    expect((await run(['verify', '--stream', stream])).exitCode).toBe(EXIT.ok);
    const found = await run(['verify', '--stream', altered]);
    expect(found.exitCode).toBe(EXIT.found);
    expect(found.stdout).toMatch(/^NOT as recorded: 1 fault in \d+ events in 1 stream\n/);
  });

  it('finds that the log is an older copy, by what the read models saw', async () => {
    const older = await readFile(logFile());
    const longer = join(dir, 'longer.csv');
    const rows = (await readFile(SAMPLE, 'utf8')).replaceAll('INC9', 'INC8');
    await writeFile(longer, rows);
    await run(['import', 'servicenow', longer]);
    await run(['list']);
    await writeFile(logFile(), older);
    const { exitCode, stdout } = await run(['verify', '--json']);
    expect(exitCode).toBe(EXIT.found);
    const { faults } = JSON.parse(stdout) as { readonly faults: readonly { kind: string }[] };
    expect(faults.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: INCIDENTS }, () => 'stream-head-mismatch'),
      'anchor-mismatch',
    ]);
  });

  it('reports a file that is no event store any more', async () => {
    await writeFile(join(dir, 'events.sqlite'), 'not a database, by far'.repeat(100));
    const { exitCode, stdout } = await run(['verify', '--json']);
    expect(exitCode).toBe(EXIT.found);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, faults: [{ kind: 'unreadable' }] });
  });
});

describe('projections', () => {
  beforeEach(importSample);

  it('are listed with how far they have come, and rebuilt one by one', async () => {
    const states = async (): Promise<unknown> =>
      ((await json('projections', 'list'))['projections'] as Record<string, unknown>[])
        .filter(({ name }) => name === 'incident-list' || name === 'incident-figures')
        .map(({ name, state, generation }) => [name, state, generation]);
    expect(await states()).toEqual([
      ['incident-list', 'absent', null],
      ['incident-figures', 'absent', null],
    ]);
    await run(['list']);
    const report = await json('projections', 'rebuild', 'incident-list');
    expect(report).toMatchObject({ events: 188, parked: 0, isPromoted: true, generation: 2 });
    expect(await states()).toEqual([
      ['incident-list', 'level', 2],
      ['incident-figures', 'absent', null],
    ]);
  });
});

describe('the command line', () => {
  it('answers --help on stdout and exits 0', async () => {
    const { exitCode, stdout } = await run(['--help']);
    expect(exitCode).toBe(EXIT.ok);
    for (const verb of ['serve', 'import', 'history', 'show', 'list', 'verify', 'stats']) {
      expect(stdout).toContain(`  ${verb}`);
    }
    expect((await run(['history', '--help'])).stdout).toContain('--data <dir>');
  });

  it('asks for a verb where there is none', async () => {
    const { exitCode, stderr } = await run([]);
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toMatch(/Usage: ledgerdesk .*give one of the commands above\n$/s);
  });

  it('says on one line that there is no store, and makes none', async () => {
    const nowhere = join(dir, 'nowhere');
    const { exitCode, stderr } = await run(['stats', '--data', nowhere]);
    expect(exitCode).toBe(EXIT.missing);
    expect(stderr).toMatch(/^ledgerdesk: There is no event store in .*\n$/);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('takes --data before the variables', async () => {
    await run(['import', 'servicenow', SAMPLE, '--data', join(dir, 'a')]);
    const env = { EVENT_STORE_URL: `sqlite:${join(dir, 'b')}`, DATA_DIR: join(dir, 'c') };
    expect(await run(['stats', '--data', join(dir, 'a')], { env })).toMatchObject({ exitCode: 0 });
    expect((await run(['stats'], { env })).stderr).toContain(join(dir, 'b'));
  });

  it('gives each kind of error its exit code', () => {
    const codeOf = (code: ConstructorParameters<typeof LedgerdeskError>[0]): number =>
      exitCodeOf(new LedgerdeskError(code, ''));
    expect(codeOf('corrupt.event-store')).toBe(EXIT.corrupt);
    expect(codeOf('incompatible.event-type')).toBe(EXIT.corrupt);
    expect(codeOf('unavailable.disk-full')).toBe(EXIT.unavailable);
    expect(exitCodeOf(new Error('x'))).toBe(EXIT.defect);
  });
});
