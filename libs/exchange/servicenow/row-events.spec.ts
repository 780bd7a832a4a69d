import type { NewEvent } from '@ledgerdesk/kernel';
import { registryOfIncidents, servicenowRow, type RowCells } from '../testing';
import type { ImportedIncident } from './imported-incident';
import { actorOf, rowEvents } from './row-events';

const ORIGIN = { source: 'test', line: 2 };
const ASSIGNED: RowCells = { assignment_group: 'Group 1', assigned_to: 'Ann' };

/** The events of the last of these rows, each given as what differs from the row before. */
function eventsOfLast(...changes: readonly RowCells[]): readonly NewEvent[] {
  let incident: ImportedIncident | null = null;
  let events: readonly NewEvent[] = [];
  let cells: RowCells = {};
  changes.forEach((change, index) => {
    cells = { ...cells, sys_mod_count: String(index), ...change };
    ({ incident, events } = rowEvents(incident, servicenowRow(cells), ORIGIN));
  });
  return events;
}

const typesOfLast = (...changes: readonly RowCells[]): readonly string[] =>
  eventsOfLast(...changes).map(({ type }) => type);

const dataOfLast = (type: string, ...changes: readonly RowCells[]): unknown =>
  eventsOfLast(...changes).find((event) => event.type === type)?.data;

describe('the first row of an incident', () => {
  it('registers it with what is known from the start', () => {
    expect(typesOfLast({ ...ASSIGNED, incident_state: 'New' })).toEqual([
      'IncidentRegistered',
      'IncidentClassified',
      'IncidentPriorityDerived',
      'IncidentAssigned',
      'IncidentImportedRowRecorded',
    ]);
  });

  it.each([
    ['Active', ASSIGNED, ['IncidentAssigned', 'IncidentWorkStarted']],
    ['Active', { assignment_group: 'Group 1' }, ['IncidentAssigned']],
    ['Active', { assigned_to: 'Ann' }, ['IncidentWorkStarted']],
    ['Awaiting User Info', ASSIGNED, ['IncidentAssigned', 'IncidentHeld']],
    ['Resolved', ASSIGNED, ['IncidentAssigned', 'IncidentResolved']],
  ])('may be born in %s', (incident_state, cells, expected) => {
    const types = typesOfLast({ ...cells, incident_state });
    expect(types.slice(3, -1)).toEqual(expected);
  });

  it('acts by whoever opened the incident, as far as that is known', () => {
    const actor = (cells: RowCells, isFirst = true): string =>
      actorOf(servicenowRow(cells), isFirst);
    expect(actor({})).toBe('Opened by  1');
    expect(actor({ opened_by: '?' })).toBe('Created by 1');
    expect(actor({ opened_by: '?', sys_created_by: '?' })).toBe('Updated by 1');
    expect(actor({}, false)).toBe('Updated by 1');
    expect(actor({ sys_updated_by: '?' }, false)).toBe('unknown');
  });
});

