import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from './exit-codes';
import { CommandLine, SERVICENOW_SAMPLE } from './testing/command-line';

const INCIDENTS = 17;

let prepared: CommandLine;
let cli: CommandLine;

/** The log of half the incidents, under read models that have seen all of them. */
beforeAll(async () => {
  prepared = await CommandLine.open();
  const logFile = join(prepared.dir, 'events.sqlite');
  await prepared.run('import', 'servicenow', SERVICENOW_SAMPLE);
  const older = await readFile(logFile);
  const more = join(prepared.dir, 'more.csv');
  await writeFile(more, (await readFile(SERVICENOW_SAMPLE, 'utf8')).replaceAll('INC9', 'INC8'));
  await prepared.run('import', 'servicenow', more);
  await prepared.run('list');
  await prepared.run('stats');
  await writeFile(logFile, older);
});

afterAll(() => prepared.close());

beforeEach(async () => {
  cli = await CommandLine.open();
  await cp(prepared.dir, cli.dir, { recursive: true });
});

afterEach(() => cli.close());

describe('a log that was replaced under its read models', () => {
  it.each([[['list']], [['stats']], [['show', 'INC9000001']], [['history', 'INC8000001']]])(
    'is refused by %j, which serves nothing of the former one',
    async (args) => {
      const { exitCode, stdout, stderr } = await cli.run(...args);
      expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.corrupt, stdout: '' });
      expect(stderr).toMatch(/the log ends at 188: .*projections accept-log/);
    },
  );

  it('is not written over by a rebuild', async () => {
    expect(await cli.json('projections', 'rebuild', 'incident-list')).toMatchObject({
      code: 'corrupt.checkpoint-ahead',
      projection: 'incident-list',
    });
  });

  it('is found by verify, until somebody accepts it', async () => {
    const kinds = async (): Promise<unknown> => {
      const { faults } = await cli.json('verify');
      return [...new Set((faults as { kind: string }[]).map(({ kind }) => kind))];
    };
    expect(await kinds()).toEqual(['stream-head-mismatch', 'anchor-mismatch']);
    await cli.run('list');
    expect(await kinds()).toEqual(['stream-head-mismatch', 'anchor-mismatch']);
    await cli.run('projections', 'accept-log');
    expect(await kinds()).toEqual([]);
  });

  it('is served once it was accepted, and what bore witness of the former one is kept', async () => {
    const accepted = await cli.json('projections', 'accept-log');
    expect(accepted).toMatchObject({ head: '188' });
    expect(accepted['witnesses']).toContainEqual({
      projection: 'incident-list',
      checkpoint: '376',
      lastPosition: '376',
      lastHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    const kept = String(accepted['kept']);
    expect(kept).toContain('read-models.sqlite.of-former-log-');
    expect(await readdir(cli.dir)).toContain(kept.slice(cli.dir.length + 1));
    expect(await cli.json('list', '--limit', '1')).toMatchObject({ total: INCIDENTS });
  });

  it('needs no acceptance where the log is the same', async () => {
    await cli.run('projections', 'accept-log');
    await cli.run('list');
    const { exitCode, stdout } = await cli.run('projections', 'accept-log');
    expect({ exitCode, stdout }).toEqual({
      exitCode: EXIT.ok,
      stdout: 'the read models are of this log; there is nothing to accept\n',
    });
  });
});
