import { diffStates } from './state-diff';

describe('diffStates', () => {
  it('gives a scalar field with its old and its new value', () => {
    expect(diffStates({ priority: 3, title: 'a' }, { priority: 1, title: 'a' })).toEqual([
      { field: 'priority', path: ['priority'], old: 3, new: 1 },
    ]);
  });

  it('gives long text from what to what, not merely that it changed', () => {
    const before = 'x'.repeat(5000);
    const after = `${before}y`;
    expect(diffStates({ text: before }, { text: after })[0]).toMatchObject({
      old: before,
      new: after,
    });
  });

  it('tells an added field from one that was removed', () => {
    expect(diffStates({ a: 1 }, { b: 2 })).toEqual([
      { field: 'a', path: ['a'], old: 1 },
      { field: 'b', path: ['b'], new: 2 },
    ]);
  });

  it('tells null from absent', () => {
    expect(diffStates({ a: null }, {})).toEqual([{ field: 'a', path: ['a'], old: null }]);
    expect(diffStates({ a: undefined }, {})).toEqual([]);
  });

  it('names nested fields by their path', () => {
    expect(diffStates({ hold: { reason: 'x' } }, { hold: { reason: 'y' } })[0]?.field).toBe(
      'hold.reason',
    );
  });

  it('finds the element of a list by its id', () => {
    const before = { notes: [{ id: 'n1', text: 'a' }] };
    const after = {
      notes: [
        { id: 'n1', text: 'b' },
        { id: 'n2', text: 'c' },
      ],
    };
    expect(diffStates(before, after).map(({ field, old, new: now }) => [field, old, now])).toEqual([
      ['notes[n1].text', 'a', 'b'],
      ['notes[n2]', undefined, { id: 'n2', text: 'c' }],
    ]);
  });

  it('shows a removed text of a list as removed', () => {
    expect(diffStates({ watchers: ['Ann', 'Bob'] }, { watchers: ['Bob'] })).toEqual([
      { field: 'watchers[Ann]', path: ['watchers', { id: 'Ann' }], old: 'Ann' },
    ]);
  });

  it('gives a reordered list as one change of the whole', () => {
    expect(diffStates({ order: ['a', 'b'] }, { order: ['b', 'a'] })).toEqual([
      { field: 'order', path: ['order'], old: ['a', 'b'], new: ['b', 'a'] },
    ]);
  });
});
