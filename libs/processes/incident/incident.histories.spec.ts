import type { NewEvent } from '@ledgerdesk/kernel';
import { given } from '@ledgerdesk/kernel/testing';
import { incidentProcess } from '../index';

// What no command of ours does but the logs of older tools hold: the fold follows the events.

const registered: NewEvent = {
  type: 'IncidentRegistered',
  data: {
    number: 'INC0000045',
    title: null,
    description: null,
    channel: 'phone',
    caller: 'Caller 2403',
    source: null,
    sourceKey: null,
    openedBy: 'Opened by 8',
    service: null,
    configurationItem: null,
    location: null,
    impactBeganAt: null,
    followsUp: null,
    splitFrom: null,
  },
};
const resolved: NewEvent = {
  type: 'IncidentResolved',
  data: { code: null, notes: null, resolvedBy: 'Resolved by 149', excludedChildren: [] },
};
const closed: NewEvent = { type: 'IncidentClosed', data: { cause: 'imported', code: 'code 5' } };
const held: NewEvent = {
  type: 'IncidentHeld',
  data: { reason: 'awaiting-evidence', previousReason: null, reference: null, comment: null },
};
const reopened = (reopenCount: number, previousState: string): NewEvent => ({
  type: 'IncidentReopened',
  data: { reason: null, reopenCount, previousState, state: 'in-progress' },
});

const stateOf = (...events: NewEvent[]) => given(incidentProcess, ...events).state;

describe('the fold of a real history', () => {
  it('knows the incident by the id of its stream', () => {
    expect(stateOf(registered)).toMatchObject({
      id: '0195c1d0-0000-7000-8000-000000000001',
      number: 'INC0000045',
      state: 'new',
    });
  });

  it('goes from new to resolved', () => {
    expect(stateOf(registered, resolved)).toMatchObject({
      state: 'resolved',
      resolvedBy: 'Resolved by 149',
    });
  });

  it('goes from new, and from resolved, to on hold', () => {
    expect(stateOf(registered, held)).toMatchObject({ state: 'on-hold' });
    expect(stateOf(registered, resolved, held)).toMatchObject({
      state: 'on-hold',
      holdReason: 'awaiting-evidence',
    });
  });

  it('comes back from closed, with the last end kept in the reopening', () => {
    expect(stateOf(registered, resolved, closed, reopened(1, 'closed'))).toMatchObject({
      state: 'in-progress',
      reopenCount: 1,
      closedAt: null,
      closedBy: null,
      reopenings: [{ resolutionCode: 'code 5', closedAt: '2026-03-02T08:02:00.000Z' }],
    });
  });

  it('counts every reopening, not only the last', () => {
    const again = [resolved, reopened(2, 'resolved'), resolved, closed];
    expect(stateOf(registered, resolved, reopened(1, 'resolved'), ...again)).toMatchObject({
      state: 'closed',
      reopenCount: 2,
      reopenings: [{ by: 'ada' }, { by: 'ada' }],
    });
  });

  it('takes the reassignment count of the source', () => {
    const reassigned: NewEvent = {
      type: 'IncidentReassigned',
      data: { group: 'Group 70', assignee: null, reassignmentCount: 4, state: 'new' },
    };
    expect(stateOf(registered, reassigned)).toMatchObject({
      state: 'new',
      reassignmentCount: 4,
      assignmentGroup: 'Group 70',
    });
  });

  it('keeps waiting where an incident on hold is given to another group', () => {
    const reassigned: NewEvent = {
      type: 'IncidentReassigned',
      data: { group: 'Group 70', assignee: null, reassignmentCount: 1, state: 'on-hold' },
    };
    expect(stateOf(registered, held, reassigned)).toMatchObject({
      state: 'on-hold',
      holdReason: 'awaiting-evidence',
    });
  });

  it('counts the rows that say more than the events can, in the ticket and not in lists', () => {
    const row: NewEvent = {
      type: 'IncidentImportedRowRecorded',
      data: { source: 'uci', row: 2, sourceVersion: 0, updatedBy: null, unmapped: {} },
    };
    expect(stateOf(registered, row)).toMatchObject({ importedRows: 1 });
    const { initial, evolveFacts } = incidentProcess;
    expect(evolveFacts(initial, { type: row.type, data: row.data } as never)).toBe(initial);
  });

  it('leaves the state as it is for an event of no table', () => {
    const { initial, evolve } = incidentProcess;
    expect(evolve(initial, { type: 'SomethingElse', data: {} } as never)).toBe(initial);
  });
});