describe('a row behind another one', () => {
  it('that changes nothing but its version is kept as a fact', () => {
    expect(eventsOfLast({}, { sys_updated_by: 'Updated by 2' })).toMatchObject([
      {
        type: 'IncidentImportedRowRecorded',
        data: { row: 2, source: 'test', sourceVersion: 1, updatedBy: 'Updated by 2', unmapped: {} },
      },
    ]);
  });

  it('keeps what does not map beside what does', () => {
    const events = eventsOfLast(
      { incident_state: 'Active' },
      { incident_state: 'Resolved', made_sla: 'false' },
    );
    expect(events.map(({ type }) => type)).toEqual([
      'IncidentResolved',
      'IncidentImportedRowRecorded',
    ]);
    expect(events[1]?.data['unmapped']).toEqual({ made_sla: { from: 'true', to: 'false' } });
  });

  it('records a gap in the versions of the source', () => {
    const data = dataOfLast('IncidentImportedRowRecorded', {}, { sys_mod_count: '5' });
    expect(data).toMatchObject({
      sourceVersion: 5,
      unmapped: { sys_mod_count: { from: '1', to: '5' } },
    });
  });

  it('keeps an invalid state as a fact and leaves the incident where it is', () => {
    const active = { incident_state: 'Active', ...ASSIGNED };
    const invalid = { incident_state: '-100' };
    expect(dataOfLast('IncidentImportedRowRecorded', active, invalid)).toMatchObject({
      unmapped: { incident_state: { from: 'Active', to: '-100' } },
    });
    expect(typesOfLast(active, invalid)).toEqual(['IncidentImportedRowRecorded']);
    expect(typesOfLast(active, invalid, { incident_state: 'Resolved' })).toEqual([
      'IncidentResolved',
      'IncidentImportedRowRecorded',
    ]);
  });

  it.each([
    ['Resolved', 'Active', ['IncidentReopened']],
    ['Closed', 'Active', ['IncidentReopened']],
    ['Resolved', 'Awaiting User Info', ['IncidentReopened', 'IncidentHeld']],
  ])('that leaves %s for %s reopens', (from, to, expected) => {
    const types = typesOfLast(
      { incident_state: from, ...ASSIGNED, active: String(from !== 'Closed') },
      { incident_state: to, reopen_count: '1', active: 'true' },
    );
    expect(types).toEqual(expected);
  });

  it('goes from waiting for one to waiting for another', () => {
    const held = dataOfLast(
      'IncidentHeld',
      { incident_state: 'Awaiting User Info' },
      { incident_state: 'Awaiting Problem', problem_id: 'Problem 7' },
    );
    expect(held).toMatchObject({
      reason: 'awaiting-problem',
      previousReason: 'awaiting-caller',
      reference: 'Problem 7',
    });
  });

  it('resumes what waited', () => {
    const waiting = { incident_state: 'Awaiting Vendor', ...ASSIGNED };
    expect(dataOfLast('IncidentResumed', waiting, { incident_state: 'Active' })).toMatchObject({
      state: 'in-progress',
      previousReason: 'awaiting-vendor',
    });
  });
});

describe('reassignments', () => {
  const active = { incident_state: 'Active', ...ASSIGNED };

  it('are what the counter of the source says, with its count', () => {
    const other = { assignment_group: 'Group 2', reassignment_count: '1' };
    expect(dataOfLast('IncidentReassigned', active, other)).toMatchObject({
      group: 'Group 2',
      previousGroup: 'Group 1',
      reassignmentCount: 1,
    });
    expect(typesOfLast(active, { reassignment_count: '3' })).toEqual(['IncidentReassigned']);
  });

  it('are not made of changes that the source did not count', () => {
    expect(typesOfLast(active, { assignment_group: 'Group 2' })).toEqual(['IncidentAssigned']);
    expect(typesOfLast(active, { assigned_to: 'Bob' })).toEqual(['IncidentHandedOver']);
    expect(typesOfLast(active, { assigned_to: '?' })).toEqual(['IncidentReturned']);
  });

  it('keep an incident waiting that waits', () => {
    const waiting = { ...active, incident_state: 'Awaiting User Info' };
    const [event] = eventsOfLast(waiting, { assigned_to: '?' });
    expect(event).toMatchObject({ type: 'IncidentAssigned', data: { state: 'on-hold' } });
  });
});

describe('priorities', () => {
  it('refer to the matrix that gave them, and to the mapping', () => {
    const [, , derived] = eventsOfLast({});
    expect(derived?.policies).toEqual([
      { name: 'servicenow-uci-3x3', version: 1 },
      { name: 'servicenow-incident-import', version: 1 },
    ]);
  });

  it('that contradict the matrix are recorded as set by hand', () => {
    expect(typesOfLast({}, { priority: '1 - Critical' })).toEqual(['IncidentPriorityOverridden']);
  });

  it('of a pair that the matrix does not know keep the pair as a fact', () => {
    const events = eventsOfLast({}, { impact: '1 - High', urgency: '3 - Low' });
    expect(events.map(({ type }) => type)).toEqual(['IncidentImportedRowRecorded']);
    expect(events[0]?.data['unmapped']).toEqual({
      impact: { from: '2 - Medium', to: '1 - High' },
      urgency: { from: '2 - Medium', to: '3 - Low' },
    });
  });
});

