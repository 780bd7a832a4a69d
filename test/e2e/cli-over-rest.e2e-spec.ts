import { runCli } from '../../apps/cli/run-cli';
import { startEngineUnderTest, type EngineUnderTest } from './engine-under-test';

// Goal: `ledgerdesk run --url` does over REST what it does on a data folder. Method: the command
// line runs in this process against a real engine; nothing is taken from the folder.

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest();
});

afterAll(async () => {
  await engine.close();
});

interface CliAnswer {
  readonly exitCode: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function run(...words: readonly string[]): Promise<CliAnswer> {
  const written = { stdout: '', stderr: '' };
  const args = ['run', 'incident', ...words, '--actor', 'li.w', '--url', engine.url, '--json'];
  const exitCode = await runCli(args, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: { DATA_DIR: '/nowhere' },
    signal: new AbortController().signal,
  });
  const body = JSON.parse(written.stdout || written.stderr) as CliAnswer['body'];
  return { exitCode, body };
}

const REPORT = [
  ...['RegisterIncident', '--description', 'Stuck.', '--channel', 'phone'],
  ...['--caller', 'nadia.k', '--service', 'mail'],
] as const;

describe('ledgerdesk run --url', () => {
  it('sends commands as the named actor, pinned to a revision, once for each key', async () => {
    const begun = await run(...REPORT, '--key', 'over-rest-1');
    expect(begun).toMatchObject({ exitCode: 0, body: { state: 'new', commandId: 'over-rest-1' } });
    const { number, revision } = begun.body;
    expect(await run(...REPORT, '--key', 'over-rest-1')).toMatchObject({
      body: { repeated: true },
    });
    const take = ['take', String(number), '--group', 'messaging', '--if-match'];
    const taken = await run(...take, String(revision));
    expect(taken).toMatchObject({ exitCode: 0, body: { state: 'in-progress' } });
    const stale = await run(...take, String(revision));
    expect(stale).toMatchObject({ exitCode: 4, body: { code: 'conflict.revision-pinned' } });
    const shown = await engine.get(`/api/v1/incidents/${String(number)}/history?limit=1`);
    expect(shown.body['entries']).toMatchObject([{ actor: 'li.w', origin: { kind: 'api' } }]);
  });

  it('shows the events of a dry run and the refusals of the engine', async () => {
    const dry = await run(...REPORT, '--dry-run');
    expect(dry).toMatchObject({ exitCode: 0, body: { dryRun: true, number: 'INC-000000' } });
    const refused = await run('close', String((await run(...REPORT)).body['number']));
    expect(refused).toMatchObject({ exitCode: 1, body: { code: 'refused.state' } });
    expect(refused.body['allowed']).toContain('TakeIncident');
    const invalid = await run('RegisterIncident', '--channel', 'pigeon');
    expect(invalid).toMatchObject({ exitCode: 2, body: { code: 'invalid.command' } });
  });
});
