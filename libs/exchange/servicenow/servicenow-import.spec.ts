import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type RecordedEvent } from '@ledgerdesk/kernel';
import { incidentProcess, type IncidentState } from '@ledgerdesk/processes';
import { registryOfIncidents, writeServiceNowFile, type RowCells } from '../testing';
import {
  importServiceNow,
  type ImportReport,
  type ServiceNowImportOptions,
} from './servicenow-import';

const SAMPLE = resolve(__dirname, '../../../test/fixtures/servicenow-sample.csv');
const SAMPLE_ROWS = 94;
const SAMPLE_INCIDENTS = 17;
const clock = { now: () => new Date('2026-01-01T00:00:00.000Z') };
const registry = registryOfIncidents();

let store: EventStore;
let dir: string;
let file: string;

beforeEach(async () => {
  store = await openEventStore('memory:');
  dir = await mkdtemp(join(tmpdir(), 'servicenow-import-'));
  file = join(dir, 'log.csv');
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

function run(options: Partial<ServiceNowImportOptions> = {}): Promise<ImportReport> {
  return importServiceNow({ eventStore: store, registry, file: SAMPLE, clock, ...options });
}

async function recorded(): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll()) events.push(registry.decode(event));
  return events;
}

async function incidents(): Promise<ReadonlyMap<string | null, IncidentState>> {
  const states = new Map<string, IncidentState>();
  for (const event of await recorded()) {
    const before = states.get(event.stream) ?? incidentProcess.initial;
    states.set(event.stream, incidentProcess.evolve(before, event));
  }
  return new Map([...states.values()].map((state) => [state.number, state]));
}

async function logOf(eventStore: EventStore): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = [];
  for await (const { stream, body, hash } of eventStore.readAll()) rows.push([stream, body, hash]);
  return rows.sort();
}

describe('importing the sample', () => {
  it('imports every row of every incident and refuses none', async () => {
    const report = await run();
    expect(report).toMatchObject({
      rows: SAMPLE_ROWS,
      incidents: SAMPLE_INCIDENTS,
      rowsRefused: 0,
      rowsRepeated: 0,
      source: 'servicenow',
    });
    expect((await store.statistics()).events).toBe(report.eventsAppended);
    const commands = new Set((await recorded()).map(({ commandId }) => commandId));
    expect(commands.size).toBe(SAMPLE_ROWS);
  });

  it('ends each incident as the source does', async () => {
    await run();
    const all = await incidents();
    const states = [...all.values()].map(({ state }) => state);
    expect(states.filter((state) => state === 'closed')).toHaveLength(SAMPLE_INCIDENTS - 1);
    expect(all.get('INC9000017')).toMatchObject({ state: 'on-hold', priority: 1 });
    expect(all.get('INC9000004')).toMatchObject({
      reopenCount: 2,
      closedAt: '2021-03-09T09:00:00.000Z',
    });
    expect(all.get('INC9000003')).toMatchObject({
      reassignmentCount: 2,
      assignmentGroup: 'Group 2',
    });
    expect(all.get('INC9000013')).toMatchObject({ reassignmentCount: 3 });
    expect(all.get('INC9000018')).toMatchObject({
      resolvedAt: '2021-03-03T10:00:00.000Z',
      resolvedBy: 'Resolved by 18',
    });
    expect(all.get('INC9000010')?.links.map(({ target }) => target)).toEqual([
      'Problem ID  2',
      'CHG0000002',
    ]);
  });

  it('keeps the order of the rows where the times run backwards', async () => {
    await run();
    const stream = (await recorded()).find(({ data }) => data['number'] === 'INC9000008')?.stream;
    const times = (await recorded())
      .filter((event) => event.stream === stream)
      .map(({ occurredAt }) => occurredAt.slice(11, 16));
    expect(times.indexOf('10:00')).toBeLessThan(times.indexOf('09:00'));
  });

  it('seals each event at its own time, by its own actor, as an import', async () => {
    await run();
    const closed = (await recorded()).filter(({ type }) => type === 'IncidentClosed');
    expect(closed[0]).toMatchObject({
      actor: 'Updated by 9',
      occurredAt: '2021-03-06T12:00:00.000Z',
      recordedAt: '2026-01-01T00:00:00.000Z',
      tenant: 'default',
      origin: { kind: 'import', id: 'servicenow', version: '1' },
      commandId: 'import:servicenow:servicenow:INC9000001:6',
    });
  });

  it('gives the very same events wherever it runs', async () => {
    await run();
    const other = await openEventStore('memory:');
    await run({ eventStore: other });
    expect(await logOf(other)).toEqual(await logOf(store));
    await other.close();
  });

  it('keeps apart what comes from another source or for another tenant', async () => {
    await run();
    await run({ source: 'other' });
    await run({ tenant: 'other' });
    expect((await store.statistics()).streams).toBe(3 * SAMPLE_INCIDENTS);
  });
});

