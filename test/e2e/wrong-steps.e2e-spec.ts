import { ManualClock } from '@ledgerdesk/engine/testing';
import {
  mailIncident,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';

// Goal: whoever takes a wrong step over REST is told what there is instead. Method: the answers to
// paths, fields, instants and headers that are none.

const INCIDENTS = '/api/v1/incidents';

let engine: EngineUnderTest;
let incident: string;

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
  incident = String((await engine.post(INCIDENTS, { body: mailIncident })).body['id']);
});

afterAll(() => engine.close());

function expectProblem(answer: Answer, status: number, code: string): string {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status, code });
  return String(answer.body['detail']);
}

describe('a path that leads nowhere', () => {
  it.each([
    ['/api/v1/tickets', 'below /api/v1 there is', 'incidents'],
    ['/api/v1/incidents/INC-000001/explode', 'below /api/v1/incidents/INC-000001', 'history'],
    ['/api/v1/flows/incident-auto-close/instances/x/y', 'instances/x there is', 'retry'],
  ])('is answered with what there is: %s', async (path, where, available) => {
    const answer = await engine.get(path);
    expect(expectProblem(answer, 404, 'missing.route')).toContain(where);
    expect(answer.body['available']).toContain(available);
  });

  it('points to the description of the interface where nothing of it is known', async () => {
    const answer = await engine.get('/nowhere');
    expect(expectProblem(answer, 404, 'missing.route')).toContain('/openapi.json');
    expect(answer.body).not.toHaveProperty('available');
  });

  it('is told the commands where only the method is wrong', async () => {
    const response = await fetch(`${engine.url}${INCIDENTS}/${incident}`, { method: 'PATCH' });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({
      allowed: ['GET', 'HEAD'],
      commands: expect.arrayContaining(['edit-title', 'resolve']),
    });
  });

  it.each([
    ['cannot be decoded', '%zz'],
    ['is too long', 'a'.repeat(300)],
  ])('is a problem document where it %s', async (_, part) => {
    const answer = await engine.get(`${INCIDENTS}/${part}`);
    expectProblem(answer, 400, 'malformed.url');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('a field that there is not', () => {
  const errorsOf = async (path: string, body: object): Promise<unknown> => {
    const answer = await engine.post(`/api/v1/${path}`, { body });
    expectProblem(answer, 422, 'invalid.command');
    return answer.body['errors'];
  };

  it('is answered with those that there are', async () => {
    expect(await errorsOf(`incidents/${incident}/escalate`, { to: 'x', colour: 1 })).toContainEqual(
      {
        field: 'colour',
        message: 'there is no field colour here; there is kind, to, reason',
        rule: 'whitelistValidation',
      },
    );
  });

  it('is so in a list within a command, too', async () => {
    const freeze = { title: 'Freeze', kind: 'hard', reason: 'r', entries: [{ startsAt: 'x' }] };
    expect(await errorsOf('freeze-windows', freeze)).toContainEqual(
      expect.objectContaining({
        field: 'entries/0/startsAt',
        message: 'there is no field startsAt here; there is start, end',
      }),
    );
  });

  it('is named as what it is where a filter is no JSON', async () => {
    const answer = await engine.get(`${INCIDENTS}?filter=x`);
    expect(expectProblem(answer, 400, 'malformed.json')).toContain('filter is not JSON');
  });
});

describe('an instant that is not there yet', () => {
  it.each(['?at=revision:99', '/history?at=revision:99', '/diff?from=revision:0&to=revision:99'])(
    'is refused with the last revision: %s',
    async (query) => {
      const answer = await engine.get(`${INCIDENTS}/${incident}${query}`);
      expect(expectProblem(answer, 422, 'invalid.instant')).toContain('the ticket stands at');
      expect(answer.body).toMatchObject({ revision: '99', last: expect.stringMatching(/^\d+$/) });
    },
  );

  it.each(['?at=2001-01-01', '/history?at=2001-01-01', '/diff?from=2001-01-01&to=2001-01-02'])(
    'is refused with since when the ticket is there, where that was later: %s',
    async (query) => {
      const answer = await engine.get(`${INCIDENTS}/${incident}${query}`);
      expect(expectProblem(answer, 404, 'missing.ticket-at')).toMatch(/is there since \d{4}-/);
    },
  );

  it('is waited for where only a read model is behind', async () => {
    const server = {
      ciClass: 'server',
      identification: ['SN-1'],
      attributes: { name: 'relay-1' },
    };
    const { body } = await engine.post('/api/v1/configuration-items', { body: server });
    const item = `/api/v1/configuration-items/${String(body['id'])}`;
    for (const view of ['graph', 'impact']) {
      const noted = await engine.post(`${item}/add-note`, {
        body: { text: view, visibility: 'internal' },
      });
      const position = String(noted.body['position']);
      const shown = await engine.get(`${item}/${view}?at=position:${position}`);
      expect(shown.status).toBe(200);
      expect(BigInt(String(shown.body['position']))).toBeGreaterThanOrEqual(BigInt(position));
    }
  });
});

describe('an act on a flow', () => {
  it.each(['if-match', 'idempotency-key'])('takes no %s', async (header) => {
    const answer = await engine.post('/api/v1/flows/incident-auto-close/instances/x/skip', {
      body: { reason: 'r' },
      headers: { [header]: '"1"' },
    });
    expect(expectProblem(answer, 400, 'malformed.header')).toContain(header);
  });
});
