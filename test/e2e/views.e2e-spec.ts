import { processes } from '@ledgerdesk/processes';
import {
  mailIncident,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { flows: [] });
});

afterAll(async () => {
  await engine.close();
});

/** Position of the last command: what every view is asked to have come to. */
let position = '0';

async function send(path: string, body: object = {}, at?: string): Promise<Answer['body']> {
  const headers = at === undefined ? {} : { 'x-occurred-at': at };
  const answer = await engine.post(`/api/v1/${path}`, { body, headers });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  position = String(answer.body['position']);
  return answer.body;
}

async function idOf(path: string, body: object, at?: string): Promise<string> {
  return String((await send(path, body, at))['id']);
}

async function view(path: string): Promise<Answer['body']> {
  const wait = `${path.includes('?') ? '&' : '?'}minPosition=${position}`;
  const answer = await engine.get(`/api/v1/${path}${wait}`);
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  return answer.body;
}

const rows = (body: Answer['body'], name = 'items'): readonly Record<string, unknown>[] =>
  body[name] as readonly Record<string, unknown>[];

function registerServer(name: string, at = '2026-01-01T00:00:00Z'): Promise<string> {
  const attributes = { name, owner: 'ada', criticality: 'high', memoryGigabytes: 64 };
  const body = { ciClass: 'server', identification: [`SN-${name}`], attributes };
  return idOf('configuration-items', { ...body, state: 'in-production' }, at);
}

function relate(item: string, type: string, target: string, at: string): Promise<unknown> {
  const body = { correction: 'add', type, target, reason: 'Left out.' };
  return send(`configuration-items/${item}/correct-relation`, body, at);
}

describe('the list of each process', () => {
  it('is there, and takes what it may be asked for', async () => {
    for (const { plural, lifecycle } of processes) {
      const state = Object.keys(lifecycle.states).at(-1) ?? '';
      const list = await view(`${plural}?state=${state}&sort=-updatedAt&count=true`);
      expect(list).toMatchObject({ items: [], total: 0, nextCursor: null });
      const odd = await engine.get(`/api/v1/${plural}?colour=red`);
      expect(odd).toMatchObject({ status: 422, body: { code: 'invalid.query' } });
    }
  });
});

describe('the work list', () => {
  it('has the tickets of all processes, found by words, fields and the filter language', async () => {
    const incident = await idOf('incidents', { ...mailIncident, title: 'Zeppelin cannot dock' });
    const problem = await idOf('problems', {
      origin: 'proactive',
      trend: 'Every Monday.',
      title: 'Zeppelin docks fail',
      statement: 'The dock takes no zeppelin.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
    });
    const found = await view('work?q=zeppelin&sort=process&count=true');
    expect(found).toMatchObject({ total: 2, nextCursor: null });
    expect(rows(found)).toMatchObject([
      { id: incident, process: 'incident', stateCategory: 'open', title: 'Zeppelin cannot dock' },
      { id: problem, process: 'problem', stateCategory: 'open', priority: expect.any(Number) },
    ]);
    expect(rows(found)[0]).not.toHaveProperty('facts');
    const one = await view('work?q=zeppelin&process=problem');
    expect(rows(one).map(({ id }) => id)).toEqual([problem]);
    const filter = encodeURIComponent('{"process":{"$in":["incident"]},"stateCategory":"open"}');
    expect(rows(await view(`work?q=zeppelin&filter=${filter}`))).toHaveLength(1);
    const first = await view('work?q=zeppelin&limit=1');
    const cursor = encodeURIComponent(String(first['nextCursor']));
    expect(rows(await view(`work?q=zeppelin&limit=1&cursor=${cursor}`))).toHaveLength(1);
  });

  it('names the fields that it has where it is asked for another', async () => {
    const { status, body } = await engine.get('/api/v1/work?colour=red');
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid.query', errors: [{ field: 'colour' }] });
  });
});

