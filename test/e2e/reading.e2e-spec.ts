import { FeedReader } from './feed-reader';
import {
  INCIDENTS,
  incidentDeskOf,
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

const { register, command } = incidentDeskOf(() => engine);

async function listAt(position: unknown, query: string): Promise<Answer> {
  return engine.get(`${INCIDENTS}?minPosition=${String(position)}&${query}`);
}

function idsOf(list: Answer): readonly unknown[] {
  return (list.body['items'] as readonly { id: string }[]).map(({ id }) => id);
}

describe('the list', () => {
  it('shows a client what it has just written, by its position', async () => {
    const { body } = await register({ caller: 'just.written' });
    const list = await listAt(body['position'], 'caller=just.written');
    expect(idsOf(list)).toEqual([body['id']]);
    expect(BigInt(String(list.body['position']))).toBeGreaterThanOrEqual(
      BigInt(String(body['position'])),
    );
  });

  it('filters, sorts, counts and pages without losing or repeating a row', async () => {
    let position: unknown;
    const ids: unknown[] = [];
    for (const level of [1, 2, 3, 2, 1]) {
      const { body } = await register({ caller: 'paging', impact: level, urgency: level });
      ids.push(body['id']);
      ({ position } = body);
    }
    const query = 'caller=paging&sort=-priority&limit=2';
    const first = await listAt(position, `${query}&count=true`);
    expect(first.body['total']).toBe(5);
    const seen = [...idsOf(first)];
    for (let cursor = first.body['nextCursor'] as string | null; cursor !== null;) {
      const page = await listAt(position, `${query}&cursor=${encodeURIComponent(cursor)}`);
      seen.push(...idsOf(page));
      cursor = page.body['nextCursor'] as string | null;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
    const filter = encodeURIComponent('{"caller":"paging","priority":{"$lte":1}}');
    const grave = await listAt(position, `filter=${filter}`);
    expect(idsOf(grave)).toHaveLength(2);
  });

  it('finds words in the text', async () => {
    const { body } = await register({ title: 'Quetzalcoatl printer jams' });
    const list = await listAt(body['position'], 'q=quetzal');
    expect(idsOf(list)).toEqual([body['id']]);
  });

  it('takes several values of one field for any of them, and an empty one for none', async () => {
    const one = await register({ caller: 'any-1', location: 'Bern' });
    const two = await register({ caller: 'any-2' });
    const list = await listAt(two.body['position'], 'caller=any-1&caller=any-2');
    expect(new Set(idsOf(list))).toEqual(new Set([one.body['id'], two.body['id']]));
    const unassigned = await listAt(two.body['position'], 'caller=any-1&assignee=');
    expect(idsOf(unassigned)).toEqual([one.body['id']]);
  });

  it('says so when it cannot reach the position in time', async () => {
    const answer = await engine.get(`${INCIDENTS}?minPosition=9000000000&minPositionTimeoutMs=50`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable.projection-behind' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});

describe('the views', () => {
  it('show board, counters, workload and key figures', async () => {
    const { body } = await register({ assignmentGroup: 'views', assignee: 'omar.s' });
    const wait = `minPosition=${String(body['position'])}`;
    const board = await engine.get(`${INCIDENTS}/board?cards=1&${wait}`);
    const columns = board.body['columns'] as readonly {
      state: string;
      cards: unknown[];
    }[];
    expect(columns.map(({ state: name }) => name)).toContain('on-hold');
    expect(columns.find(({ state: name }) => name === 'assigned')?.cards).toHaveLength(1);
    const counters = await engine.get(`${INCIDENTS}/counters?${wait}`);
    expect(counters.body['byGroup']).toContainEqual(
      expect.objectContaining({ assignmentGroup: 'views', tickets: 1 }),
    );
    const workload = await engine.get(`${INCIDENTS}/workload?${wait}`);
    expect(workload.body['items']).toContainEqual(
      expect.objectContaining({ assignee: 'omar.s', unfinished: 1 }),
    );
    const kpis = await engine.get(`${INCIDENTS}/kpis?${wait}`);
    expect(kpis.body['days']).toHaveLength(30);
    const late = await register({}, { 'x-occurred-at': '2020-02-03T04:05:06Z' });
    const day = `from=2020-02-03&to=2020-02-03&minPosition=${String(late.body['position'])}`;
    const then = await engine.get(`${INCIDENTS}/kpis?${day}`);
    expect(then.body['totals']).toMatchObject({ opened: 1 });
  });
});

describe('the log', () => {
  it('comes in pages by position, by type and by stream', async () => {
    const { body } = await register();
    await command(String(body['id']), 'edit-title', { title: 'Paged' });
    const prefix = `streamPrefix=incident-${String(body['id'])}`;
    const page = await engine.get(`/api/v1/events?${prefix}&limit=1`);
    const [event] = page.body['items'] as readonly Record<string, unknown>[];
    expect(event).toMatchObject({ type: 'IncidentRegistered', position: body['position'] });
    const next = await engine.get(
      `/api/v1/events?${prefix}&after=${String(page.body['nextAfter'])}`,
    );
    expect(next.body['items']).toHaveLength(1);
    expect(next.body['atHead']).toBe(true);
    const single = await engine.get(`/api/v1/events/${String(body['position'])}`);
    expect(single.body).toEqual(event);
    const typed = await engine.get(`/api/v1/events?${prefix}&types=IncidentRegistered`);
    expect(typed.body['items']).toEqual([event]);
  });

  it('is followed live and resumed behind the last event that the client has', async () => {
    const feed = await FeedReader.open(
      `${engine.url}/api/v1/events?types=IncidentRegistered&streamPrefix=incident-`,
    );
    const first = await register();
    const [live] = await feed.take(1);
    expect(live).toMatchObject({ event: 'IncidentRegistered', id: first.body['position'] });
    expect(live?.data).toMatchObject({ stream: `incident-${String(first.body['id'])}` });
    feed.close();

    const missed = await register();
    const resumed = await FeedReader.open(
      `${engine.url}/api/v1/events?types=IncidentRegistered&streamPrefix=incident-`,
      { 'last-event-id': feed.lastId },
    );
    const [next] = await resumed.take(1);
    expect(next?.id).toBe(missed.body['position']);
    resumed.close();
  });
});

describe('for operators', () => {
  it('the engine is alive, ready and measured', async () => {
    expect((await engine.get('/health')).body).toMatchObject({ status: 'ok' });
    expect((await engine.get('/ready')).body).toEqual({ ready: true, reasons: [] });
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    expect(metrics).toMatch(
      /ledgerdesk_commands_total\{command="RegisterIncident",result="accepted"\} \d+/,
    );
    expect(metrics).toMatch(/ledgerdesk_projection_lag_events\{projection="incident-list"\} \d+/);
    expect(metrics).toMatch(/ledgerdesk_command_duration_seconds_bucket\{le="\+Inf"\} \d+/);
    expect(metrics).toMatch(/nodejs_eventloop_lag_seconds \d/);
  });

  it('the API is described, and can be browsed without any other server', async () => {
    const { body } = await engine.get('/openapi.json');
    expect(Object.keys(body['paths'] as object)).toContain(`${INCIDENTS}/{id}/resolve`);
    const docs = await fetch(`${engine.url}/docs`);
    expect(docs.status).toBe(200);
    const html = await docs.text();
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    const script = await fetch(`${engine.url}/docs/swagger-ui-bundle.js`);
    expect(script.status).toBe(200);
    await script.arrayBuffer();
  });
});
