import fc from 'fast-check';
import { JSON_DEPTH_MAX, parseStrictJson } from './json-text';

const INVALID = expect.objectContaining({ code: 'invalid.json-text' });

describe('strict JSON', () => {
  it('reads all that JSON can say about ordinary data', () => {
    const key = fc.string().filter((name) => !(name in Object.prototype) && !name.includes('\0'));
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, '\t'), (data, space) => {
        expect(parseStrictJson(JSON.stringify(data, null, space))).toEqual(data);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", '{} {}', 'undefined', '"a\nb"'])(
    'refuses what is no JSON: %j',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(
        expect.objectContaining({ code: 'malformed.json' }),
      );
    },
  );

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"c":1,"c":1}}]',
    '{"a":"}:{","a":":"}',
    '{"a\\"":1,"a\\"":2}',
  ])('refuses one name twice: %s', (text) => {
    expect(() => parseStrictJson(text)).toThrow(INVALID);
  });

  it('takes the same name in different objects, and colons and quotes in texts', () => {
    const text = '{"a":{"a":"\\":\\\\"},"b:":[{"a":":"},{"a":"{\\"a\\":1}"}]}';
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['"\\u0000"', '{"\\u0000":1}', '["\\ud83d"]', '{"a":"\\udc00\\ud800"}'])(
    'refuses what is no well-formed text: %s',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(INVALID);
    },
  );

  it('takes a surrogate pair that is written as two escapes', () => {
    expect(parseStrictJson('"\\ud83d\\ude00"')).toBe('\u{1f600}');
  });

  it.each(['{"__proto__":1}', '[{"constructor":1}]', '{"a":{"hasOwnProperty":1}}'])(
    'refuses names that every object has: %s',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(INVALID);
    },
  );

  it('refuses to go deeper than its bound', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(() => parseStrictJson(nested(JSON_DEPTH_MAX))).not.toThrow();
    expect(() => parseStrictJson(nested(JSON_DEPTH_MAX + 1))).toThrow(INVALID);
  });
});