describe('importing again', () => {
  it('appends nothing', async () => {
    await run();
    const { events } = await store.statistics();
    expect(await run()).toMatchObject({
      eventsAppended: 0,
      rowsRepeated: SAMPLE_ROWS,
      incidents: SAMPLE_INCIDENTS,
      rowsRefused: 0,
    });
    expect((await store.statistics()).events).toBe(events);
  });

  it('goes on where a run was killed, to the same log', async () => {
    const whole = await openEventStore('memory:');
    await run({ eventStore: whole });
    let left = 5;
    const dying: EventStore = Object.create(store, {
      append: {
        value: async (request: Parameters<EventStore['append']>[0]) => {
          left -= 1;
          if (left < 0) throw new LedgerdeskError('unavailable.event-store-closed', 'killed');
          return store.append(request);
        },
      },
    });
    await expect(run({ eventStore: dying })).rejects.toThrow('killed');
    expect((await store.statistics()).streams).toBe(5);
    expect((await run()).incidents).toBe(SAMPLE_INCIDENTS);
    expect(await logOf(store)).toEqual(await logOf(whole));
    await whole.close();
  });

  it('appends the rows that a longer file has', async () => {
    await writeServiceNowFile(file, lifeOf('INC0000001').slice(0, 2));
    await run({ file });
    await writeServiceNowFile(file, lifeOf('INC0000001'));
    const report = await run({ file });
    expect(report).toMatchObject({ rowsRepeated: 2, rowsRefused: 0, rows: 4 });
    expect((await incidents()).get('INC0000001')).toMatchObject({ state: 'closed' });
  });

  it('refuses the rows of an incident that is stored otherwise, and imports the rest', async () => {
    await writeServiceNowFile(file, lifeOf('INC0000001'));
    await run({ file });
    const changed = lifeOf('INC0000001').map((row, index) =>
      index === 1 ? { ...row, location: 'elsewhere' } : row,
    );
    await writeServiceNowFile(file, [...changed, ...lifeOf('INC0000002')]);
    const report = await run({ file });
    expect(report.refused.map(({ line, number }) => [line, number])).toEqual(
      [2, 3, 4, 5].map((line) => [line, 'INC0000001']),
    );
    expect(report.refused[0]?.reason).toContain('differs');
    expect(report).toMatchObject({ incidents: 1, rowsRefused: 4 });
  });

  it('leaves an incident that somebody went on with here, and adds no rows to it', async () => {
    await writeServiceNowFile(file, lifeOf('INC0000001').slice(0, 3));
    await run({ file });
    await continueHere();
    expect(await run({ file })).toMatchObject({ eventsAppended: 0, rowsRepeated: 3 });
    await writeServiceNowFile(file, lifeOf('INC0000001'));
    const report = await run({ file });
    expect(report.refused[0]?.reason).toContain('changed here');
  });
});

describe('rows that cannot be imported', () => {
  it('are refused by line, and the rows around them go on', async () => {
    const [first, second, third, fourth] = lifeOf('INC0000001');
    await writeServiceNowFile(file, [
      { ...first },
      'INC0000001,only three,cells',
      { ...second, sys_updated_at: '31/2/2021 08:00' },
      { ...third },
      { ...fourth },
    ]);
    const report = await run({ file });
    expect(report.refused).toEqual([
      { line: 3, number: 'INC0000001', reason: 'the row has 3 cells; give 36' },
      {
        line: 4,
        number: 'INC0000001',
        reason: 'sys_updated_at is "31/2/2021 08:00"; give d/m/yyyy HH:MM',
      },
    ]);
    expect((await incidents()).get('INC0000001')).toMatchObject({ state: 'closed' });
  });

  it('are those of a number that comes again behind other incidents', async () => {
    const [first, second, ...others] = lifeOf('INC0000001');
    await writeServiceNowFile(file, [
      { ...first },
      { ...second },
      ...lifeOf('INC0000002'),
      ...others,
    ]);
    const report = await run({ file });
    expect(report.refused.map(({ line, number }) => [line, number])).toEqual([
      [8, 'INC0000001'],
      [9, 'INC0000001'],
    ]);
    expect((await incidents()).size).toBe(2);
  });
});

describe('an import', () => {
  it('keeps what it imported of a file that ends in the middle, and then goes on', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => lifeOf(`INC${index}`)).flat();
    await writeServiceNowFile(file, rows, { isCompressed: true });
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length - 600));
    await expect(run({ file })).rejects.toMatchObject({ code: 'malformed.import-truncated' });
    await writeFile(file, whole);
    expect(await run({ file })).toMatchObject({ incidents: 400, rowsRefused: 0 });
  });

  it('stops when it is told to, and tells how far it is', async () => {
    const interruption = new AbortController();
    const rows = Array.from({ length: 400 }, (_, index) => lifeOf(`INC${index}`)).flat();
    await writeServiceNowFile(file, rows);
    const seen: number[] = [];
    const running = run({
      file,
      signal: interruption.signal,
      onProgress: ({ rows: done }) => {
        seen.push(done);
        interruption.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([500]);
  });

  it.each(['', 'a b', '../x', 'x'.repeat(61)])('refuses the source name %j', async (source) => {
    await expect(run({ source })).rejects.toMatchObject({ code: 'invalid.import-source' });
  });
});

function lifeOf(number: string): readonly RowCells[] {
  const life: readonly RowCells[] = [
    { incident_state: 'New' },
    { incident_state: 'Active', sys_updated_at: '1/3/2021 09:00' },
    { incident_state: 'Resolved', sys_updated_at: '2/3/2021 09:00' },
    { incident_state: 'Closed', active: 'false', sys_updated_at: '7/3/2021 09:00' },
  ];
  return life.map((row, index) => ({ ...row, number, sys_mod_count: String(index) }));
}

/** What the engine would append for a command of a person: it bears another command's id. */
async function continueHere(): Promise<void> {
  const [last] = (await recorded()).slice(-1);
  if (last === undefined) throw new Error('nothing was imported');
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  const { revision, position: _, hash: previousHash, ...event } = last;
  const body = JSON.stringify({ ...event, id, commandId: 'by-hand', previousHash });
  await store.append({
    stream: last.stream,
    expectedRevision: revision,
    events: [{ id, type: last.type, body, hash: '0'.repeat(64) }],
  });
}
