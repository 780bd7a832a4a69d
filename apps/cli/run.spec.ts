import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { openEventStore } from '@ledgerdesk/event-store';
import { EXIT } from './exit-codes';
import { CommandLine, type CliAnswer } from './testing/command-line';

const REGISTER = ['run', 'incident', 'RegisterIncident', '--actor', 'li.w'] as const;
const FIELDS = [
  ...['--description', 'Outlook keeps messages in the outbox.'],
  ...['--channel', 'phone', '--caller', 'nadia.k', '--service', 'mail'],
] as const;

// The first call loads every verb's libraries.

let desk: CommandLine;

beforeEach(async () => {
  desk = await CommandLine.open();
});

afterEach(() => desk.close());

async function registered(): Promise<string> {
  const { number } = await desk.json(...REGISTER, ...FIELDS);
  return String(number);
}

const typesOf = ({ events }: Record<string, unknown>): readonly unknown[] =>
  (events as readonly { readonly type: string }[]).map(({ type }) => type);

describe('run on a data folder', () => {
  it('begins a ticket, works on it by its number, and shows it', async () => {
    const begun = await desk.json(...REGISTER, ...FIELDS, '--impact', '2', '--urgency', '2');
    expect(begun).toMatchObject({ number: 'INC-000001', state: 'new', repeated: false });
    const taken = await desk.json(
      ...['run', 'incident', 'take', 'INC-000001', '--group', 'messaging', '--actor', 'li.w'],
    );
    expect(taken).toMatchObject({ state: 'in-progress' });
    const shown = await desk.json('show', 'INC-000001');
    expect(shown).toMatchObject({ state: { priority: 3, assignee: 'li.w' } });
    const { entries } = await desk.json('history', 'INC-000001', '--limit', '1');
    expect(entries).toMatchObject([
      { actor: 'li.w', origin: { kind: 'cli', id: 'run incident RegisterIncident' } },
    ]);
  });

  it('takes a body as JSON, with options before it', async () => {
    const body = JSON.stringify({
      description: 'Stuck.',
      channel: 'phone',
      caller: 'nadia.k',
      service: 'mail',
    });
    const dry = await desk.run(...REGISTER, '--json-body', body, '--caller', 'omar.s');
    expect(dry.exitCode).toBe(EXIT.ok);
    expect(await desk.json('show', 'INC-000001')).toMatchObject({ state: { caller: 'omar.s' } });
  });

  it('names people what was recorded', async () => {
    const { stdout } = await desk.run(...REGISTER, ...FIELDS);
    expect(stdout).toMatch(/^INC-000001 {2}new {2}revision 0\n[^]*IncidentRegistered +0\n$/);
  });

  it('shows the events of a dry run and records none, also while an engine has the folder', async () => {
    const number = await registered();
    // Looking for a number brings every list level, as an engine would.
    await desk.run('show', 'INC-000099');
    const before = await desk.json('stats');
    const engine = await openEventStore({ dir: desk.dir });
    const dry = await desk
      .json('run', 'incident', 'take', number, '--group', 'messaging', '--dry-run')
      .finally(() => engine.close());
    expect(typesOf(dry)).toEqual(['IncidentAssigned', 'IncidentWorkStarted']);
    expect(await desk.json('stats')).toEqual(before);
    const { stdout } = await desk.run(...REGISTER, ...FIELDS, '--dry-run');
    expect(stdout).toMatch(/^INC-000000 [^]*nothing was recorded[^]*IncidentRegistered/);
  });

  it('has one effect for one key', async () => {
    await desk.json(...REGISTER, ...FIELDS, '--key', 'call-17');
    const again = await desk.json(...REGISTER, ...FIELDS, '--key', 'call-17');
    expect(again).toMatchObject({ number: 'INC-000001', repeated: true });
  });

  it('points to --url while an engine has the folder', async () => {
    const engine = await openEventStore({ dir: desk.dir });
    const { exitCode, stderr } = await desk
      .run(...REGISTER, ...FIELDS)
      .finally(() => engine.close());
    expect(exitCode).toBe(EXIT.unavailable);
    expect(stderr).toContain('--url http://');
  });

  it('says that nobody answers at an address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.close();
    await once(server, 'close');
    const answer = await desk.run(...REGISTER, ...FIELDS, '--url', url, '--json');
    expect(answer.exitCode).toBe(EXIT.unavailable);
    expect(JSON.parse(answer.stderr)).toMatchObject({ code: 'unavailable.engine' });
  });

  it('names the key under which to send again where the answer is lost', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await desk.run(...REGISTER, ...FIELDS, '--url', url, '--key', 'k-1', '--json');
    server.close();
    expect(JSON.parse(answer.stderr)).toMatchObject({
      code: 'unknown-outcome.answer-lost',
      detail: expect.stringContaining('--key k-1') as string,
    });
  });
});

