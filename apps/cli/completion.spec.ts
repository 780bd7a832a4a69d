import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { flows } from '@ledgerdesk/flows';
import { processes } from '@ledgerdesk/processes';
import { EXIT } from './exit-codes';
import { runCli } from './run-cli';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

async function script(shell: string): Promise<string> {
  const written: string[] = [];
  const exitCode = await runCli(['completion', shell], {
    stdout: { write: (text) => written.push(text) },
    stderr: { write: (text) => written.push(text) },
    env: {},
    signal: new AbortController().signal,
  });
  expect(exitCode).toBe(shell === 'tcsh' ? EXIT.usage : EXIT.ok);
  return written.join('');
}

describe('the completion of the command line', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-completion-'));
    await writeFile(join(dir, 'completion.bash'), await script('bash'));
  });

  afterAll(() => rm(dir, { recursive: true }));

  /** What bash offers for the last word of a line. */
  async function offered(line: string): Promise<readonly string[]> {
    const words = line.split(' ');
    const program = [
      `source '${join(dir, 'completion.bash')}'`,
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_ledgerdesk',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-c', program]);
    return stdout.split('\n').filter((word) => word !== '');
  }

  it.each<[string, string, readonly string[]]>([
    ['a verb', 'ledgerdesk hist', ['history']],
    ['a verb below a verb', 'ledgerdesk projections re', ['rebuild']],
    ['an option of a verb', 'ledgerdesk history --di', ['--diff']],
    ['an option of all verbs', 'ledgerdesk verify --js', ['--json']],
    ['the process of an option', 'ledgerdesk list --process maj', ['major-incident']],
    ['a read model', 'ledgerdesk projections rebuild incident-ki', []],
    [
      'a read model that is there',
      'ledgerdesk projections rebuild incident-f',
      ['incident-figures'],
    ],
    ['a process', 'ledgerdesk run known', ['known-error']],
    ['a command', 'ledgerdesk run incident Resolve', ['ResolveIncident']],
    ['a field', 'ledgerdesk run incident ResolveIncident INC-1 --not', ['--notes']],
    ['a field behind a route', 'ledgerdesk run incident resolve INC-1 --not', ['--notes']],
    ['a word of a field', 'ledgerdesk run incident resolve --code user', ['user-error']],
    ['how to send a command', 'ledgerdesk run incident resolve --dry', ['--dry-run']],
    ['a field behind another', 'ledgerdesk run incident resolve --code other --not', ['--notes']],
    ['a shell', 'ledgerdesk completion z', ['zsh']],
  ])('offers %s', async (_, line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  it('offers every process and every flow', async () => {
    expect(await offered('ledgerdesk run ')).toEqual([
      ...processes.map(({ name }) => name),
      '--help',
    ]);
    const text = await script('bash');
    for (const { name } of flows) expect(text).toMatch(new RegExp(`[" ]${name}[" ]`));
  });

  it.each(SHELLS)('has the same table for %s', async (shell) => {
    const text = await script(shell);
    const placeCount = (text.match(/'ledgerdesk run [^']+'/g) ?? []).length;
    const bashText = await script('bash');
    expect(placeCount).toBe((bashText.match(/'ledgerdesk run [^']+'/g) ?? []).length);
    expect(text).toContain('solved-permanently');
    expect(text).toMatch(/ledgerdesk'?$/m);
  });

  it('is made for no other shell', async () => {
    expect(await script('tcsh')).toMatch(/Allowed choices are bash, zsh, fish/);
  });
});
