import { EXIT } from './exit-codes';
import { CommandLine } from './testing/command-line';

const REGISTER = [
  ...['run', 'incident', 'RegisterIncident', '--actor', 'li.w', '--title', 'Mail "stops" <here>'],
  ...['--description', 'It stops.', '--channel', 'phone', '--caller', 'nadia.k'],
  ...['--service', 'mail'],
] as const;

// The first call loads every verb's libraries.

let desk: CommandLine;

beforeAll(async () => {
  desk = await CommandLine.open();
  for (let count = 0; count < 2; count += 1) await desk.json(...REGISTER);
  const act = (...words: readonly string[]): Promise<unknown> =>
    desk.json('run', 'incident', ...words, '--actor', 'li.w');
  await act('set-parent', 'INC-000002', '--parent', 'INC-000001');
  const vendor = ['--type', 'handled-by', '--target-kind', 'vendor', '--target', 'ACME'];
  await act('link', 'INC-000001', ...vendor);
});

afterAll(() => desk.close());

describe('graph', () => {
  it('prints what a ticket has to do with as a tree', async () => {
    const { exitCode, stdout } = await desk.run('graph', 'INC-000002');
    expect(exitCode).toBe(EXIT.ok);
    expect(stdout.split('\n')).toEqual([
      'INC-000002 Mail "stops" <here> (new)',
      '  child-of INC-000001 Mail "stops" <here> (new)',
      '    handled-by vendor ACME',
      '',
    ]);
  });

  it('reads a relation from the end that it is shown from, and says where it was cut', async () => {
    const { stdout } = await desk.run('graph', 'INC-000001', '--limit', '2');
    expect(stdout).toContain('  parent-of INC-000002');
    expect(stdout).toContain('raise --limit');
    const near = await desk.run('graph', 'INC-000002', '--depth', '1');
    expect(near.stdout).toContain('raise --depth');
  });

  it('draws a diagram in which no title can break out', async () => {
    const { stdout } = await desk.run('graph', 'INC-000002', '--mermaid');
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'flowchart LR',
      '  n0["INC-000002 Mail &quot;stops&quot; &lt;here> (new)"]',
    ]);
    expect(stdout).toContain('  n0 -->|"child-of"| n1\n');
  });

  it('answers programs with nodes and edges, and refuses a depth beyond its limit', async () => {
    expect(await desk.json('graph', 'INC-000002')).toMatchObject({
      nodes: [{ number: 'INC-000002' }, { number: 'INC-000001' }, { id: 'ACME' }],
      cut: { byDepth: false, byLimit: false },
    });
    const { exitCode, stderr } = await desk.run('graph', 'INC-000002', '--depth', '21');
    expect(exitCode).not.toBe(EXIT.ok);
    expect(stderr).toContain('from 1 to 20');
  });
});

describe('list --all', () => {
  it('lists the work of all processes', async () => {
    const { stdout } = await desk.run('list', '--all', '--filter', 'process=incident');
    expect(stdout).toContain('incident  INC-000001');
    expect(stdout).toContain('2 of 2');
  });
});
