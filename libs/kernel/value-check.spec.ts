import { valueChecks, type ValueCheck } from './value-check';

const { both, fields, flag, like, list, map, text, whole, word } = valueChecks;

describe('a check of a value', () => {
  it.each<readonly [string, ValueCheck, unknown]>([
    ['a whole number', whole(1, 5), 5],
    ['a text', text(5), 'häuse'],
    ['true or false', flag, false],
    ['a word', word(['red', 'blue']), 'blue'],
    ['a list', list(flag, { max: 2 }), [true, false]],
    ['a map', map(flag, { max: 2 }), { a: true }],
    ['fields, one left out that may be', fields({ a: flag }, { b: flag }), { a: true }],
  ])('takes %s', (_, check, value) => {
    expect(check(value)).toEqual([]);
  });

  it.each<readonly [string, ValueCheck, unknown, string]>([
    ['a number beyond', whole(1, 5), 6, 'value is a whole number from 1 to 5'],
    ['a broken number', whole(1, 5), 1.5, 'value is a whole number from 1 to 5'],
    ['a number as text', whole(1, 5), '3', 'value is a whole number from 1 to 5'],
    ['a long text', text(3), 'long', 'value is a text of 1 to 3 characters'],
    ['a blank text', text(3), '  ', 'value is a text of 1 to 3 characters'],
    ['a text with a bell', text(3), 'a\u0007', 'value is a text of 1 to 3 characters'],
    ['half a character', text(3), '\ud800', 'value is a text of 1 to 3 characters'],
    ['one for true', flag, 1, 'value is true or false'],
    ['another word', word(['red']), 'blue', 'value is one of red'],
    ['a long list', list(flag, { max: 1 }), [true, true], 'value is a list of 0 to 1 entries'],
    ['a short list', list(flag, { min: 1, max: 2 }), [], 'value is a list of 1 to 2 entries'],
    ['a bad entry', list(flag, { max: 2 }), [true, 1], 'value[1] is true or false'],
    ['a list for a map', map(flag, { max: 2 }), [], 'value is an object of 0 to 2 entries'],
    ['a bad member', map(flag, { max: 2 }), { a: 1 }, 'value.a is true or false'],
    ['a blank key', map(flag, { max: 2 }), { ' ': true }, 'value has a key that is no name'],
    ['a missing field', fields({ a: flag }), {}, 'value.a is missing'],
    ['a field too many', fields({ a: flag }), { a: true, b: 1 }, 'value.b is unknown; there are a'],
    ['null for fields', fields({ a: flag }), null, 'value is an object with a'],
  ])('names %s', (_, check, value, fault) => {
    expect(check(value).join('\n')).toContain(fault);
  });

  it('asks further only where the first answer is clean', () => {
    const asked: unknown[] = [];
    const second: ValueCheck = (value) => {
      asked.push(value);
      return ['second'];
    };
    expect(both(flag, second)(1)).toEqual(['value is true or false']);
    expect(both(flag, second)(true)).toEqual(['second']);
    expect(asked).toEqual([true]);
  });

  it('names twenty faults at the most', () => {
    expect(list(flag, { max: 100 })(Array.from({ length: 50 }, () => 1))).toHaveLength(20);
  });
});

describe('a check by a model', () => {
  const model = { days: 7, share: 0.5, on: true, name: 'x', steps: [{ from: 'a' }], extra: null };

  it.each<readonly [string, object]>([
    ['the model itself', {}],
    [
      'other values of the same types',
      { days: 0, share: 3, steps: [{ from: 'b' }, { from: 'c' }] },
    ],
    ['anything where the model has nothing', { extra: { deep: [1] } }],
  ])('takes %s', (_, changes) => {
    expect(like(model)({ ...model, ...changes })).toEqual([]);
  });

  it.each<readonly [object, string]>([
    [{ days: -1 }, 'value.days is a whole number from 0 to 1000000'],
    [{ days: 1e9 }, 'value.days is a whole number from 0 to 1000000'],
    [{ days: 1.5 }, 'value.days is a whole number'],
    [{ share: Infinity }, 'value.share is a number from 0 to 1000000'],
    [{ share: -0.1 }, 'value.share is a number from 0 to 1000000'],
    [{ on: 'yes' }, 'value.on is true or false'],
    [{ name: '' }, 'value.name is a text'],
    [{ steps: [{ to: 'a' }] }, 'value.steps[0].from is missing'],
    [{ hours: 1 }, 'value.hours is unknown'],
  ])('names what is wrong with %j', (changes, fault) => {
    expect(like(model)({ ...model, ...changes }).join('\n')).toContain(fault);
  });
});