describe('links', () => {
  it('come, change and go with their columns', () => {
    const first = { problem_id: 'P1' };
    expect(dataOfLast('IncidentLinked', {}, first)).toMatchObject({ link: 1, target: 'P1' });
    const changed = eventsOfLast({}, first, { problem_id: 'P2', vendor: 'V1' });
    expect(changed.map(({ type, data }) => [type, data['link']])).toEqual([
      ['IncidentUnlinked', 1],
      ['IncidentLinked', 2],
      ['IncidentLinked', 3],
    ]);
    expect(typesOfLast({}, first, { problem_id: '?' })).toEqual(['IncidentUnlinked']);
  });
});

describe('the future of a row', () => {
  const end: RowCells = {
    resolved_at: '2/3/2021 10:00',
    closed_at: '7/3/2021 10:00',
    resolved_by: 'Zoe',
    closed_code: 'code 6',
  };
  const life: readonly RowCells[] = [
    { incident_state: 'New' },
    { incident_state: 'Active', sys_updated_at: '1/3/2021 09:00' },
    { incident_state: 'Resolved', sys_updated_at: '2/3/2021 09:00' },
    { incident_state: 'Resolved', sys_updated_at: '2/3/2021 10:00' },
    { incident_state: 'Closed', active: 'false', sys_updated_at: '7/3/2021 10:00' },
  ];
  const historyOf = (future: RowCells, rows: number): readonly unknown[] =>
    Array.from({ length: rows }, (_, index) =>
      eventsOfLast(...life.slice(0, index + 1).map((row) => ({ ...row, ...future }))),
    );

  it('is not in its events, nor in those before: another future leaves them as they are', () => {
    const other = {
      ...end,
      resolved_by: 'Eve',
      closed_code: 'code 9',
      closed_at: '9/3/2021 10:00',
    };
    expect(historyOf(end, 3)).toEqual(historyOf(other, 3));
    expect(JSON.stringify(historyOf(end, 3))).not.toMatch(/Zoe|code 6|2021-03-02T10|2021-03-07/);
    expect(JSON.stringify(historyOf(end, 4))).toContain('Zoe');
  });

  it('becomes a resolution with code and resolver when its time has come', () => {
    const resolved = (rows: number): unknown => historyOf(end, rows).at(-1);
    expect(resolved(3)).toMatchObject([{ data: { code: null, resolvedBy: null } }]);
    expect(resolved(4)).toMatchObject([{ data: { code: 'code 6', resolvedBy: 'Zoe' } }]);
    expect(resolved(5)).toMatchObject([{ type: 'IncidentClosed', data: { code: 'code 6' } }]);
  });

  it('is known in the resolved row where the source gives no time', () => {
    const rows = life.slice(0, 3).map((row) => ({ ...row, ...end, resolved_at: '?' }));
    expect(dataOfLast('IncidentResolved', ...rows)).toMatchObject({ resolvedBy: 'Zoe' });
  });

  it('hides when the incident was opened until that has happened', () => {
    const late = { opened_at: '1/3/2021 08:30' };
    expect(dataOfLast('IncidentImportedRowRecorded', late)).not.toHaveProperty(
      'unmapped.opened_at',
    );
    expect(
      dataOfLast('IncidentImportedRowRecorded', late, { sys_updated_at: '1/3/2021 09:00' }),
    ).toHaveProperty('unmapped.opened_at.to', '2021-03-01T08:30:00.000Z');
  });
});

it('emits only events that the incident process defines, with exactly their fields', () => {
  const registry = registryOfIncidents();
  const events = eventsOfLast(
    { ...ASSIGNED, problem_id: 'P1', incident_state: 'Awaiting Problem' },
    { incident_state: 'Closed', rfc: 'C1', problem_id: '?', category: '?', location: '?' },
  );
  expect(events.length).toBeGreaterThan(4);
  for (const { type, data } of events) {
    expect(Object.keys(data).sort()).toEqual(
      Object.keys(registry.definitionOf(type).fields).sort(),
    );
  }
});
