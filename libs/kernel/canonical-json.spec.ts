import fc from 'fast-check';
import vectors from '../../test/fixtures/hash-vectors.json';
import { canonicalJson, canonicalValue } from './canonical-json';

function doubleOf(ieee754: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${ieee754}`));
  return view.getFloat64(0);
}

describe('canonicalJson', () => {
  it.each(vectors.canonicalJson.cases.map(({ name, json, canonical }) => [name, json, canonical]))(
    'writes %s',
    (_name, json = '', canonical) => {
      expect(canonicalJson(JSON.parse(json))).toBe(canonical);
    },
  );

  it.each(vectors.canonicalJson.numbers.map(({ ieee754, canonical }) => [ieee754, canonical]))(
    'writes the number %s as %s',
    (ieee754 = '', canonical) => {
      expect(canonicalJson(doubleOf(ieee754))).toBe(canonical);
    },
  );

  it.each(vectors.canonicalJson.notCanonical.map(({ name, ieee754 }) => [name, doubleOf(ieee754)]))(
    'refuses %s',
    (_name, number) => {
      expect(() => canonicalJson({ n: number })).toThrow(
        expect.objectContaining({ code: 'malformed.not-canonical' }),
      );
    },
  );

  it.each([
    ['a lone high surrogate', 'x\ud800'],
    ['a lone low surrogate', '\udc00x'],
    ['a key with a lone surrogate', { '\ud800': 1 }],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['undefined alone', undefined],
  ])('refuses %s', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({ code: 'malformed.not-canonical' }),
    );
  });

  it('leaves out keys without a value and writes null for holes in lists', () => {
    expect(canonicalJson({ b: undefined, a: [undefined, 1] })).toBe('{"a":[null,1]}');
  });

  it('writes an instance of a class by its own fields', () => {
    class Point {
      y = 2;
      x = 1;
    }
    expect(canonicalJson(new Point())).toBe('{"x":1,"y":2}');
  });

  it('reads back as what was written, and is the same for any order of keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
      { seed: 8785, numRuns: 500 },
    );
  });
});

describe('canonicalValue', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const withGaps = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(undefined, null, -0, 0, 1.5, '', 'ä', true),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
    ),
  }));

  it('is what a reader of the canonical JSON finds', () => {
    fc.assert(
      fc.property(withGaps.value, (value) => {
        fc.pre(value !== undefined);
        expect(canonicalValue(value)).toStrictEqual(JSON.parse(canonicalJson(value)));
      }),
      { seed: 8785 },
    );
  });

  it('gives the very same object where nothing has to go', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!canonicalJson([value, 0]).includes('e-') && !JSON.stringify(value).includes('-0'));
        expect(canonicalValue(value)).toBe(value);
      }),
      { seed: 8785 },
    );
  });

  it('makes a plain object of an instance of a class', () => {
    class Point {
      x = 1;
      y = undefined;
    }
    const value = canonicalValue({ at: new Point() });

    expect(value).toStrictEqual({ at: { x: 1 } });
  });
});
