import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '@ledgerdesk/engine/testing';
import {
  mailIncident,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';

const DAY_MS = 86_400_000;
const INCIDENTS = '/api/v1/incidents';
const FAMILIES = '/api/v1/flows/parent-to-children/instances';
const CLOSINGS = '/api/v1/flows/incident-auto-close/instances';

let engine: EngineUnderTest;

const start = async (): Promise<void> => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
};
const stop = (): Promise<void> => engine.close();

async function command(id: string, route: string, body: object = {}): Promise<Answer> {
  const answer = await engine.post(`${INCIDENTS}/${id}/${route}`, { body });
  expect(answer).toMatchObject({ status: 200 });
  return answer;
}

async function register(): Promise<string> {
  return String((await engine.post(INCIDENTS, { body: mailIncident })).body['id']);
}

async function taken(): Promise<string> {
  const id = await register();
  await command(id, 'take', { group: 'desk' });
  return id;
}

async function stateOf(id: string): Promise<unknown> {
  return (await engine.get(`${INCIDENTS}/${id}`)).body['state'];
}

const resolution = { code: 'other', notes: 'Restarted.' };

/** The read models of a new engine are open, and the last look at them says so. */
async function ready(): Promise<void> {
  while ((await engine.get('/ready')).status !== 200) await nextTurn();
}

/** A parent whose resolution is stuck at a child that nobody has taken. */
async function stuckFamily(): Promise<{ parent: string; resolved: string; untaken: string }> {
  const [parent, resolved, untaken] = [await taken(), await taken(), await register()];
  for (const child of [resolved, untaken]) await command(child, 'set-parent', { parent });
  await command(parent, 'resolve', { ...resolution, withChildren: true });
  await engine.flowsIdle();
  return { parent, resolved, untaken };
}

async function items(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await engine.get(path);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body['items'] as readonly Readonly<Record<string, unknown>>[];
}

