import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCli } from '../../apps/cli/run-cli';

const SAMPLE = resolve(__dirname, '../fixtures/servicenow-sample.csv');
const FLOW = 'repeats-to-problem';

let dataDir: string;

async function cli(...args: readonly string[]): Promise<string> {
  let stdout = '';
  const exitCode = await runCli(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => undefined },
    env: { DATA_DIR: dataDir },
    signal: new AbortController().signal,
  });
  expect({ args, exitCode }).toMatchObject({ exitCode: 0 });
  return stdout;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-backtest-'));
  await cli('import', 'servicenow', SAMPLE);
});

afterAll(async () => {
  await rm(dataDir, { recursive: true });
});

describe('a back-test over an imported log', () => {
  it('tells how many problems there would have been, and how they lie to those of people', async () => {
    expect(JSON.parse(await cli('flows', 'backtest', FLOW, '--json'))).toMatchObject({
      flow: FLOW,
      faultCount: 0,
      commandCounts: { 'problem RegisterProblem': 1 },
      comparison: {
        title: 'problems to which people linked incidents',
        recorded: { groups: 2 },
        claimed: { groups: 1 },
      },
    });
    const text = await cli('flows', 'backtest', FLOW);
    expect(text).toMatch(/^recorded groups +2$/m);
    expect(text).toMatch(/^claimed groups +1$/m);
  });

  it('writes nothing', async () => {
    const before = await cli('verify', '--json');
    await cli('flows', 'backtest', FLOW);
    expect(await cli('verify', '--json')).toBe(before);
  });
});