describe('run that goes wrong', () => {
  let refused: CommandLine;

  beforeAll(async () => {
    refused = await CommandLine.open();
    await refused.json(...REGISTER, ...FIELDS);
  });

  afterAll(() => refused.close());

  it.each<[string, readonly string[], number, string]>([
    ['a refusal', ['close', 'INC-000001'], EXIT.found, 'refused.state'],
    [
      'a stale revision',
      ['take', 'INC-000001', '--if-match', '7'],
      EXIT.unavailable,
      'conflict.revision-pinned',
    ],
    ['a wrong field', ['resolve', 'INC-000001', '--code', 'magic'], EXIT.usage, 'invalid.command'],
    ['a ticket that is not there', ['take', 'INC-000099'], EXIT.missing, 'missing.ticket'],
    ['no ticket', ['take'], EXIT.usage, 'malformed.command-line'],
    [
      'an unknown field',
      ['take', 'INC-000001', '--colour', 'red'],
      EXIT.usage,
      'malformed.command-line',
    ],
    ['an unknown command', ['vanish', 'INC-000001'], EXIT.usage, 'malformed.command-line'],
    [
      'JSON that is none',
      ['take', 'INC-000001', '--json-body', '{'],
      EXIT.usage,
      'malformed.option',
    ],
    [
      'JSON that is no object',
      ['take', 'INC-000001', '--json-body', '[]'],
      EXIT.usage,
      'malformed.option',
    ],
    [
      'an internal command',
      ['RecordIncidentChild', 'INC-000001'],
      EXIT.usage,
      'malformed.command-line',
    ],
  ])('answers %s with its exit code and error code', async (_, words, exitCode, code) => {
    const answer = await refused.run('run', 'incident', ...words, '--json');
    expect(answer).toMatchObject({ exitCode, stdout: '' });
    expect(JSON.parse(answer.stderr.split('\n').at(-2) ?? '')).toMatchObject({ code, exitCode });
  });
});

describe('run --help', () => {
  const help = (...words: readonly string[]): Promise<CliAnswer> =>
    desk.run('run', ...words, '--help');

  it('lists the processes', async () => {
    const { exitCode, stdout } = await help();
    expect(exitCode).toBe(EXIT.ok);
    expect(stdout).toMatch(/ {2}incident +\S/);
    expect(stdout).toMatch(/ {2}configuration-item +\S/);
  });

  it('lists the commands of a process, under both names', async () => {
    const { stdout } = await help('incident');
    expect(stdout).toMatch(/ResolveIncident\|resolve/);
    expect(stdout).not.toContain('RecordIncidentChild');
  });

  it('lists the fields of a command with their words, and an example', async () => {
    const { stdout } = await help('incident', 'resolve');
    expect(stdout).toMatch(/--code <word> +required; one of solved-permanently/);
    expect(stdout).toMatch(/Example:\n +ledgerdesk run incident ResolveIncident INC-000042 --json/);
  });
});
