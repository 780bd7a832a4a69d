import { ManualClock } from '@ledgerdesk/engine/testing';
import { runCli } from '../../apps/cli/run-cli';
import { mailIncident, startEngineUnderTest, type EngineUnderTest } from './engine-under-test';

// Goal: `ledgerdesk flows` and `why` show and mend what is stuck, over REST beside a running engine
// and on the folder alone. Method: the command line runs in this process on a real engine's folder.

const FAMILY = 'parent-to-children';
const INCIDENTS = '/api/v1/incidents';

let engine: EngineUnderTest;
let families = 0;

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
});

afterAll(async () => {
  await engine.close();
});

interface Family {
  readonly parent: string;
  readonly untaken: string;
}

/** A parent whose resolution is stuck at a child that nobody has taken. */
async function stuckFamily(): Promise<Family> {
  families += 1;
  // Many of one service would be a major incident.
  const body = { ...mailIncident, service: `mail-${families}` };
  const register = async (): Promise<string> =>
    String((await engine.post(INCIDENTS, { body })).body['id']);
  const [parent, untaken] = [await register(), await register()];
  await send(parent, 'take', { group: 'desk' });
  await send(untaken, 'set-parent', { parent });
  const resolution = { code: 'other', notes: 'Restarted.', withChildren: true };
  await send(parent, 'resolve', resolution);
  await engine.flowsIdle();
  return { parent, untaken };
}

async function send(id: string, route: string, body: object): Promise<void> {
  const answer = await engine.post(`${INCIDENTS}/${id}/${route}`, { body });
  expect(answer).toMatchObject({ status: 200 });
}

interface CliAnswer {
  readonly exitCode: number;
  readonly text: string;
}

async function cli(...args: readonly string[]): Promise<CliAnswer> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await runCli(args, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: { DATA_DIR: engine.dataDir },
    signal: new AbortController().signal,
  });
  return { exitCode, text: written.stdout || written.stderr };
}

async function json(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse((await cli(...args, '--json')).text) as Readonly<Record<string, unknown>>;
}

const overRest = (): readonly string[] => ['--url', engine.url];