describe('the graph of relations', () => {
  it('shows both ways what a ticket has to do with, by links and by its own facts', async () => {
    const server = await registerServer('graph-1');
    const parent = await idOf('incidents', { ...mailIncident, configurationItem: server });
    const child = await idOf('incidents', mailIncident);
    await send(`incidents/${child}/set-parent`, { parent });
    const { number } = await send('problems', {
      origin: 'proactive',
      trend: 'Every Monday.',
      title: 'Mail stops',
      statement: 'It stops.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
    });
    const link = { type: 'investigated-by', targetKind: 'problem', target: number };
    await send(`incidents/${parent}/link`, link);
    await send(`incidents/${parent}/link`, {
      type: 'handled-by',
      targetKind: 'vendor',
      target: 'ACME',
    });
    const graph = await view(`incidents/${child}/graph?depth=2`);
    expect(graph).toMatchObject({ root: child, cut: { byDepth: false, byLimit: false } });
    expect(rows(graph, 'nodes')).toMatchObject([
      { id: child, depth: 0 },
      { id: parent, depth: 1, process: 'incident' },
      { id: server, depth: 2, process: 'configuration-item', title: 'graph-1' },
      { number, depth: 2, process: 'problem', isTicket: true },
      { id: 'ACME', depth: 2, process: 'vendor', isTicket: false },
    ]);
    expect(rows(graph, 'edges')).toContainEqual({
      from: child,
      to: parent,
      type: 'child-of',
      inverse: 'parent-of',
    });
    const fromBehind = await view(`problems/${String(number)}/graph?depth=1`);
    expect(rows(fromBehind, 'nodes').map(({ id }) => id)).toContain(parent);
    expect(fromBehind['cut']).toEqual({ byDepth: true, byLimit: false });
    const alone = await view(`problems/${String(number)}/graph?direction=out`);
    expect(rows(alone, 'nodes')).toHaveLength(1);
    const small = await view(`incidents/${parent}/graph?limit=2`);
    expect(rows(small, 'nodes')).toHaveLength(2);
    expect(small['cut']).toMatchObject({ byLimit: true });
  });

  it('shows the relations of a configuration item as of any instant, on either axis', async () => {
    const [host, vm, rack] = await Promise.all(
      ['past-host', 'past-vm', 'past-rack'].map((name) => registerServer(name)),
    );
    await relate(host ?? '', 'member-of', rack ?? '', '2026-02-01T00:00:00Z');
    const before = position;
    await relate(vm ?? '', 'member-of', rack ?? '', '2026-03-01T00:00:00Z');
    await send(
      `configuration-items/${host ?? ''}/correct-relation`,
      { correction: 'remove', type: 'member-of', target: rack, reason: 'Never was.' },
      '2026-04-01T00:00:00Z',
    );
    const around = async (query: string): Promise<readonly unknown[]> => {
      const graph = await view(`configuration-items/${rack ?? ''}/graph?${query}`);
      const others = rows(graph, 'nodes').filter(({ id }) => id !== rack);
      expect(rows(graph, 'edges')).toHaveLength(others.length);
      return others.map(({ title }) => title).sort();
    };
    expect(await around('at=2026-01-15')).toEqual([]);
    expect(await around('at=2026-02-15')).toEqual(['past-host']);
    expect(await around('at=2026-03-15')).toEqual(['past-host', 'past-vm']);
    expect(await around('at=2026-04-15')).toEqual(['past-vm']);
    expect(await around('depth=1')).toEqual(['past-vm']);
    expect(await around(`at=position:${before}`)).toEqual(['past-host']);
  });

  it.each(['graph', 'impact'])(
    'says since when the item is there where its %s is asked for before',
    async (path) => {
      const item = await registerServer(`past-before-${path}`);
      for (const [at, text] of [
        ['2025-12-31', 'it is there since 2026-01-01T00:00:00.000Z'],
        ['2026-03-15&axis=recordedAt', 'known since 20'],
      ]) {
        const url = `/api/v1/configuration-items/${item}/${path}?at=${at ?? ''}`;
        const { status, body } = await engine.get(url);
        expect({ status, body }).toMatchObject({
          status: 404,
          body: { code: 'missing.ticket-at' },
        });
        expect(body['detail']).toContain(text);
        expect(body['since']).toBe('2026-01-01T00:00:00.000Z');
      }
    },
  );

  it('refuses an instant that is none, or is not there yet, or of what has no past', async () => {
    const item = await registerServer('past-none');
    const ask = (path: string): Promise<Answer> => engine.get(`/api/v1/${path}`);
    for (const path of ['graph', 'impact']) {
      const beyond = await ask(`configuration-items/${item}/${path}?at=position:99999999`);
      expect(beyond).toMatchObject({ status: 422, body: { code: 'invalid.instant' } });
      const revision = await ask(`configuration-items/${item}/${path}?at=revision:0`);
      expect(revision).toMatchObject({ status: 422, body: { code: 'invalid.query' } });
    }
    const incident = await idOf('incidents', mailIncident);
    const ofIncident = await ask(`incidents/${incident}/graph?at=2026-03-15`);
    expect(ofIncident).toMatchObject({ status: 422, body: { errors: [{ field: 'at' }] } });
  });

  it('refuses a depth beyond its limit, and a ticket that is not there', async () => {
    const deep = await engine.get('/api/v1/incidents/INC-000001/graph?depth=99');
    expect(deep).toMatchObject({ status: 422, body: { code: 'invalid.query' } });
    const none = await engine.get('/api/v1/incidents/INC-999999/graph');
    expect(none).toMatchObject({ status: 404, body: { code: 'missing.ticket' } });
  });
});

