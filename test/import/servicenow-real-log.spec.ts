import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { openEventStoreForReading } from '@ledgerdesk/event-store';
import { servicenowUciMatrix } from '@ledgerdesk/exchange';
import { registryOfIncidents } from '@ledgerdesk/exchange/testing';
import type { RecordedEvent } from '@ledgerdesk/kernel';
import { incidentProcess, type IncidentFacts } from '@ledgerdesk/processes';
import { buildIfStale } from '../fault/engine-process';

// The command line as it was built runs the import: inside Jest it takes three times as long.

const ROOT = resolve(__dirname, '../..');
const NAME = 'servicenow_incident_event_log.csv.gz';
const FILE = process.env['LEDGERDESK_REAL_LOG'] ?? resolve(ROOT, '../shared/data', NAME);
const isThere = existsSync(FILE);
const registry = registryOfIncidents();

let dir: string;
let first: Report;
let incidents: ReadonlyMap<string, IncidentFacts>;
let priorities: readonly RecordedEvent[];
let rowsOf: ReadonlyMap<string, readonly string[]>;

type Report = Readonly<Record<string, unknown>>;

async function ledgerdesk(...args: readonly string[]): Promise<Report> {
  const bin = join(ROOT, 'apps/cli/bin/ledgerdesk.js');
  const words = [bin, ...args, '--data', dir, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as Report;
}

async function foldAll(): Promise<void> {
  const facts = new Map<string, IncidentFacts>();
  const derived: RecordedEvent[] = [];
  const times = new Map<string, string[]>();
  const store = await openEventStoreForReading({ dir });
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
  await store.close();
  incidents = facts;
  priorities = derived;
  rowsOf = times;
}

const count = (matches: (incident: IncidentFacts) => boolean): number =>
  [...incidents.values()].filter(matches).length;

/** Such as 29/2/2016 01:16, in UTC. */
function instantOf(cell: string): string {
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = cell.split(/[/ :]/).map(Number);
  return new Date(Date.UTC(year, month - 1, day, hour, minute)).toISOString();
}

function testRealLog(): void {
  beforeAll(async () => {
    buildIfStale();
    dir = await mkdtemp(join(tmpdir(), 'servicenow-real-log-'));
    first = await ledgerdesk('import', 'servicenow', FILE, '--source', 'uci');
    await foldAll();
  }, 1_800_000);

  afterAll(async () => {
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
      rows.push(`import:servicenow:uci:${number}:${rows.length} ${instantOf(cells[time] ?? '')}`);
      expected.set(number, rows);
    }
    const differing = [...incidents].filter(
      ([stream, { number }]) => expected.get(number ?? '')?.join() !== rowsOf.get(stream)?.join(),
    );
    expect(differing).toEqual([]);
  });

  it('leaves a log that verifies', async () => {
    expect(await ledgerdesk('verify')).toMatchObject({
      ok: true,
      events: first['eventsAppended'],
      streams: 24_918,
      faults: [],
    });
  });

  it('adds nothing when it runs again', async () => {
    expect(await ledgerdesk('import', 'servicenow', FILE, '--source', 'uci')).toMatchObject({
      eventsAppended: 0,
      rowsRepeated: 141_712,
      rowsRefused: 0,
    });
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
