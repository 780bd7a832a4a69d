import { servicenowRow, type RowCells } from '../testing';
import { parseTime } from './source-row';

describe('a row of the source', () => {
  it('has its times in UTC and its levels and counters as numbers', () => {
    const row = servicenowRow({ sys_updated_at: '29/2/2016 01:23', reassignment_count: '4' });
    expect(row).toMatchObject({
      updatedAt: '2016-02-29T01:23:00.000Z',
      impact: 2,
      priority: 3,
      reassignmentCount: 4,
      version: 0,
    });
    expect(row.cells.cmdb_ci).toBeNull();
  });

  it.each<[string, RowCells]>([
    ['number is missing', { number: '?' }],
    ['number is', { number: 'INC 1' }],
    ['sys_updated_at is missing', { sys_updated_at: '?' }],
    ['opened_at is', { opened_at: '2021-03-01' }],
    ['closed_at is', { closed_at: '31/2/2021 08:00' }],
    ['incident_state is', { incident_state: 'Pending' }],
    ['incident_state is missing', { incident_state: '?' }],
    ['incident_state is', { incident_state: 'constructor' }],
    ['urgency is', { urgency: 'High' }],
    ['sys_mod_count is', { sys_mod_count: '-1' }],
    ['location is not text', { location: 'x'.repeat(1001) }],
  ])('is refused with a reason where its %s', (reason, cells) => {
    expect(() => servicenowRow(cells)).toThrow(reason);
  });
});

describe('parseTime', () => {
  it.each([
    ['1/3/2021 08:05', '2021-03-01T08:05:00.000Z'],
    ['29/2/2016 00:00', '2016-02-29T00:00:00.000Z'],
    ['31/12/1999 23:59', '1999-12-31T23:59:00.000Z'],
    ['1/1/2021 7:05', '2021-01-01T07:05:00.000Z'],
  ])('reads %s', (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  it.each([
    '29/2/2015 00:00',
    '29/2/1900 00:00',
    '0/1/2021 00:00',
    '1/13/2021 00:00',
    '1/1/2021 24:00',
  ])('knows no %s', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