describe('the impact of a configuration item', () => {
  it('is told as of any instant, with redundancy, both ways', async () => {
    const [host, spare, farm, app] = await Promise.all(
      ['imp-host', 'imp-spare', 'imp-farm', 'imp-app'].map((name) => registerServer(name)),
    );
    await relate(host ?? '', 'member-of', farm ?? '', '2026-02-01T00:00:00Z');
    await relate(app ?? '', 'depends-on', farm ?? '', '2026-02-02T00:00:00Z');
    await relate(spare ?? '', 'member-of', farm ?? '', '2026-03-01T00:00:00Z');
    await send(
      `configuration-items/${farm ?? ''}/set-redundancy`,
      { relation: 'has-member', kind: 'count', minimum: 1, discoveryRun: 'run-1' },
      '2026-03-02T00:00:00Z',
    );
    const impact = (query: string): Promise<Answer['body']> =>
      view(`configuration-items/${host ?? ''}/impact?${query}`);
    const february = await impact('at=2026-02-15');
    expect(rows(february)).toMatchObject([
      { id: farm, title: 'imp-farm', path: [host, farm] },
      { id: app, path: [host, farm, app], cause: { kind: 'relation' } },
    ]);
    expect(rows(await impact('at=2026-01-15'))).toEqual([]);
    const now = await impact('direction=down');
    expect(rows(now)).toEqual([]);
    expect(rows(now, 'shielded')).toMatchObject([{ id: farm, impactors: 2, required: 1 }]);
    const up = await view(`configuration-items/${app ?? ''}/impact?direction=up`);
    expect(new Set(rows(up).map(({ id }) => id))).toEqual(new Set([farm, host, spare]));
    const near = await view(`configuration-items/${app ?? ''}/impact?direction=up&depth=1`);
    expect(near).toMatchObject({ items: [{ id: farm }], isTruncated: true });
    const revision = await engine.get(
      `/api/v1/configuration-items/${app ?? ''}/impact?at=revision:1`,
    );
    expect(revision).toMatchObject({ status: 422, body: { code: 'invalid.query' } });
  });
});

