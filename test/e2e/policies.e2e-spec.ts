import { ManualClock } from '@ledgerdesk/engine/testing';
import { mailIncident, startEngineUnderTest, type EngineUnderTest } from './engine-under-test';

const DAY_MS = 86_400_000;
const reason = 'The service desk asked for it.';

type Row = Readonly<Record<string, unknown>>;

describe('policies over HTTP', () => {
  let desk: EngineUnderTest;
  let clock: ManualClock;

  beforeAll(async () => {
    clock = new ManualClock();
    desk = await startEngineUnderTest({}, { clock });
  });

  afterAll(() => desk.close());

  const post = async (path: string, body: object, status: number): Promise<Row> => {
    const answer = await desk.post(`/api/v1/${path}`, { body });
    expect(answer).toMatchObject({ status });
    return answer.body;
  };
  // Whichever test comes first: the policy is there afterwards.
  const introduce = async (policy: string): Promise<string> => {
    const { status, body } = await desk.post('/api/v1/policies', { body: { policy, reason } });
    expect([201, 409]).toContain(status);
    return String(status === 201 ? body['id'] : body['ticket']);
  };
  const adopt = async (id: string, preset: string): Promise<void> => {
    const path = `/api/v1/policies/${id}/adopt-preset`;
    const { status, body } = await desk.post(path, { body: { preset, reason } });
    if (status !== 200) expect(body).toMatchObject({ code: 'refused.no-change' });
  };
  const register = async (levels: object = {}): Promise<string> =>
    String((await post('incidents', { ...mailIncident, ...levels }, 201))['id']);
  const derivation = async (id: string): Promise<Row | undefined> => {
    const { body } = await desk.get(`/api/v1/incidents/${id}/history`);
    return (body['entries'] as readonly Row[]).findLast(
      ({ type }) => type === 'IncidentPriorityDerived',
    );
  };
  const catalogue = async (policy: string): Promise<Row | undefined> => {
    const { body } = await desk.get('/api/v1/policy-catalogue');
    return (body['items'] as readonly Row[]).find((item) => item['policy'] === policy);
  };

  it('lets a new matrix decide from its publication on, and changes nothing before', async () => {
    const matrix = await introduce('priority-matrix');
    await adopt(matrix, 'servicenow-3x3');
    const before = await catalogue('priority-matrix');
    const old = await register({ impact: 1, urgency: 2 });
    const asItWas = (await desk.get(`/api/v1/incidents/${old}`)).body;
    await adopt(matrix, 'glpi-5x5');
    const young = await register({ impact: 1, urgency: 2 });

    const { name, version } = before?.['inForce'] as { name: string; version: number };
    expect(await derivation(old)).toMatchObject({
      policies: [{ name, version }],
      data: { priority: 2 },
    });
    expect(await derivation(young)).toMatchObject({
      policies: [{ name: 'priority-matrix', version: version + 1 }],
      data: { priority: 1 },
    });
    expect((await desk.get(`/api/v1/incidents/${old}`)).body).toEqual(asItWas);
    const atThatTime = await desk.get(`/api/v1/incidents/${old}?at=revision:1`);
    expect(atThatTime.body).toMatchObject({ priority: 2 });
  });

  it.each([
    ['itop-3x4', { impact: 1, urgency: 4 }, 4, { impact: 4, urgency: 1 }],
    ['glpi-5x5', { impact: 5, urgency: 5 }, 5, { impact: 6, urgency: 1 }],
    ['servicenow-3x3', { impact: 3, urgency: 3 }, 5, { impact: 1, urgency: 4 }],
  ])('takes the levels of %s and no others', async (preset, levels, priority, beyond) => {
    await adopt(await introduce('priority-matrix'), preset);
    const id = await register(levels);
    expect(await derivation(id)).toMatchObject({ data: { ...levels, priority } });
    const refused = await post('incidents', { ...mailIncident, ...beyond }, 409);
    expect(refused).toMatchObject({ code: 'refused.priority-level' });
    const { body } = await desk.post(`/api/v1/incidents/${id}/prioritise`, { body: beyond });
    expect(body).toMatchObject({ code: 'refused.priority-level' });
  });

  it('refuses a wrong value with each fault, and an unknown policy with those there are', async () => {
    const matrix = await introduce('priority-matrix');
    const value = { impacts: ['all'], urgencies: ['now', 'later'], priorities: [[1]] };
    expect(await post(`policies/${matrix}/propose-version`, { value, reason }, 409)).toMatchObject({
      code: 'refused.policy-value',
      faults: ['value.priorities[0] has a cell for each of the 2 urgencies'],
    });
    const long = 'x'.repeat(70_000);
    await post(`policies/${matrix}/propose-version`, { value: long, reason }, 422);
    expect(await post('policies', { policy: 'lunch-menu', reason }, 409)).toMatchObject({
      code: 'refused.unknown-policy',
      policies: expect.arrayContaining(['change-models', 'incident-auto-close', 'teams']),
    });
    expect(await post('policies', { policy: 'priority-matrix', reason }, 409)).toMatchObject({
      code: 'refused.exists',
    });
  });

  it('tells what may be set, by whom it is used, and the presets that there are', async () => {
    expect(await catalogue('priority-matrix')).toMatchObject({
      usedBy: expect.arrayContaining(['incident', 'problem']),
      presets: { 'itop-3x4': expect.anything(), 'glpi-5x5': expect.anything() },
    });
    expect(await catalogue('verification-period')).toMatchObject({
      usedBy: ['problem'],
      inForce: { version: 1, value: { days: 7 }, isPublished: false },
    });
    expect(await catalogue('change-models')).toMatchObject({
      presets: {
        'normal-standard-emergency': {
          models: { normal: expect.anything(), standard: expect.anything(), emergency: {} },
        },
      },
    });
    const id = await introduce('custom-fields');
    expect(await catalogue('custom-fields')).toMatchObject({ id, inForce: { isPublished: true } });
    const { body } = await desk.get(`/api/v1/policies/${id}`);
    expect(body).toMatchObject({ policy: 'custom-fields', version: 1, state: 'in-force' });
  });

  it('lets a proposal take effect at its time, through a restart', async () => {
    const id = await introduce('reopen-window');
    const value = { days: 1 };
    await post(`policies/${id}/propose-version`, { value, reason }, 200);
    const effectiveFrom = new Date(clock.now().getTime() + DAY_MS).toISOString();
    await post(`policies/${id}/publish`, { effectiveFrom }, 200);
    expect(await catalogue('reopen-window')).toMatchObject({ inForce: { version: 1 } });
    await desk.restart();
    expect(await catalogue('reopen-window')).toMatchObject({ inForce: { version: 1 } });
    clock.advance(DAY_MS);
    expect(await catalogue('reopen-window')).toMatchObject({ inForce: { version: 2, value } });
    await post(`policies/${id}/retire`, { reason }, 200);
    expect(await catalogue('reopen-window')).toMatchObject({
      inForce: { name: 'reopen-window', version: 1, isPublished: false },
    });
  });

  it('moves the period of a flow, and leaves a period that runs as it was decided', async () => {
    const early = await register();
    await resolve(early);
    await desk.flowsIdle();
    const id = await introduce('incident-auto-close');
    await post(`policies/${id}/propose-version`, { value: { days: 2 }, reason }, 200);
    await post(`policies/${id}/publish`, {}, 200);
    const late = await register();
    await resolve(late);
    await desk.advance(2 * DAY_MS);
    expect(await stateOf(late)).toBe('closed');
    expect(await stateOf(early)).toBe('resolved');
    await desk.restart();
    const afterwards = await register();
    await resolve(afterwards);
    await desk.advance(5 * DAY_MS);
    expect(await stateOf(early)).toBe('closed');
    expect(await stateOf(afterwards)).toBe('closed');
  });

  async function resolve(id: string): Promise<void> {
    await post(`incidents/${id}/take`, { group: 'mail' }, 200);
    const body = { code: 'solved-permanently', notes: 'The queue was restarted.' };
    await post(`incidents/${id}/resolve`, body, 200);
  }

  async function stateOf(id: string): Promise<unknown> {
    return (await desk.get(`/api/v1/incidents/${id}`)).body['state'];
  }
});
