import { connect } from 'node:net';
import {
  INCIDENTS,
  incidentDeskOf,
  mailIncident,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';
import { silentFeedClient, untilCutOff } from './silent-feed-client';

const FEED_STALL_MS = 300;

let engine: EngineUnderTest;

beforeAll(async () => {
  const limits = { feedStallMs: FEED_STALL_MS, feedClientsMax: 2, blobBytesMax: 64 * 1024 };
  // What flows make of many like incidents would be taken for an effect of what is refused here.
  engine = await startEngineUnderTest(limits, { flows: [] });
});

afterAll(async () => {
  await engine.close();
});

async function head(): Promise<unknown> {
  return (await engine.get('/api/v1/events?limit=1')).body['head'];
}

const { registered } = incidentDeskOf(() => engine);

/** A problem document of this code that gives nothing of the inside away. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: `urn:ledgerdesk:problem:${code}`,
    status,
    code,
    title: expect.stringMatching(/./),
    detail: expect.stringMatching(/./),
    instance: expect.stringMatching(/./),
  });
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.(?:ts|js):\d|at \w+ \(|sqlite/i);
}

/** The same, of a request that must leave the log as it was. */
async function expectNothingWritten(
  send: () => Promise<Answer>,
  status: number,
  code: string,
): Promise<Answer> {
  const before = await head();
  const answer = await send();
  expectProblem(answer, status, code);
  expect(await head()).toBe(before);
  return answer;
}

describe('a body that is no valid command', () => {
  it.each([
    ['cut off', '{"description":'],
    ['a bare word', 'hello'],
    ['two values', '{} {}'],
    ['not a number', '{"impact":NaN}'],
  ])('is answered 400 when it is no JSON: %s', async (_, body) => {
    await expectNothingWritten(() => engine.post(INCIDENTS, { body }), 400, 'malformed.json');
  });

  it.each([['[]'], ['"text"'], ['7'], ['null']])(
    'is answered 400 when it is JSON but no object: %s',
    async (body) => {
      await expectNothingWritten(() => engine.post(INCIDENTS, { body }), 400, 'malformed.body');
    },
  );

  it('is answered 422 with each unknown field named', async () => {
    const body = { ...mailIncident, colour: 'red', isAdmin: true };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body });
    const answer = await expectNothingWritten(send, 422, 'invalid.command');
    const fields = (answer.body['errors'] as { field: string }[]).map((e) => e.field);
    expect(fields).toEqual(expect.arrayContaining(['colour', 'isAdmin']));
  });

  it('is answered 422 with each field of a wrong type named', async () => {
    const body = { description: 7, channel: 'pigeon', caller: ['bob'], service: {}, impact: '2' };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body });
    const answer = await expectNothingWritten(send, 422, 'invalid.command');
    const fields = (answer.body['errors'] as { field: string }[]).map((e) => e.field);
    expect(new Set(fields)).toEqual(
      new Set(['description', 'channel', 'caller', 'service', 'impact', 'urgency']),
    );
  });

  it.each([
    ['__proto__', '{"__proto__":{"isAdmin":true}}'],
    ['constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ['toString', '{"toString":"x"}'],
  ])('is answered 422 when it reaches for a prototype: %s', async (_, body) => {
    await expectNothingWritten(() => engine.post(INCIDENTS, { body }), 422, 'invalid.json-text');
    expect({}).not.toHaveProperty('isAdmin');
  });

  it.each([
    ['a NUL', '{"description":"a\\u0000b"}'],
    ['half a surrogate pair', '{"description":"\\ud800"}'],
    ['one name twice', '{"description":"a","description":"b"}'],
    ['nested without end', `{"description":${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('is answered 422 when its JSON is a trap: %s', async (_, body) => {
    await expectNothingWritten(() => engine.post(INCIDENTS, { body }), 422, 'invalid.json-text');
  });

  it('is answered 413 when its title has 2 MB', async () => {
    const body = { ...mailIncident, title: 'x'.repeat(2 * 1024 * 1024) };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body });
    await expectNothingWritten(send, 413, 'limit.body-size');
  });

  it('is answered 422 when its title is only longer than a title may be', async () => {
    const body = { ...mailIncident, title: 'x'.repeat(201) };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body });
    const answer = await expectNothingWritten(send, 422, 'invalid.command');
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field: 'title' })]);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=latin1'],
  ])('is answered 415 when it is sent as %s', async (type) => {
    const headers = { 'content-type': type };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body: '{}', headers });
    await expectNothingWritten(send, 415, 'malformed.media-type');
  });

  it('is answered 400 when it is not UTF-8', async () => {
    const response = await fetch(engine.url + INCIDENTS, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-actor': 'li.w' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'malformed.json' });
  });
});

describe('a command at the wrong time or place', () => {
  it('is answered 409 with what the state allows', async () => {
    const id = await registered();
    const send = (): Promise<Answer> => engine.post(`${INCIDENTS}/${id}/close`);
    const answer = await expectNothingWritten(send, 409, 'refused.state');
    expect(answer.body).toMatchObject({ state: 'new', command: 'CloseIncident' });
    expect(answer.body['allowed']).toContain('AssignIncident');
  });

  it.each([
    ['an id that nobody has', '01890000-0000-7000-8000-000000000000'],
    ['a number that nobody has', 'INC-999999'],
    ['neither id nor number', '%00..%2f'],
  ])('is answered 404 for %s', async (_, id) => {
    const path = `${INCIDENTS}/${id}`;
    await expectNothingWritten(() => engine.post(`${path}/close`), 404, 'missing.ticket');
    expectProblem(await engine.get(path), 404, 'missing.ticket');
    expectProblem(await engine.get(`${path}/history`), 404, 'missing.ticket');
  });

  it('is answered 404 for a command that does not exist', async () => {
    const id = await registered();
    const send = (): Promise<Answer> => engine.post(`${INCIDENTS}/${id}/explode`);
    await expectNothingWritten(send, 404, 'missing.route');
  });

  it('is answered 404 for a command that only the engine itself sends', async () => {
    const id = await registered();
    const send = (): Promise<Answer> => engine.post(`${INCIDENTS}/${id}/record-child`);
    await expectNothingWritten(send, 404, 'missing.route');
  });

  it('is answered 405 with the methods that there are', async () => {
    const response = await fetch(engine.url + INCIDENTS, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(await response.json()).toMatchObject({ code: 'malformed.method' });
  });

  it.each([
    ['POST', '/api/v1/incident', 404, 'missing.route'],
    ['PUT', INCIDENTS, 405, 'malformed.method'],
  ])(
    'is answered by where it goes, whatever its body is: %s %s',
    async (method, path, status, code) => {
      const response = await fetch(engine.url + path, {
        method,
        body: new URLSearchParams({ a: 'b' }),
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code });
    },
  );

  it('is answered 401 when nobody says who sends it', async () => {
    const headers = { 'x-actor': '' };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body: mailIncident, headers });
    await expectNothingWritten(send, 401, 'denied.actor-missing');
  });

  it.each([
    ['idempotency-key', 'two words'],
    ['if-match', 'W/"0"'],
    ['if-match', '0'],
    ['if-match', '"-1"'],
    ['x-correlation-id', 'x'.repeat(201)],
    ['x-on-behalf-of', 'caf\u00e9'],
  ])('is answered 400 for a malformed header: %s: %s', async (name, value) => {
    const id = await registered();
    const send = (): Promise<Answer> =>
      engine.post(`${INCIDENTS}/${id}/edit-title`, {
        body: { title: 'x' },
        headers: { [name]: value },
      });
    await expectNothingWritten(send, 400, 'malformed.header');
  });

  it('is answered 422 when it claims to have happened in the future', async () => {
    const headers = { 'x-occurred-at': '2999-01-01T00:00:00Z' };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body: mailIncident, headers });
    await expectNothingWritten(send, 422, 'invalid.occurred-at');
  });
});

describe('two clients at one ticket', () => {
  it('are told by 412, with the present ETag, that theirs is stale', async () => {
    const id = await registered();
    await engine.post(`${INCIDENTS}/${id}/edit-title`, { body: { title: 'Newer' } });
    const send = (): Promise<Answer> =>
      engine.post(`${INCIDENTS}/${id}/edit-title`, {
        body: { title: 'Mine' },
        headers: { 'if-match': '"0"' },
      });
    const answer = await expectNothingWritten(send, 412, 'conflict.revision-pinned');
    expect(answer.headers.get('etag')).toBe('"1"');
    expect((await engine.get(`${INCIDENTS}/${id}`)).body['title']).toBe('Newer');
  });

  it('cannot both resolve it: one does, the other is refused with what is possible now', async () => {
    const id = await registered({ assignmentGroup: 'messaging', startWork: true });
    const resolve = (actor: string): Promise<Answer> =>
      engine.post(`${INCIDENTS}/${id}/resolve`, {
        body: { code: 'solved-permanently', notes: `Done by ${actor}.` },
        headers: { 'x-actor': actor },
      });
    const answers = await Promise.all([resolve('ann'), resolve('bob')]);
    const refused = answers.find(({ status }) => status !== 200);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expectProblem(refused as Answer, 409, 'refused.state');
    expect(refused?.body['allowed']).toContain('CloseIncident');
    const history = await engine.get(`${INCIDENTS}/${id}/history`);
    const types = (history.body['entries'] as { type: string }[]).map((e) => e.type);
    expect(types.filter((type) => type === 'IncidentResolved')).toHaveLength(1);
  });

  it('cannot use one Idempotency-Key for two different things', async () => {
    const headers = { 'idempotency-key': 'the-same-key' };
    await engine.post(INCIDENTS, { body: mailIncident, headers });
    const body = { ...mailIncident, description: 'Something else.' };
    const send = (): Promise<Answer> => engine.post(INCIDENTS, { body, headers });
    await expectNothingWritten(send, 422, 'invalid.command-id-reused');
  });
});

describe('a query that cannot be served', () => {
  it.each([
    ['a negative limit', 'limit=-1', 'limit'],
    ['no limit at all', 'limit=0', 'limit'],
    ['a limit beyond the bound', 'limit=1001', 'limit'],
    ['a limit that is no number', 'limit=many', 'limit'],
    ['two limits', 'limit=1&limit=2', 'limit'],
    ['a filter on a field without index', 'symptom=smoke', 'symptom'],
    ['a filter on the inside of the read model', 'facts=x', 'facts'],
    ['a sort by a field without index', 'sort=symptom', 'sort'],
    ['a number that is none', 'priority=high', 'priority'],
    ['a position that is none', 'minPosition=-5', 'minPosition'],
    ['a wait without end', 'minPosition=1&minPositionTimeoutMs=600000', 'minPositionTimeoutMs'],
  ])('is answered 422 for %s', async (_, query, field) => {
    const answer = await engine.get(`${INCIDENTS}?${query}`);
    expectProblem(answer, 422, 'invalid.query');
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
  });

  it.each([
    ['a field without index', '{"symptom":"smoke"}'],
    ['an operator that is not served', '{"state":{"$regex":"n.*"}}'],
    ['code', '{"$where":"1"}'],
    ['a wrong type', '{"priority":{"$gt":"high"}}'],
  ])('is answered 422 for a filter with %s', async (_, filter) => {
    const answer = await engine.get(`${INCIDENTS}?filter=${encodeURIComponent(filter)}`);
    expectProblem(answer, 422, 'invalid.query');
  });

  it('is answered 400 for a filter that is no JSON, and 422 for a cursor of another query', async () => {
    expectProblem(await engine.get(`${INCIDENTS}?filter={`), 400, 'malformed.json');
    expectProblem(await engine.get(`${INCIDENTS}?cursor=abc`), 422, 'invalid.query');
  });

  it('is answered 422 for parameters that the route does not know', async () => {
    expectProblem(await engine.get(`${INCIDENTS}/board?colour=red`), 422, 'invalid.query');
    expectProblem(await engine.get('/api/v1/events?types=NoSuchEvent'), 422, 'invalid.query');
  });

  it('is answered 400 for an instant that is none', async () => {
    const id = await registered();
    expectProblem(await engine.get(`${INCIDENTS}/${id}?at=yesterday`), 400, 'malformed.instant');
  });
});

describe('what is too much', () => {
  it('is a bulk of more than 500 rows: 413', async () => {
    const body = Array.from({ length: 501 }, () => ({ command: 'register', body: mailIncident }));
    const send = (): Promise<Answer> => engine.post(`${INCIDENTS}/bulk`, { body });
    await expectNothingWritten(send, 413, 'limit.bulk-size');
  });

  it('is a blob beyond the bound: 413, and nothing of it is kept', async () => {
    const response = await fetch(`${engine.url}/api/v1/blobs`, {
      method: 'POST',
      headers: { 'x-actor': 'li.w' },
      body: Buffer.alloc(256 * 1024, 1),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'limit.blob-size' });
  });

  it('is a header of 20 kB: 431', async () => {
    const response = await fetch(engine.url + INCIDENTS, {
      headers: { 'x-padding': 'x'.repeat(20_000) },
    });
    expect(response.status).toBe(431);
    expect(await response.json()).toMatchObject({ code: 'limit.header-size' });
  });

  it('is a line that is no HTTP: 400', async () => {
    const socket = connect(Number(new URL(engine.url).port), '127.0.0.1');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.write('this is not http\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('urn:ledgerdesk:problem:malformed.request');
  });
});

describe('a client of the live feed that never reads', () => {
  it('is cut off, while the engine goes on and others are served', async () => {
    await fillLog(8 * 1024 * 1024);
    const silent = silentFeedClient(engine.url);
    await untilCutOff(engine.url);
    silent.destroy();
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toContain('ledgerdesk_feed_clients 0');
    expect(metrics).toMatch(/ledgerdesk_feed_cut_off [1-9]/);
    expect(engine.errors).toEqual([]);
  });

  it('does not keep more than the bound of others away, who are told to come back: 429', async () => {
    const abort = new AbortController();
    const open = (): Promise<Response> =>
      fetch(`${engine.url}/api/v1/events`, {
        headers: { accept: 'text/event-stream' },
        signal: abort.signal,
      });
    const [first, second] = [await open(), await open()];
    const third = await open();
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect(third.headers.get('retry-after')).toBe('1');
    expect(await third.json()).toMatchObject({ code: 'limit.feed-clients' });
    abort.abort();
  });
});

/** So much text that no socket buffer between two processes takes it all. */
async function fillLog(bytes: number): Promise<void> {
  const text = 'x'.repeat(31_000);
  const id = await registered();
  const rows = Math.ceil(bytes / text.length / 30);
  for (let request = 0; request < rows; request += 1) {
    const body = Array.from({ length: 30 }, () => ({
      command: 'add-note',
      ticket: id,
      body: { text, visibility: 'internal' },
    }));
    const answer = await engine.post(`${INCIDENTS}/bulk`, { body });
    expect(answer.body['rejected']).toBe(0);
  }
}
