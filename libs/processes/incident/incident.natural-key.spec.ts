import { incidentProcess } from '../index';

function keyOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  return incidentProcess.commands['RegisterIncident']?.naturalKey?.(fields);
}

describe('the natural key of a registration', () => {
  it('is the source with its own key for the matter', () => {
    const key = keyOf({ source: 'nagios', sourceKey: 'disk/relay-1', description: 'Full.' });
    expect(key).toBe('["nagios","disk/relay-1"]');
  });

  it.each([
    ['without a source', { sourceKey: 'disk/relay-1' }],
    ['without a key of the source', { source: 'nagios' }],
    ['with null for either', { source: 'nagios', sourceKey: null }],
    ['of a caller', { caller: 'nadia.k' }],
  ])('is none %s', (_what, fields) => {
    expect(keyOf(fields)).toBeUndefined();
  });

  it('differs where source and key together read the same', () => {
    expect(keyOf({ source: 'a', sourceKey: 'b","c' })).not.toBe(
      keyOf({ source: 'a","b', sourceKey: 'c' }),
    );
  });

  it('belongs to registration alone', () => {
    const keyed = Object.entries(incidentProcess.commands).filter(
      ([, { naturalKey }]) => naturalKey !== undefined,
    );
    expect(keyed.map(([name]) => name)).toEqual(['RegisterIncident']);
  });
});