describe('the change calendar', () => {
  const change = {
    title: 'Replace the relay',
    requester: 'rita',
    type: 'normal',
    changeManager: 'mara',
    description: 'd',
    justification: 'j',
    implementationPlan: 'i',
    testPlan: 't',
    backOutPlan: 'b',
    impact: 2,
  };

  async function submitted(item: string, start: string, end: string): Promise<string> {
    const id = await idOf('changes', { ...change, configurationItems: [item], service: 'mail' });
    await send(`changes/${id}/plan-window`, { plannedStart: start, plannedEnd: end });
    await send(`changes/${id}/record-risk`, { facts: {} });
    await send(`changes/${id}/scan`, {});
    await send(`changes/${id}/submit`, {});
    return id;
  }

  it('has changes, freezes and meetings, their conflicts, and the next free slot', async () => {
    const item = await registerServer('cal-1');
    const one = await submitted('cal-1', '2027-03-02T08:00:00Z', '2027-03-02T10:00:00Z');
    const two = await submitted(item, '2027-03-02T09:00:00Z', '2027-03-02T11:00:00Z');
    const freeze = await idOf('freeze-windows', {
      title: 'Quarter end',
      kind: 'hard',
      reason: 'The books are closed.',
      entries: [{ start: '2027-03-02T11:00:00Z', end: '2027-03-03T00:00:00Z' }],
      authorities: ['mara.v'],
      services: ['mail'],
    });
    await send(`freeze-windows/${freeze}/publish`);
    const period = 'from=2027-03-01&to=2027-03-08T00:00:00Z';
    const calendar = await view(`change-calendar?${period}`);
    expect(rows(calendar, 'entries').map(({ id }) => id)).toEqual([one, two, freeze]);
    const conflicts = rows(calendar, 'conflicts').filter(
      ({ kind }) => kind === 'same-item-scheduled',
    );
    expect(conflicts.map(({ change: id }) => id)).toEqual([one, two]);
    expect(conflicts[0]).toMatchObject({ severity: 'hard' });
    const ofItem = await view(`change-calendar?${period}&ci=cal-1`);
    expect(rows(ofItem, 'entries').map(({ id }) => id)).toEqual([one, two]);
    const ofService = await view(`change-calendar?${period}&service=payroll`);
    expect(rows(ofService, 'entries')).toEqual([]);
    expect(rows(ofService, 'conflicts')).toEqual([]);
    // Behind the other change, and behind the freeze of the service.
    const free = await view(`changes/${two}/free-slot?from=2027-03-02T08:00:00Z`);
    expect(free['slot']).toEqual({
      start: '2027-03-03T00:00:00.000Z',
      end: '2027-03-03T02:00:00.000Z',
    });
  });

  it('shows a freeze of a class to whoever asks for an item of it', async () => {
    await registerServer('cal-2');
    const frozen = async (ciClass: string): Promise<string> => {
      const id = await idOf('freeze-windows', {
        ...{ title: `No ${ciClass}`, kind: 'hard', reason: 'Stock-taking.' },
        ...{ classes: [ciClass], authorities: ['mara.v'] },
        entries: [{ start: '2027-05-02T11:00:00Z', end: '2027-05-03T00:00:00Z' }],
      });
      await send(`freeze-windows/${id}/publish`);
      return id;
    };
    const ofServers = await frozen('server');
    await frozen('database');
    const ofItem = await view('change-calendar?from=2027-05-01&to=2027-05-08T00:00:00Z&ci=cal-2');
    expect(rows(ofItem, 'entries').map(({ id }) => id)).toEqual([ofServers]);
  });

  it('refuses a period that is none, and a slot for a change without a window', async () => {
    const turned = await engine.get('/api/v1/change-calendar?from=2027-03-02&to=2027-03-01');
    expect(turned).toMatchObject({ status: 422, body: { code: 'invalid.calendar-period' } });
    const odd = await engine.get('/api/v1/change-calendar?from=soon');
    expect(odd).toMatchObject({ status: 422, body: { code: 'invalid.query' } });
    const id = await idOf('changes', { ...change, configurationItems: ['x'] });
    const slot = await engine.get(`/api/v1/changes/${id}/free-slot?minPosition=${position}`);
    expect(slot).toMatchObject({ status: 409, body: { code: 'refused.no-window' } });
  });
});

describe('the known errors that match an incident', () => {
  it('are ranked with reasons, and only published ones', async () => {
    const problem = await idOf('problems', {
      origin: 'proactive',
      trend: 'Every Monday.',
      title: 'Relay deadlock',
      statement: 'The relay stops.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
      service: 'relay-service',
    });
    const item = await registerServer('ke-relay');
    await send(`problems/${problem}/assess`, { category: 'email', configurationItem: item });
    await send(`problems/${problem}/confirm`, { group: 'messaging', coordinator: 'li.w' });
    await send(`problems/${problem}/record-cause`, {
      method: 'five-whys',
      notes: 'A lock is never given back.',
      evidence: ['the thread dump'],
    });
    await send(`problems/${problem}/record-workaround`, {
      steps: 'Restart the relay.',
      effectiveness: 'temporary',
      validity: 'until-fixed',
    });
    const knownError = await idOf('known-errors', {
      problem,
      symptom: 'Outgoing messages queue up behind a frozen relay.',
      errorCode: '421',
      domain: 'server',
      configurationItems: ['ke-relay'],
    });
    const incident = await idOf('incidents', {
      ...mailIncident,
      description: 'Messages queue up, the relay looks frozen.',
      service: 'relay-service',
      configurationItem: item,
    });
    expect(rows(await view(`incidents/${incident}/known-errors`))).toEqual([]);
    await send(`known-errors/${knownError}/publish`, { comment: 'Reviewed.' });
    const matches = await view(`incidents/${incident}/known-errors`);
    expect(rows(matches)).toMatchObject([{ id: knownError, score: expect.any(Number) }]);
    expect(rows(matches)[0]?.['reasons']).toEqual(
      expect.arrayContaining([
        { kind: 'configuration-item', values: [item] },
        { kind: 'service', values: ['relay-service'] },
        { kind: 'words', values: expect.arrayContaining(['frozen', 'queue', 'relay']) as object },
      ]),
    );
    const other = await idOf('incidents', { ...mailIncident, description: 'No sound.' });
    expect(rows(await view(`incidents/${other}/known-errors`))).toEqual([]);
  });
});
