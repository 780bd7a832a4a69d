import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { verifyLog } from '@ledgerdesk/audit';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import type { RecordedEvent } from '@ledgerdesk/kernel';
import { incidentProcess, type IncidentFacts } from '@ledgerdesk/processes';
import { registryOfIncidents } from '../testing';
import { importServiceNow, type ImportReport } from './servicenow-import';
import { servicenowUciMatrix } from './servicenow.mapping';
import { parseTime } from './source-row';

const NAME = 'servicenow_incident_event_log.csv.gz';
const FILE =
  process.env['LEDGERDESK_REAL_LOG'] ?? resolve(__dirname, '../../../../shared/data', NAME);
const isThere = existsSync(FILE);
const registry = registryOfIncidents();

let dir: string;
let store: EventStore;
let first: ImportReport;
let incidents: ReadonlyMap<string, IncidentFacts>;
let priorities: readonly RecordedEvent[];
let rowsOf: ReadonlyMap<string, readonly string[]>;

async function foldAll(): Promise<void> {
  const facts = new Map<string, IncidentFacts>();
  const derived: RecordedEvent[] = [];
  const times = new Map<string, string[]>();
  for await (const stored of store.readAll()) {
    const event = registry.decode(stored);
    const before = facts.get(event.stream) ?? incidentProcess.initial;
    facts.set(event.stream, incidentProcess.evolveFacts(before as never, event));
    if (event.type === 'IncidentPriorityDerived') derived.push(event);
    const commands = times.get(event.stream) ?? [];
    const row = `${event.commandId} ${event.occurredAt}`;
    if (commands.at(-1) !== row) commands.push(row);
    times.set(event.stream, commands);
  }
  incidents = facts;
  priorities = derived;
  rowsOf = times;
}

const count = (matches: (incident: IncidentFacts) => boolean): number =>
  [...incidents.values()].filter(matches).length;

function testRealLog(): void {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'servicenow-real-log-'));
    store = await openEventStore({ dir });
    first = await importServiceNow({ eventStore: store, registry, file: FILE, source: 'uci' });
    await foldAll();
  }, 1_800_000);

  afterAll(async () => {
    await store.close();
    await rm(dir, { recursive: true });
  });

  it('imports every row', () => {
    expect(first).toMatchObject({ rows: 141_712, incidents: 24_918, rowsRefused: 0 });
  });

  it('ends with every incident closed', () => {
    expect(incidents.size).toBe(24_918);
    expect(count(({ state }) => state === 'closed')).toBe(24_918);
  });

  it('ends with the priorities of the source, each by the matrix', () => {
    const found = [1, 2, 3, 4].map((level) => count(({ priority }) => priority === level));
    expect(found).toEqual([270, 408, 23_466, 774]);
    const off = priorities.filter(({ data: { impact, urgency, priority } }) => {
      const row = servicenowUciMatrix.value[Number(impact) - 1];
      return row?.[Number(urgency) - 1] !== priority;
    });
    expect(off).toEqual([]);
  });

  it('counts reopenings and reassignments as the source does', () => {
    const reopenings = [...incidents.values()].reduce(
      (sum, { reopenCount }) => sum + reopenCount,
      0,
    );
    expect(reopenings).toBe(331);
    expect(count(({ reopenCount }) => reopenCount > 0)).toBe(275);
    expect(count(({ reassignmentCount }) => reassignmentCount > 0)).toBe(11_369);
  });

  it('keeps the rows of each incident in their order, at their times', async () => {
    // Read apart from the code under test: the file has no quoted cells.
    const expected = new Map<string, string[]>();
    const [header, ...lines] = gunzipSync(await readFile(FILE))
      .toString()
      .trimEnd()
      .split('\n');
    const time = header?.split(',').indexOf('sys_updated_at') ?? -1;
    for (const cells of lines.map((line) => line.split(','))) {
      const [number = ''] = cells;
      const rows = expected.get(number) ?? [];
      rows.push(`import:servicenow:uci:${number}:${rows.length} ${parseTime(cells[time] ?? '')}`);
      expected.set(number, rows);
    }
    const differing = [...incidents].filter(
      ([stream, { number }]) => expected.get(number ?? '')?.join() !== rowsOf.get(stream)?.join(),
    );
    expect(differing).toEqual([]);
  });

  it('leaves a log that verifies', async () => {
    const report = await verifyLog({ eventStore: store, registry });
    expect(report).toMatchObject({ ok: true, events: first.eventsAppended, streams: 24_918 });
  });

  it('adds nothing when it runs again', async () => {
    const again = await importServiceNow({
      eventStore: store,
      registry,
      file: FILE,
      source: 'uci',
    });
    expect(again).toMatchObject({ eventsAppended: 0, rowsRepeated: 141_712, rowsRefused: 0 });
  });
}

if (isThere) {
  describe('importing the real log of 141,712 rows', () => {
    testRealLog();
  });
} else {
  process.stderr.write(`${NAME} is absent: its import is NOT tested. Set LEDGERDESK_REAL_LOG.\n`);
  it('is NOT tested: the real log is absent', () => {
    expect(isThere).toBe(false);
  });
}
