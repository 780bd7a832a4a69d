import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLog } from '@ledgerdesk/audit';
import { createEngineRegistry, Engine, MemoryBlobStore } from '@ledgerdesk/engine';
import { openEventStore, type EventStore, type StoredEvent } from '@ledgerdesk/event-store';
import { parseSealedEvent, type EventRow, type RecordedEvent } from '@ledgerdesk/kernel';
import { processes, type IncidentState } from '@ledgerdesk/processes';
import { openReadStore } from '@ledgerdesk/read-store';

// Goal: a log that an older build has written is read, proved and gone on with by this one. Method:
// test/fixtures/incident-log-v1.jsonl is such a log, row by row as it was stored, from before
// IncidentHeld came to version 2.

type OldRow = EventRow & { readonly stream: string };

const oldRows = readFileSync(join(__dirname, '../fixtures/incident-log-v1.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as OldRow);

const registry = createEngineRegistry(processes);

let eventStore: EventStore;
let engine: Engine;
let incident: string;

beforeEach(async () => {
  eventStore = await openEventStore('memory:');
  const revisions = new Map<string, bigint>();
  for (const { stream, ...row } of oldRows) {
    const last = revisions.get(stream);
    await eventStore.append({ stream, expectedRevision: last ?? 'no-stream', events: [row] });
    revisions.set(stream, (last ?? -1n) + 1n);
  }
  const readStore = await openReadStore('memory:');
  const blobs = new MemoryBlobStore();
  engine = await Engine.open({ eventStore, readStore, processes, projections: [], blobs });
  const stream = oldRows.find(({ type }) => type === 'IncidentHeld')?.stream ?? '';
  incident = stream.slice('incident-'.length);
});

afterEach(async () => {
  await engine.close();
  await eventStore.close();
});

async function stored(): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of eventStore.readAll()) events.push(event);
  return events;
}

async function send(name: string, fields: object): Promise<readonly RecordedEvent[]> {
  const type = engine.processes.get('incident')?.commands[name]?.type;
  if (type === undefined) throw new Error(`there is no command ${name}`);
  const { events } = await engine.commands.execute({
    process: 'incident',
    ticket: incident,
    command: Object.assign(new type(), fields),
    commandId: `new-${name}`,
    tenant: 'default',
    actor: 'li.w',
    onBehalfOf: null,
    origin: { kind: 'api', id: 'spec', version: '1' },
  });
  return events;
}

const heldIn = <Row extends { readonly type: string }>(rows: readonly Row[]): readonly Row[] =>
  rows.filter(({ type }) => type === 'IncidentHeld');

describe('a log from before IncidentHeld came to version 2', () => {
  it('holds events of version 1, which say nothing of what is awaited', () => {
    const sealed = heldIn(oldRows).map((row) => parseSealedEvent(row));
    expect(sealed.map(({ schemaVersion }) => schemaVersion)).toEqual([1, 1]);
    expect(sealed.flatMap(({ data }) => Object.keys(data))).not.toContain('awaited');
  });

  it('is read in the newest version, without a guess at what was never said', async () => {
    const held = heldIn((await stored()).map((row) => registry.decode(row)));
    expect(held.map(({ schemaVersion, data }) => [schemaVersion, data['awaited']])).toEqual([
      [2, null],
      [2, null],
    ]);
    expect(held[0]?.data).toMatchObject({ reason: 'awaiting-problem', reference: 'PRB-000007' });
    const { state } = await engine.tickets.load('incident', incident);
    const expected: Partial<IncidentState> = { state: 'on-hold', holdReason: 'awaiting-caller' };
    expect(state).toMatchObject({ ...expected, holdAwaited: null });
  });

  it('keeps each byte and each hash, and the proof over them', async () => {
    const before = await verifyLog({ eventStore, registry });
    expect(before).toMatchObject({ ok: true, events: oldRows.length, faults: [] });
    await send('ResumeIncident', { cause: 'caller-reply' });
    const rows = (await stored()).slice(0, oldRows.length);
    const asStored = rows.map(({ stream, id, type, body, hash }) => ({
      stream,
      id,
      type,
      body,
      hash,
    }));
    expect(asStored).toEqual(oldRows);
    const anchor = before.anchor ?? undefined;
    expect(await verifyLog({ eventStore, registry, ...(anchor && { anchor }) })).toMatchObject({
      ok: true,
    });
  });

  it('goes on in version 2 behind the old events, in one chain', async () => {
    await send('ResumeIncident', { cause: 'caller-reply' });
    const [held] = await send('HoldIncident', { reason: 'awaiting-caller', comment: 'Still so?' });
    expect(held).toMatchObject({ type: 'IncidentHeld', schemaVersion: 2 });
    expect(held?.data['awaited']).toBe('nadia.k');
    const versions = heldIn(await stored()).map((row) => parseSealedEvent(row).schemaVersion);
    expect(versions).toEqual([1, 1, 2]);
    expect(await verifyLog({ eventStore, registry })).toMatchObject({ ok: true, faults: [] });
  });
});
