import {
  mailIncident,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';

// Goal: a dry run tells over HTTP what a command would do, and does none of it. Method: each test
// looks at the head of the log before and behind the dry run, then sends the command for real.

const INCIDENTS = '/api/v1/incidents';

interface DryRunEvent {
  readonly type: string;
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
}

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest();
});

afterAll(async () => {
  await engine.close();
});

async function head(): Promise<unknown> {
  await engine.flowsIdle();
  return (await engine.get('/api/v1/events?limit=1')).body['head'];
}

async function registered(): Promise<string> {
  const answer = await engine.post(INCIDENTS, { body: mailIncident });
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}

/** The answer of a dry run, which left the log as it was. */
async function dryRun(path: string, body: unknown, headers = {}): Promise<Answer> {
  const before = await head();
  const answer = await engine.post(`${path}?dryRun=true`, { body, headers });
  expect(await head()).toBe(before);
  return answer;
}

const eventsOf = ({ body }: Answer): readonly DryRunEvent[] =>
  body['events'] as readonly DryRunEvent[];

describe('a dry run over HTTP', () => {
  it('shows the events of a new ticket, with neither number nor place', async () => {
    const dry = await dryRun(INCIDENTS, { ...mailIncident, impact: 2, urgency: 2 });
    expect(dry.status).toBe(200);
    expect(dry.headers.get('location')).toBeNull();
    expect(dry.headers.get('etag')).toBeNull();
    expect(dry.body).toMatchObject({ dryRun: true, number: 'INC-000000', state: 'new' });
    expect(eventsOf(dry)).toMatchObject([
      { type: 'IncidentRegistered', data: { caller: 'nadia.k' } },
      { type: 'IncidentPriorityDerived', data: { priority: 3 } },
    ]);
  });

  it('gives what the command then records, and leaves its Idempotency-Key unused', async () => {
    const id = await registered();
    const headers = { 'idempotency-key': 'take-once' };
    const dry = await dryRun(`${INCIDENTS}/${id}/take`, { group: 'messaging' }, headers);
    const real = await engine.post(`${INCIDENTS}/${id}/take`, {
      body: { group: 'messaging' },
      headers,
    });
    expect(real.body).toMatchObject({ repeated: false });
    const typesOf = (answer: Answer): unknown => eventsOf(answer).map(({ type }) => type);
    expect(typesOf(dry)).toEqual(typesOf(real));
    const { state, revision } = real.body;
    expect(dry.body).toMatchObject({ state, revision });
    const again = await dryRun(`${INCIDENTS}/${id}/take`, { group: 'messaging' }, headers);
    expect(again.body).toMatchObject({ repeated: true, events: [] });
  });

  it('shows what companions would record on other tickets', async () => {
    const [parent, child] = [await registered(), await registered()];
    const dry = await dryRun(`${INCIDENTS}/${child}/set-parent`, { parent });
    expect(eventsOf(dry).map(({ type, stream }) => [type, stream])).toEqual([
      ['IncidentChildRecorded', `incident-${parent}`],
      ['IncidentParentSet', `incident-${child}`],
    ]);
  });

  it('is refused where the command would be, with what is allowed instead', async () => {
    const id = await registered();
    const dry = await dryRun(`${INCIDENTS}/${id}/close`, {});
    expect(dry.status).toBe(409);
    expect(dry.body).toMatchObject({ code: 'refused.state' });
    expect(dry.body['allowed']).toContain('TakeIncident');
    const stale = await dryRun(`${INCIDENTS}/${id}/take`, {}, { 'if-match': '"7"' });
    expect(stale.status).toBe(412);
  });

  it('gives each row of a bulk request its own result', async () => {
    const id = await registered();
    const rows = [
      { command: 'RegisterIncident', body: mailIncident },
      { command: 'take', ticket: id, body: { group: 'messaging' } },
      { command: 'close', ticket: id },
    ];
    const dry = await dryRun(`${INCIDENTS}/bulk`, rows);
    expect(dry.body).toMatchObject({
      accepted: 2,
      rejected: 1,
      results: [
        { row: 0, status: 200, body: { dryRun: true } },
        { row: 1, status: 200, body: { dryRun: true, state: 'in-progress' } },
        { row: 2, status: 409, body: { code: 'refused.state' } },
      ],
    });
  });

  it.each(['dryrun=true', 'dryRun=yes', 'dry-run'])(
    'records nothing where it is mistyped as %s',
    async (query) => {
      const id = await registered();
      const before = await head();
      const answer = await engine.post(`${INCIDENTS}/${id}/take?${query}`, {
        body: { group: 'messaging' },
      });
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'invalid.query' });
      expect(await head()).toBe(before);
    },
  );
});
