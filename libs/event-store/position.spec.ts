import { hasErrorCode } from '@ledgerdesk/kernel';
import { formatPosition, formatRevision, parsePosition, parseRevision } from './position';

describe.each([
  ['position', parsePosition, formatPosition],
  ['revision', parseRevision, formatRevision],
])('the text of a %s', (_, parse, format) => {
  it.each([0n, 1n, 42n, 2n ** 53n + 1n, 2n ** 63n - 1n])('leads %p back to itself', (value) => {
    expect(parse(format(value))).toBe(value);
  });

  it.each(['', ' 1', '1 ', '-1', '+1', '01', '1.0', '1e3', '0x10', '1n', '٣', '9'.repeat(20)])(
    'is not %j',
    (text) => {
      let caught: unknown;
      try {
        parse(text);
      } catch (error) {
        caught = error;
      }
      expect(hasErrorCode(caught, 'malformed.position')).toBe(true);
    },
  );
});