describe('ledgerdesk flows', () => {
  it('says the same over REST and from the folder beside a running engine', async () => {
    const { parent } = await stuckFamily();
    for (const where of [[], overRest()]) {
      expect(await json('flows', 'list', ...where)).toMatchObject({
        items: expect.arrayContaining([
          expect.objectContaining({ name: FAMILY, open: 1, parked: 1 }),
        ]),
      });
      expect(
        await json('flows', 'instances', FAMILY, '--status', 'parked', ...where),
      ).toMatchObject({
        items: [{ key: parent, waitingFor: { kind: 'person', code: 'refused.state' } }],
      });
      expect(await json('flows', 'show', FAMILY, parent, ...where)).toMatchObject({
        status: 'parked',
        steps: ['resolve child'],
      });
      expect(await json('flows', 'timers', '--limit', '1', ...where)).toMatchObject({
        items: [{ flow: 'incident-auto-close', key: parent }],
      });
    }
  });

  it('lets a person mend it over REST, and points there while an engine has the folder', async () => {
    const { parent, untaken } = await stuckFamily();
    await send(untaken, 'take', { group: 'desk' });
    const retry = ['flows', 'retry', FAMILY, parent, '--actor', 'olga', '--reason', 'It is taken.'];
    expect(await cli(...retry)).toMatchObject({
      exitCode: 4,
      text: expect.stringContaining('--url'),
    });
    expect(await json(...retry, ...overRest())).toMatchObject({ parking: null });
    await engine.flowsIdle();
    const { text } = await cli('flows', 'show', FAMILY, parent);
    expect(text).toMatch(/FlowRetried +olga/);
    expect(text).toContain('waits for');
    expect((await cli('flows', 'retry', FAMILY, parent, ...overRest())).exitCode).toBe(1);
  });

  it('is mended on the folder while no engine runs; the next one follows it up', async () => {
    const { parent } = await stuckFamily();
    await engine.restart(async () => {
      const skip = ['flows', 'skip', FAMILY, parent, '--reason', 'By hand.', '--actor', 'olga'];
      expect(await json(...skip)).toMatchObject({ status: 'open', parking: null });
      const move = ['flows', 'move-timer', 'incident-auto-close', parent, 'AutoCloseDue'];
      const due = ['--due-at', '2025-12-31T00:00:00Z', '--reason', 'Now.', '--actor', 'olga'];
      expect(await json(...move, ...due)).toMatchObject({ waitingFor: { kind: 'timer' } });
    });
    await engine.flowsIdle();
    expect((await engine.get(`${INCIDENTS}/${parent}`)).body).toMatchObject({ state: 'closed' });
  });

  it('compensates from a step that it took, and says which there are for another', async () => {
    const { parent } = await stuckFamily();
    const compensate = ['flows', 'compensate', FAMILY, parent, '--reason', 'No.', ...overRest()];
    expect(await json(...compensate, '--step', 'none')).toMatchObject({
      code: 'refused.flow-step',
      steps: ['resolve child'],
    });
    expect(await json(...compensate, '--step', 'resolve child')).toMatchObject({
      status: 'completed',
    });
  });

  it('replays without a difference, and tells what a back-test would have done', async () => {
    await stuckFamily();
    expect(await json('flows', 'replay', FAMILY)).toMatchObject({ differenceCount: 0 });
    expect((await cli('flows', 'replay', FAMILY)).exitCode).toBe(0);
    expect(await json('flows', 'backtest', FAMILY)).toMatchObject({
      commandCounts: { 'incident ResolveIncident': expect.any(Number) },
      faultCount: 0,
    });
    expect((await cli('flows', 'backtest', FAMILY)).text).toContain('incident ResolveIncident');
  });

  it.each([
    [['flows', 'show', 'none', 'x'], 3, 'missing.flow'],
    [['flows', 'replay', 'none'], 3, 'missing.flow'],
    [['flows', 'instances', FAMILY, '--status', 'done'], 2, 'malformed.option'],
    [['flows', 'list', '--url', 'nowhere'], 2, 'malformed.option'],
    [['flows', 'list', '--url', 'http://127.0.0.1:1'], 4, 'unavailable.engine'],
    [['flows', 'skip', FAMILY, 'x'], 2, 'malformed.command-line'],
  ])('says what is wrong with %j', async (args, exitCode, code) => {
    const answer = await cli(...args, '--json');
    expect([answer.exitCode, JSON.parse(answer.text)]).toMatchObject([exitCode, { code }]);
  });
});

describe('ledgerdesk why', () => {
  it('shows the chain to the first cause and what followed as a tree', async () => {
    const { parent } = await stuckFamily();
    await engine.advance(7 * 86_400_000);
    const { body } = await engine.get(`${INCIDENTS}/${parent}`);
    const number = String(
      (body['state'] as { number?: string } | undefined)?.number ?? body['number'],
    );
    const { text, exitCode } = await cli('why', number);
    expect(exitCode).toBe(0);
    expect(text.split('\n')).toEqual([
      'a person began it',
      expect.stringMatching(/^\S+ {2}IncidentResolved {2}INC-\d+ {2}by li\.w$/),
      expect.stringMatching(/^└─ \S+ {2}TimerSet /),
      expect.stringMatching(/^ {3}└─ \S+ {2}TimerElapsed /),
      expect.stringMatching(
        /IncidentClosed {2}INC-\d+ {2}by flow:incident-auto-close {3}<-- this$/,
      ),
      ...Array.from({ length: text.split('\n').length - 5 }, (): unknown => expect.any(String)),
    ]);
    expect(await json('why', number, '--event', 'revision:0')).toMatchObject({
      event: { type: 'IncidentRegistered' },
      firstCause: 'person',
    });
  });

  it('asks a running engine with --url, by number or id', async () => {
    const { parent } = await stuckFamily();
    const { body } = await engine.get(`${INCIDENTS}/${parent}`);
    const first = { event: { type: 'IncidentRegistered' }, firstCause: 'person' };
    for (const ticket of [String(body['number']), parent]) {
      const found = await json('why', ticket, '--event', 'revision:0', ...overRest());
      expect(found).toMatchObject(first);
    }
    const nobody = '01890000-0000-7000-8000-000000000000';
    const missing = await cli('why', nobody, '--json', ...overRest());
    expect([missing.exitCode, missing.text]).toEqual([
      3,
      expect.stringContaining('missing.ticket'),
    ]);
  });
});
