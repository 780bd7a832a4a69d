import { canonicalJson } from '@ledgerdesk/kernel';
import fc from 'fast-check';
import { applyChanges, diffStates } from './state-diff';

const text = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'a.b', 'constructor'),
  fc.string(),
);
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const identified = fc.uniqueArray(
  fc.record({ id: fc.constantFrom('1', '2', 1, 2), value: scalar }),
  { selector: ({ id }) => id, maxLength: 4 },
);

const { state } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    identified,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.uniqueArray(text, { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
  state: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
}));

describe('the difference of two states', () => {
  it('applied to the first gives the second', () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        const applied = applyChanges(before, diffStates(before, after));
        expect(canonicalJson(applied)).toBe(canonicalJson(after));
      }),
      { seed: 1_604_2018, numRuns: 2000 },
    );
  });

  it('of a state with an equal copy is empty', () => {
    fc.assert(
      fc.property(state, (before) => {
        expect(diffStates(before, structuredClone(before))).toEqual([]);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('names no part of a path that did not change', () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        for (const change of diffStates(before, after)) {
          expect(canonicalJson({ is: change.old })).not.toBe(canonicalJson({ is: change.new }));
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
