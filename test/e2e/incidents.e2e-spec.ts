import { createHash } from 'node:crypto';
import {
  INCIDENTS,
  incidentDeskOf,
  mailIncident,
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

const { register, registered, command } = incidentDeskOf(() => engine);

async function state(id: string): Promise<unknown> {
  return (await engine.get(`${INCIDENTS}/${id}`)).body['state'];
}

describe('an incident from the call to its end', () => {
  it('is registered, taken, put on hold, resumed, resolved and closed', async () => {
    const answer = await register({ impact: 2, urgency: 2, assignmentGroup: 'messaging' });
    const id = String(answer.body['id']);
    expect(answer.headers.get('location')).toBe(`${INCIDENTS}/${id}`);
    expect(answer.headers.get('etag')).toBe(`"${String(answer.body['revision'])}"`);
    expect(answer.body['number']).toMatch(/^INC-\d{6}$/);

    await command(id, 'take');
    expect(await state(id)).toBe('in-progress');
    await command(id, 'hold', { reason: 'awaiting-caller', comment: 'Which version?' });
    expect(await state(id)).toBe('on-hold');
    await command(id, 'resume', { cause: 'caller-reply' });
    await command(id, 'resolve', { code: 'solved-permanently', notes: 'The relay was restarted.' });
    const closed = await command(id, 'close', { comment: 'Caller agreed.' });
    expect(closed.body['state']).toBe('closed');

    const ticket = await engine.get(`${INCIDENTS}/${id}`);
    expect(ticket.body).toMatchObject({ id, state: 'closed', priority: 3, assignee: 'li.w' });
  });

  it('comes back when the caller disputes, and counts it', async () => {
    const id = await registered({ assignmentGroup: 'messaging' });
    await command(id, 'take');
    await command(id, 'resolve', { code: 'solved-permanently', notes: 'Restarted.' });
    await command(id, 'reopen', { reason: 'The error came back.' });
    const ticket = await engine.get(`${INCIDENTS}/${id}`);
    expect(ticket.body).toMatchObject({ state: 'in-progress', reopenCount: 1 });
  });

  it('is addressed by its number as by its id', async () => {
    const { body } = await register();
    const byNumber = await engine.get(`${INCIDENTS}/${String(body['number'])}`);
    expect(byNumber.body['id']).toBe(body['id']);
    const noted = await command(String(body['number']), 'add-note', {
      text: 'By number.',
      visibility: 'internal',
    });
    expect(noted.body['id']).toBe(body['id']);
  });

  it('carries notes, time and a correction of a fact', async () => {
    const id = await registered({ category: 'email' });
    await command(id, 'add-note', { text: 'Only on Wi-Fi.', visibility: 'internal' });
    await command(id, 'edit-note', { note: 1, text: 'Only on the guest Wi-Fi.' });
    await command(id, 'log-time', { minutes: 25, comment: 'Remote session.' });
    await command(id, 'correct', { field: 'category', value: 'network', reason: 'Review.' });
    const ticket = await engine.get(`${INCIDENTS}/${id}`);
    expect(ticket.body['category']).toBe('network');
    expect(JSON.stringify(ticket.body['notes'])).toContain('Only on the guest Wi-Fi.');
  });

  it('takes an attachment that was uploaded before, and gives it back unchanged', async () => {
    const content = Buffer.from('%PDF-1.7 not really');
    const upload = await fetch(`${engine.url}/api/v1/blobs`, {
      method: 'POST',
      headers: { 'x-actor': 'li.w', 'content-type': 'application/json' },
      body: content,
    });
    const digest = createHash('sha256').update(content).digest('hex');
    expect(upload.status).toBe(201);
    expect(await upload.json()).toEqual({ digest, sizeBytes: content.length });

    const id = await registered();
    await command(id, 'attach', {
      digest,
      name: 'proof.pdf',
      mediaType: 'application/pdf',
      sizeBytes: content.length,
    });
    const download = await fetch(`${engine.url}/api/v1/blobs/${digest}`);
    expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
    expect(download.headers.get('content-type')).toBe('application/octet-stream');
    expect(download.headers.get('content-disposition')).toContain('attachment');
    expect(download.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is tied to a parent, split, and marked a duplicate', async () => {
    const parent = await registered({ title: 'Relay down' });
    const child = await registered();
    await command(child, 'set-parent', { parent });
    expect((await engine.get(`${INCIDENTS}/${child}`)).body['parent']).toBe(parent);
    expect(JSON.stringify((await engine.get(`${INCIDENTS}/${parent}`)).body)).toContain(child);

    const split = await engine.post(`${INCIDENTS}/${parent}/split`, {
      body: { title: 'Calendar', description: 'Reported together.' },
    });
    expect(split.status).toBe(201);
    expect(split.body['id']).not.toBe(parent);
    expect(split.headers.get('location')).toBe(`${INCIDENTS}/${String(split.body['id'])}`);

    const twin = await registered();
    await command(twin, 'mark-duplicate', { original: parent });
    expect(await state(twin)).toBe('cancelled');
  });
});

describe('a command that is sent again', () => {
  it('gives the first answer, marked as replayed, and appends nothing', async () => {
    const headers = { 'idempotency-key': 'order-4711' };
    const first = await register({}, headers);
    const again = await register({}, headers);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.body).toEqual({ ...first.body, repeated: true });
  });

  it('has one effect when both sendings arrive at the same time', async () => {
    const headers = { 'idempotency-key': 'order-4712' };
    const [one, other] = await Promise.all([register({}, headers), register({}, headers)]);
    expect(one.body['id']).toBe(other.body['id']);
    const history = await engine.get(`${INCIDENTS}/${String(one.body['id'])}/history`);
    expect(history.body['entries']).toHaveLength(1);
  });

  it('gets a key from the server when it brought none', async () => {
    const { headers, body } = await register();
    expect(headers.get('idempotency-key')).toBe(body['commandId']);
  });
});

describe('reading with an ETag', () => {
  it('answers 304 while nothing has changed, and 200 after', async () => {
    const id = await registered();
    const path = `${INCIDENTS}/${id}`;
    const etag = (await engine.get(path)).headers.get('etag') ?? '';
    expect((await engine.get(path, { 'if-none-match': etag })).status).toBe(304);
    expect((await engine.get(path, { 'if-none-match': `W/${etag}` })).status).toBe(304);
    await command(id, 'edit-title', { title: 'Another' });
    expect((await engine.get(path, { 'if-none-match': etag })).status).toBe(200);
  });

  it('lets a writer who pins the present revision through', async () => {
    const { headers, body } = await register();
    const answer = await engine.post(`${INCIDENTS}/${String(body['id'])}/edit-title`, {
      body: { title: 'Pinned' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    expect(answer.status).toBe(200);
  });
});

describe('the past of an incident', () => {
  it('is told event by event, with who, when, and field by field from what to what', async () => {
    const id = await registered({ title: 'Mail' });
    await command(id, 'edit-title', { title: 'Mail stays in the outbox' });
    const { body } = await engine.get(`${INCIDENTS}/${id}/history`);
    const entries = body['entries'] as readonly Record<string, unknown>[];
    expect(entries.map(({ type }) => type)).toEqual(['IncidentRegistered', expect.any(String)]);
    expect(entries[1]).toMatchObject({ actor: 'li.w', revision: '1', origin: { kind: 'api' } });
    expect(JSON.stringify(entries[1]?.['changes'])).toContain('Mail stays in the outbox');
  });

  it('comes in pages', async () => {
    const id = await registered();
    for (const text of ['one', 'two', 'three']) {
      await command(id, 'add-note', { text, visibility: 'internal' });
    }
    const first = await engine.get(`${INCIDENTS}/${id}/history?limit=3`);
    expect(first.body['entries']).toHaveLength(3);
    expect(first.body['nextAfter']).toBe('2');
    const second = await engine.get(`${INCIDENTS}/${id}/history?limit=3&after=2`);
    expect(second.body['entries']).toHaveLength(1);
    expect(second.body['nextAfter']).toBeNull();
  });

  it('can be looked at as of a revision, and compared', async () => {
    const id = await registered({ title: 'Before' });
    await command(id, 'edit-title', { title: 'After' });
    const then = await engine.get(`${INCIDENTS}/${id}?at=revision:0`);
    expect(then.body).toMatchObject({ title: 'Before', revision: '0' });
    const diff = await engine.get(`${INCIDENTS}/${id}/diff?from=revision:0`);
    expect(diff.body).toMatchObject({ fromRevision: '0', toRevision: '1' });
    expect(JSON.stringify(diff.body['changes'])).toContain('After');
  });

  it('says when the ticket was not there yet', async () => {
    const id = await registered();
    const answer = await engine.get(`${INCIDENTS}/${id}?at=2001-01-01T00:00:00%2B01:00`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'missing.ticket-at' } });
  });

  it('places a late entry at its business time', async () => {
    const answer = await register({}, { 'x-occurred-at': '2020-02-03T04:05:06Z' });
    const { body } = await engine.get(`${INCIDENTS}/${String(answer.body['id'])}/history`);
    expect((body['entries'] as readonly object[])[0]).toMatchObject({
      occurredAt: '2020-02-03T04:05:06.000Z',
    });
  });
});

describe('what may come next', () => {
  it('is listed with its routes', async () => {
    const id = await registered();
    const { body } = await engine.get(`${INCIDENTS}/${id}/allowed-commands`);
    const commands = body['commands'] as readonly { command: string; path: string }[];
    const names = commands.map(({ command: name }) => name);
    expect(names).toContain('AssignIncident');
    expect(names).not.toContain('CloseIncident');
    expect(commands.find(({ command: name }) => name === 'AssignIncident')?.path).toBe(
      `${INCIDENTS}/${id}/assign`,
    );
  });
});

describe('many commands in one request', () => {
  it('each have a result of their own, in the order of the rows', async () => {
    const id = await registered();
    const answer = await engine.post(`${INCIDENTS}/bulk`, {
      body: [
        { command: 'register', body: mailIncident },
        { command: 'EditIncidentTitle', ticket: id, body: { title: 'One' } },
        { command: 'edit-title', ticket: id, body: { title: 'Two' }, expectedRevision: '1' },
        { command: 'close', ticket: id },
        { command: 'resolve', ticket: id, body: { code: 'magic' } },
        { command: 'dance', ticket: id },
        { command: 'edit-title', ticket: 'INC-999999', body: { title: 'Nobody' } },
      ],
      headers: { 'idempotency-key': 'bulk-1' },
    });
    expect(answer.status).toBe(200);
    const results = answer.body['results'] as readonly {
      row: number;
      status: number;
      body: Record<string, unknown>;
    }[];
    expect(results.map(({ status }) => status)).toEqual([201, 200, 200, 409, 422, 422, 404]);
    expect(results.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(results[2]?.body['revision']).toBe('2');
    expect(results[3]?.body['allowed']).toContain('AssignIncident');
    expect(answer.body).toMatchObject({ accepted: 3, rejected: 4 });
    expect(answer.headers.get('idempotency-key')).toBe('bulk-1');
  });

  it('have no second effect when the request is sent again', async () => {
    const request = {
      body: [{ command: 'register', body: mailIncident }],
      headers: { 'idempotency-key': 'bulk-2' },
    };
    const first = await engine.post(`${INCIDENTS}/bulk`, request);
    const again = await engine.post(`${INCIDENTS}/bulk`, request);
    const idOf = ({ body }: Answer): unknown =>
      (body['results'] as readonly { body: { id: string } }[])[0]?.body.id;
    expect(idOf(again)).toBe(idOf(first));
  });
});