describe('an instance that is stuck', () => {
  beforeEach(start);
  afterEach(stop);

  it('is listed with what it waits for and since when, and shows in health and metrics', async () => {
    await ready();
    expect((await engine.get('/health')).body).toMatchObject({ status: 'ok' });
    const { parent, untaken } = await stuckFamily();
    expect(await items('/api/v1/flows')).toContainEqual(
      expect.objectContaining({ name: 'parent-to-children', open: 1, parked: 1, lagEvents: '0' }),
    );
    expect(await items(`${FAMILIES}?status=parked`)).toEqual([
      expect.objectContaining({
        key: parent,
        status: 'parked',
        waitingFor: expect.objectContaining({
          kind: 'person',
          code: 'refused.state',
          attempts: 1,
          wayOut: expect.stringContaining('retry'),
        }),
        since: '2026-01-01T00:00:00.000Z',
      }),
    ]);
    expect(await items(`${FAMILIES}?status=open`)).toEqual([]);
    const shown = await engine.get(`${FAMILIES}/${parent}`);
    expect(shown.body).toMatchObject({
      status: 'parked',
      steps: ['resolve child'],
      commands: [{ status: 'accepted' }, { status: 'parked', ticket: untaken }],
    });
    expect((await engine.get('/health')).body).toMatchObject({
      status: 'degraded',
      flows: { status: 'degraded', parked: 1, failure: null },
    });
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toContain(
      'ledgerdesk_flow_instances{flow="parent-to-children",status="parked"} 1',
    );
    expect(metrics).toContain(
      'ledgerdesk_flow_commands_total{flow="parent-to-children",outcome="refused"} 1',
    );
    expect(metrics).toContain('ledgerdesk_flow_lag_events 0');
  });

  it('goes on when a person has mended the cause and lets it retry', async () => {
    const { parent, untaken } = await stuckFamily();
    await command(untaken, 'take', { group: 'desk' });
    const answer = await engine.post(`${FAMILIES}/${parent}/retry`, {
      body: { reason: 'It is taken now.' },
    });
    expect(answer).toMatchObject({ status: 200, body: { parking: null } });
    await engine.flowsIdle();
    expect(await stateOf(untaken)).toBe('resolved');
    const { body } = await engine.get(`${FAMILIES}/${parent}`);
    expect(body['history']).toContainEqual(
      expect.objectContaining({
        type: 'FlowRetried',
        actor: 'li.w',
        data: expect.objectContaining({ reason: 'It is taken now.' }),
      }),
    );
    expect((await engine.get('/health')).body).toMatchObject({ status: 'ok' });
  });

  it('goes on without the command that a person skips', async () => {
    const { parent, untaken } = await stuckFamily();
    const body = { reason: 'Handled by hand.' };
    await engine.post(`${FAMILIES}/${parent}/skip`, { body });
    await engine.flowsIdle();
    expect(await stateOf(untaken)).toBe('new');
    expect(await items(`${FAMILIES}?status=open`)).toMatchObject([
      { key: parent, waitingFor: { kind: 'event' } },
    ]);
  });

  it('undoes what it did from a step on, and ends', async () => {
    const { parent, resolved } = await stuckFamily();
    expect(await stateOf(resolved)).toBe('resolved');
    const body = { step: 'resolve child', reason: 'Resolved by mistake.' };
    await engine.post(`${FAMILIES}/${parent}/compensate`, { body });
    await engine.flowsIdle();
    expect(await stateOf(resolved)).toBe('in-progress');
    expect((await engine.get(`${FAMILIES}/${parent}`)).body).toMatchObject({
      status: 'completed',
      waitingFor: null,
    });
  });

  it('stays as it is at each wrong step, which says what would be right', async () => {
    const { parent, resolved } = await stuckFamily();
    const path = `${FAMILIES}/${parent}`;
    const reason = 'Because.';
    const wrong: readonly (readonly [string, unknown, number, object])[] = [
      [`${path}/skip`, {}, 422, { errors: [{ field: 'reason' }] }],
      [`${path}/skip`, { reason: ' ' }, 422, { code: 'invalid.flow-reason' }],
      [`${path}/skip`, { reason, step: 'x' }, 422, { errors: [{ field: 'step' }] }],
      [`${path}/retry`, [], 400, { code: 'malformed.body' }],
      [`${path}/retry?force=1`, {}, 422, { code: 'invalid.query' }],
      [
        `${path}/compensate`,
        { step: 'none', reason },
        409,
        { code: 'refused.flow-step', steps: ['resolve child'] },
      ],
      [`${FAMILIES}/${resolved}/retry`, {}, 404, { code: 'missing.flow-instance' }],
      [`/api/v1/flows/none/instances/${parent}/retry`, {}, 404, { code: 'missing.flow' }],
      [
        `${path}/timers/None/move`,
        { dueAt: '2026-03-02T08:00:00Z', reason },
        404,
        { code: 'missing.flow-timer', timers: [] },
      ],
      [`${path}/timers/None/move`, { dueAt: 'soon', reason }, 422, { code: 'invalid.due-time' }],
    ];
    for (const [url, body, status, problem] of wrong) {
      const answer = await engine.post(url, { body });
      expect([url, answer]).toMatchObject([url, { status, body: problem }]);
    }
    const anonymous = await engine.post(`${path}/retry`, { headers: { 'x-actor': '' } });
    expect(anonymous).toMatchObject({ status: 401, body: { code: 'denied.actor-missing' } });
    expect(await engine.get(`${FAMILIES}?status=done`)).toMatchObject({ status: 422 });
    expect(await engine.get(`${FAMILIES}?cursor=none`)).toMatchObject({ status: 422 });
    expect((await engine.get(path)).body).toMatchObject({ status: 'parked' });
    await engine.post(`${path}/retry`);
    await engine.flowsIdle();
    await engine.post(`${path}/skip`, { body: { reason } });
    expect(await engine.post(`${path}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'refused.flow-not-parked' },
    });
  });
});

describe('a timer', () => {
  beforeAll(start);
  afterAll(stop);

  it('is listed by when it falls due, and moved by a person who says why', async () => {
    const [first, second] = [await taken(), await taken()];
    await command(first, 'resolve', resolution);
    await engine.advance(DAY_MS);
    await command(second, 'resolve', resolution);
    await engine.flowsIdle();
    const timers = '/api/v1/flow-timers?flow=incident-auto-close';
    expect(await items(timers)).toMatchObject([
      { key: first, timer: 'AutoCloseDue', dueAt: '2026-01-08T00:00:00.000Z' },
      { key: second, timer: 'AutoCloseDue', dueAt: '2026-01-09T00:00:00.000Z' },
    ]);
    const body = { dueAt: '2026-01-03T02:00:00+01:00', reason: 'The caller has confirmed it.' };
    const moved = await engine.post(`${CLOSINGS}/${second}/timers/AutoCloseDue/move`, { body });
    expect(moved).toMatchObject({
      status: 200,
      body: { waitingFor: { kind: 'timer', dueAt: '2026-01-03T01:00:00.000Z' } },
    });
    await engine.flowsIdle();
    expect(await items(`${timers}&limit=1`)).toMatchObject([{ key: second }]);
    await engine.advance(DAY_MS + 3_600_000);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['resolved', 'closed']);
  });

  it('falls due at once where it is moved into the past', async () => {
    const id = await taken();
    await command(id, 'resolve', resolution);
    await engine.flowsIdle();
    const body = { dueAt: '2025-12-31T00:00:00Z', reason: 'Close it now.' };
    await engine.post(`${CLOSINGS}/${id}/timers/AutoCloseDue/move`, { body });
    await engine.flowsIdle();
    expect(await stateOf(id)).toBe('closed');
  });
});

describe('why', () => {
  beforeAll(start);
  afterAll(stop);

  interface Link {
    readonly type: string;
    readonly actor: string;
    readonly number: string | null;
    readonly effects: readonly Link[];
  }
  const types = (links: unknown): readonly string[] =>
    (links as readonly Link[]).flatMap(({ type, effects }) => [type, ...types(effects)]);

  it('leads from a closed incident back to who resolved it, and forward again', async () => {
    const id = await taken();
    await command(id, 'resolve', resolution);
    await engine.advance(7 * DAY_MS);
    // What is recorded now stands in the log behind all that the flow did.
    const { position } = (await engine.post(INCIDENTS, { body: mailIncident })).body;
    const back = await engine.get(`${INCIDENTS}/${id}/why?minPosition=${String(position)}`);
    expect(back).toMatchObject({
      status: 200,
      body: {
        event: { type: 'IncidentClosed', actor: 'flow:incident-auto-close', number: 'INC-000001' },
        causes: [
          { type: 'TimerElapsed', number: null },
          { type: 'TimerSet' },
          { type: 'IncidentResolved', actor: 'li.w', number: 'INC-000001' },
        ],
        firstCause: 'person',
        isCut: false,
      },
    });
    const [, , resolved] = back.body['causes'] as readonly { id: string; revision: string }[];
    const forward = await engine.get(`${INCIDENTS}/INC-000001/why?event=${resolved?.id}`);
    expect(types(forward.body['effects'])).toContain('IncidentClosed');
    const byRevision = `${INCIDENTS}/${id}/why?event=revision:${resolved?.revision}`;
    expect((await engine.get(byRevision)).body).toEqual(forward.body);
    expect((await engine.get(`${byRevision}&limit=1`)).body).toMatchObject({ isCut: true });
    const near = await engine.get(`${byRevision}&depth=1`);
    expect(near.body['effects']).toContainEqual(
      expect.objectContaining({ type: 'TimerSet', effects: [], isCut: true }),
    );
  });

  it('ends at a message from outside where a client names the cause', async () => {
    const headers = { 'x-causation-id': 'mail-4711' };
    const { body } = await engine.post(INCIDENTS, { body: mailIncident, headers });
    expect((await engine.get(`${INCIDENTS}/${String(body['id'])}/why`)).body).toMatchObject({
      causes: [],
      firstCause: 'message',
      event: { causationId: 'mail-4711' },
    });
  });

  it.each([
    ['event=none', 404, 'missing.event'],
    ['event=revision:99', 404, 'missing.event'],
    ['depth=0', 422, 'invalid.query'],
    ['because=x', 422, 'invalid.query'],
  ])('says what is wrong with ?%s', async (query, status, code) => {
    const id = await register();
    const answer = await engine.get(`${INCIDENTS}/${id}/why?${query}`);
    expect(answer).toMatchObject({ status, body: { code } });
  });
});
