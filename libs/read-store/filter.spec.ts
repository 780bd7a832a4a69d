import fc from 'fast-check';
import { isLedgerdeskError } from '@ledgerdesk/kernel';
import { parseFilter } from './filter';

describe('a filter from outside', () => {
  it('is given back where its shape is right', () => {
    const json: unknown = JSON.parse(
      '{"state":"new","points":{"$gt":1,"$lte":9},"$or":[{"a":null},{"$and":[{"b":{"$in":[1,true]}}]}],"$text":{"$search":"x"}}',
    );
    expect(parseFilter(json)).toEqual(json);
  });

  it.each([
    ['null', null, 'filter'],
    ['a text', '{}', 'filter'],
    ['a prototype at the top', JSON.parse('{"__proto__":{}}'), 'filter.__proto__'],
    ['a prototype in a condition', JSON.parse('{"a":{"__proto__":1}}'), 'filter.a.__proto__'],
    ['an unknown operator', { a: { $where: '1' } }, 'filter.a.$where'],
    ['an operator in the wrong place', { $gt: 5 }, 'filter.$gt'],
    ['a nested object', { a: { b: 1 } }, 'filter.a.b'],
    ['an instance of a class', new Map(), 'filter'],
  ])('is refused where it is or holds %s', (_what, json, path) => {
    expect(() => parseFilter(json)).toThrow(
      expect.objectContaining({
        code: 'invalid.query',
        details: expect.objectContaining({ path }) as unknown,
      }),
    );
  });

  it('is either taken or refused with invalid.query, whatever JSON it is', () => {
    const key = fc.constantFrom(
      '$and',
      '$or',
      '$text',
      '$search',
      '$in',
      '$eq',
      '$x',
      'a',
      '__proto__',
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(key, tie('json'), { maxKeys: 3 }),
      ),
    }));
    const outcomeOf = (value: unknown): unknown => {
      try {
        return parseFilter(value) === value;
      } catch (error) {
        return isLedgerdeskError(error) ? error.code : error;
      }
    };
    const property = fc.property(json, (value) => {
      expect([true, 'invalid.query']).toContain(outcomeOf(value));
    });
    fc.assert(property, { seed: 11, numRuns: 3000 });
  });
});
