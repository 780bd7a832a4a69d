import {
  incidentDeskOf,
  INCIDENTS,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest();
});

afterAll(async () => {
  await engine.close();
});

const { registered, command, ticket } = incidentDeskOf(() => engine);

const occurred = (time: string) => ({ 'x-occurred-at': time });

const errorsOf = ({ body }: Answer) =>
  (body['errors'] as readonly { readonly field: string; readonly rule?: string }[]).map(
    ({ field, rule = '' }) => `${field} ${rule}`,
  );

describe('a position that the log has not reached', () => {
  it.each(['?at=', '/history?at=', '/diff?from=', '/diff?from=revision:0&to='])(
    'is refused as %s',
    async (query) => {
      const id = await registered();
      const { body } = await engine.get('/api/v1/events?limit=1');
      const head = BigInt(String(body['head']));
      const ask = (position: bigint) =>
        engine.get(`${INCIDENTS}/${id}${query}position:${position}`);
      expect((await ask(head)).status).toBe(200);
      const refused = await ask(head + 1_000_000n);
      expect(refused.status).toBe(422);
      expect(refused.body).toMatchObject({ code: 'invalid.instant' });
    },
  );
});

describe('a field that is missing', () => {
  it('is told once, and not as too long besides', async () => {
    const answer = await engine.post(INCIDENTS, { body: { channel: 'phone', caller: 'bob' } });
    expect(answer.status).toBe(422);
    expect(errorsOf(answer)).toEqual(['description isString', 'service requiredIf']);
  });
});

describe('what belongs to a hold', () => {
  it.each([{ holdComment: 'Which version?' }, { holdReference: 'CHG-000001' }])(
    'is not taken where nothing is held: %j',
    async (extra) => {
      const body = { description: 'x', channel: 'phone', caller: 'bob', service: 'mail', ...extra };
      const answer = await engine.post(INCIDENTS, { body });
      expect(answer.status).toBe(422);
      expect(errorsOf(answer)).toEqual([`${Object.keys(extra)[0] ?? ''} absentIf`]);
    },
  );
});

describe('times', () => {
  it('of a move are not before the last one, and those of a note may be', async () => {
    const { body } = await engine.post(INCIDENTS, {
      body: { description: 'x', channel: 'phone', caller: 'bob', service: 'mail' },
      headers: occurred('2026-01-01T08:00:00Z'),
    });
    const id = String(body['id']);
    await command(id, 'take', { group: 'messaging' }, occurred('2026-01-01T10:00:00Z'));
    const between = await engine.post(`${INCIDENTS}/${id}/resolve`, {
      body: { code: 'solved-permanently', notes: 'Restarted.' },
      headers: occurred('2026-01-01T09:00:00Z'),
    });
    expect(between.status).toBe(422);
    expect(between.body).toMatchObject({
      code: 'invalid.occurred-at',
      earliest: '2026-01-01T10:00:00.000Z',
    });
    const note = { text: 'The caller rang.', visibility: 'internal' };
    await command(id, 'add-note', note, occurred('2026-01-01T09:00:00Z'));
    const resolution = { code: 'solved-permanently', notes: 'Restarted.' };
    await command(id, 'resolve', resolution, occurred('2026-01-01T10:00:00Z'));
    expect(await ticket(id)).toMatchObject({ state: 'resolved' });
  });

  it.each(['impactBeganAt', 'impactEndedAt'])('of the impact stay past: %s', async (field) => {
    const id = await registered();
    const answer = await engine.post(`${INCIDENTS}/${id}/correct`, {
      body: { field, value: '2999-01-01T00:00:00Z', reason: 'Audit.' },
    });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'refused.correction-value', field });
    await command(id, 'correct', { field, value: '2020-01-01T00:00:00Z', reason: 'Audit.' });
  });
});

describe('an attachment', () => {
  it('has the size of its content', async () => {
    const id = await registered();
    const answer = await fetch(`${engine.url}/api/v1/blobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'x-actor': 'li.w' },
      body: 'hello',
    });
    const { digest, sizeBytes } = (await answer.json()) as { digest: string; sizeBytes: number };
    const file = { digest, name: 'a.txt', mediaType: 'text/plain' };
    const wrong = await engine.post(`${INCIDENTS}/${id}/attach`, {
      body: { ...file, sizeBytes: 6 },
    });
    expect(wrong.status).toBe(409);
    expect(wrong.body).toMatchObject({ code: 'refused.blob-size', sizeBytes: 5 });
    await command(id, 'attach', { ...file, sizeBytes });
  });
});

describe('a key that was used on another ticket', () => {
  it('names another command, as the key belongs to its ticket', async () => {
    const [one, other] = [await registered(), await registered()];
    const key = { 'idempotency-key': 'same-key' };
    const first = await command(one, 'take', { group: 'messaging' }, key);
    const second = await command(other, 'take', { group: 'messaging' }, key);
    const again = await command(one, 'take', { group: 'messaging' }, key);
    expect([first, second, again].map(({ body }) => body['repeated'])).toEqual([
      false,
      false,
      true,
    ]);
  });
});
