import { hasErrorCode } from '@ledgerdesk/kernel';
import { formatInstant, parseInstant } from './instant';

describe('parseInstant', () => {
  it.each([
    ['2016-03-01T12:00:00Z', '2016-03-01T12:00:00.000Z'],
    ['2016-03-01T12:00Z', '2016-03-01T12:00:00.000Z'],
    ['2016-03-01T12:00:00.123456Z', '2016-03-01T12:00:00.123Z'],
    ['2016-03-01T00:30:00+01:00', '2016-02-29T23:30:00.000Z'],
    ['2016-03-01T23:30:00-05:30', '2016-03-02T05:00:00.000Z'],
    ['2016-02-29', '2016-02-29T23:59:59.999Z'],
    ['0042-01-01', '0042-01-01T23:59:59.999Z'],
  ])('reads %s as %s', (text, occurredAt) => {
    expect(parseInstant(text)).toEqual({ occurredAt });
  });

  it('puts a time on the axis that is asked for', () => {
    expect(parseInstant('2016-03-01', 'recordedAt')).toEqual({
      recordedAt: '2016-03-01T23:59:59.999Z',
    });
  });

  it('reads positions and revisions beyond 2^53', () => {
    expect(parseInstant('position:9007199254740993')).toEqual({ position: 9007199254740993n });
    expect(parseInstant('revision:0')).toEqual({ revision: 0n });
  });

  it.each([
    '',
    'yesterday',
    '2016-03-01T12:00:00',
    '2016-03-01T12:00:00 01:00',
    '2015-02-29',
    '2016-13-01',
    '2016-03-01T24:00:00Z',
    '2016-03-01T12:60:00Z',
    '2016-03-01T12:00:00+25:00',
    '0000-01-01T00:00:00+23:00',
    'position:-1',
    'position:01',
    'revision:99999999999999999999',
    '2016-03-01T12:00:00Z\n',
  ])('refuses %j and says what would be right', (text) => {
    const read = (): unknown => parseInstant(text);
    expect(read).toThrow(/give a time with its offset/);
    expect(codeOf(read)).toBe(true);
  });
});

describe('formatInstant', () => {
  it('names each bound', () => {
    expect(formatInstant({})).toBe('now');
    expect(formatInstant({ occurredAt: 'T1', recordedAt: 'T2' })).toBe('T1, recorded by T2');
    expect(formatInstant({ position: 4n })).toBe('position:4');
    expect(formatInstant({ revision: 4n })).toBe('revision:4');
  });
});

function codeOf(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    return hasErrorCode(error, 'malformed.instant');
  }
}
