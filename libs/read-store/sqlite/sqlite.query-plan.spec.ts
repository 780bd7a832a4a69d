import Database from 'better-sqlite3';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFilter, checkQuery } from '../query-check';
import type { Filter, ProjectionStorage, Query, Sort } from '../read-store.port';
import { SqliteReadStore } from './sqlite.adapter';
import { READ_MODELS_FILE } from './sqlite.files';
import { countStatement, pageStatements, type SqlText } from './sqlite.query';
import { collectionTable } from './sqlite.schema';

const definition = {
  name: 'tickets',
  fields: { state: 'text', team: 'text', assignee: 'text', updatedAt: 'text', points: 'number' },
  compoundIndexes: [
    ['state', 'updatedAt'],
    ['team', 'state', 'updatedAt'],
  ],
  textFields: ['title'],
} as const;
const STORAGE: ProjectionStorage = { name: 'list', version: 1, collections: [definition] };
const TABLE = collectionTable('list', 1, definition);
const NEWEST: Sort = { field: 'updatedAt', direction: 'descending' };
const FEWEST: Sort = { field: 'points', direction: 'ascending' };
const MANY_STATES: Filter = { state: { $in: ['new', 'done', null] } };

// Without statistics, as in a store that has just begun, and with them.
describe.each([40, 1500])('the plan of a query over %d documents', (count) => {
  let folder: string;
  let store: SqliteReadStore;
  let database: Database.Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-'));
    store = SqliteReadStore.open(folder);
    const generation = await store.createGeneration(STORAGE);
    const changes = Array.from({ length: count }, (_, i) => ({
      id: `t${i}`,
      document: {
        state: ['new', 'open', 'done', null][i % 4] ?? null,
        team: `team-${i % 7}`,
        assignee: `user-${i % 300}`,
        updatedAt: new Date(1.7e12 + i * 977_000).toISOString(),
        points: i % 5 === 0 ? null : i % 5,
        title: 'Printer',
      },
    }));
    const batch = { changes: new Map([['tickets', changes]]), after: 0n, checkpoint: 1n };
    await generation.write(batch);
    await store.promote('list', 1);
    database = new Database(join(folder, READ_MODELS_FILE), { readonly: true });
  });

  afterAll(async () => {
    database.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const explain = ({ sql, parameters }: SqlText, limit?: number): string[] => {
    const bound = [...parameters, ...(limit === undefined ? [] : [{ limit }])];
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound);
    return rows.map((row) => (row as { detail: string }).detail);
  };

  /** The plans of the first page and of all statements of the next one. */
  const plansOf = async (query: Query): Promise<string[][]> => {
    const first = await store.find('list', 'tickets', { ...query, limit: 1 });
    const cursor = first.nextCursor ?? undefined;
    expect(cursor).toBeDefined();
    const next = { ...query, ...(cursor && { cursor }) };
    return [query, next].flatMap((asked) =>
      pageStatements(TABLE, checkQuery(definition, asked)).map((sql) => explain(sql, 51)),
    );
  };

  const inOrder: [string, Query][] = [
    ['no filter and no sort', {}],
    ['a sort', { sort: NEWEST }],
    ['a sort with missing values first', { sort: FEWEST }],
    ['a filter by id order', { filter: { state: 'new' } }],
    ['a filter and a sort with a compound index', { filter: { state: 'new' }, sort: NEWEST }],
    ['a filter for missing values', { filter: { state: null }, sort: NEWEST }],
    ['two filters and a sort', { filter: { team: 'team-1', state: 'new' }, sort: NEWEST }],
    ['a range on the sort field', { filter: { updatedAt: { $gt: '2' } }, sort: NEWEST }],
  ];
  it.each(inOrder)('walks one index in order for %s', async (_what, query) => {
    for (const plan of await plansOf(query)) {
      expect(plan).toEqual([expect.stringMatching(/^(SEARCH|SCAN) .* USING INDEX /)]);
    }
  });

  const merged: [string, Query][] = [
    ['by id', { filter: MANY_STATES }],
    ['by a sort with a compound index', { filter: MANY_STATES, sort: NEWEST }],
    ['beside another filter', { filter: { ...MANY_STATES, team: 'team-1' }, sort: NEWEST }],
  ];
  it.each(merged)('merges one ordered index seek for each value of $in, %s', async (_, query) => {
    for (const plan of await plansOf(query)) {
      const searches = plan.filter((step) => /^SEARCH .* USING INDEX /.test(step));
      expect(searches).toHaveLength(3);
      // What is scanned and sorted are the branches, none longer than the page.
      const rest = plan.filter((step) => !searches.includes(step));
      expect(rest.filter((step) => /^SCAN (?!\(subquery)/.test(step))).toEqual([]);
    }
  });

  it('never scans the table where a filter and a sort share no index', () => {
    const query = { filter: { assignee: 'user-1' }, sort: NEWEST };
    const [statement] = pageStatements(TABLE, checkQuery(definition, query));
    const plan = statement && explain(statement, 51);
    expect(plan?.[0]).toMatch(/^SEARCH .* USING INDEX .*__by__assignee/);
  });

  const counted: [string, Filter][] = [
    ['one value', { state: 'new' }],
    ['several values', MANY_STATES],
    ['a range', { updatedAt: { $gte: '2', $lt: '3' } }],
    ['two fields of an index', { team: 'team-1', state: 'new' }],
  ];
  it.each(counted)('counts %s by an index', (_what, filter) => {
    const plan = explain(countStatement(TABLE, checkFilter(definition, filter)));
    const steps = plan.filter((step) => /^(SCAN|SEARCH)/.test(step));
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter((step) => !/ USING (COVERING )?INDEX /.test(step))).toEqual([]);
  });
});

it('reads by the most selective index once there are statistics', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-'));
  const store = SqliteReadStore.open(folder);
  const generation = await store.createGeneration(STORAGE);
  const changes = Array.from({ length: 2000 }, (_, i) => ({
    id: `t${i}`,
    document: { state: 'new', assignee: `user-${i}`, updatedAt: '2' },
  }));
  const batch = { changes: new Map([['tickets', changes]]), after: 0n, checkpoint: 1n };
  await generation.write(batch);
  const database = new Database(join(folder, READ_MODELS_FILE), { readonly: true });
  const query = { filter: { state: 'new', assignee: 'user-7' }, sort: NEWEST };
  const [statement] = pageStatements(TABLE, checkQuery(definition, query));
  const rows = database
    .prepare(`EXPLAIN QUERY PLAN ${statement?.sql}`)
    .all(...(statement?.parameters ?? []), { limit: 51 });
  expect(rows[0]).toMatchObject({ detail: expect.stringContaining('__by__assignee') as unknown });
  database.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});
