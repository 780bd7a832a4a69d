import fc from 'fast-check';
import {
  approvalRules,
  approvalsNeeded,
  areApproved,
  outcomeOf,
  type ApprovalRound,
} from './approval-round';

const answersOf = (verdicts: readonly boolean[]) =>
  verdicts.map((isApproval, index) => ({
    ...{ approver: `p${index}`, answeredBy: `p${index}`, isApproval },
    ...{ comment: null, meaning: null, at: '2026-03-02T08:00:00.000Z' },
  }));

const peopleOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `p${index}`);

describe('how many approvals a rule needs', () => {
  it.each([
    [1, 3, 1],
    [50, 3, 2],
    [50, 4, 2],
    [66, 3, 2],
    [100, 3, 3],
    [150, 3, 3],
  ])('%i percent of %i people are %i', (percentage, count, needed) => {
    expect(approvalsNeeded({ rule: 'percentage', percentage }, count)).toBe(needed);
  });

  it('is the first answer where no percentage is set', () => {
    expect(approvalsNeeded({ rule: 'percentage' }, 5)).toBe(1);
  });
});

describe('the outcome of a round', () => {
  const verdicts = fc.array(fc.boolean(), { maxLength: 12 });
  const rules = fc.constantFrom(...approvalRules);

  it('is decided once everybody has answered, and by all agreeing always approved', () => {
    fc.assert(
      fc.property(rules, verdicts, fc.integer({ min: 1, max: 100 }), (rule, all, percentage) => {
        fc.pre(all.length > 0);
        const approvers = peopleOf(all.length);
        const needed = approvalsNeeded({ rule, percentage }, all.length);
        const outcome = outcomeOf({ rule, needed, approvers, answers: answersOf(all) });
        expect(outcome).not.toBe('pending');
        const agreed = outcomeOf({
          rule,
          needed,
          approvers,
          answers: answersOf(all.map(() => true)),
        });
        expect(agreed).toBe('approved');
      }),
      { seed: 20260302 },
    );
  });

  it('is not undone by later answers', () => {
    fc.assert(
      fc.property(rules, verdicts, fc.nat(12), (rule, all, cut) => {
        fc.pre(all.length > 0 && rule !== 'one');
        const approvers = peopleOf(all.length);
        const needed = approvalsNeeded({ rule, percentage: 50 }, all.length);
        const early = outcomeOf({ rule, needed, approvers, answers: answersOf(all.slice(0, cut)) });
        const late = outcomeOf({ rule, needed, approvers, answers: answersOf(all) });
        expect(early === 'pending' || early === late).toBe(true);
      }),
      { seed: 20260302 },
    );
  });
});

describe('a set of rounds', () => {
  const round = (fields: Partial<ApprovalRound>): ApprovalRound => ({
    ...{ id: 1, policy: 'cab', rule: 'one', needed: 1, isMandatory: true, approvers: ['ben'] },
    ...{ question: 'q', status: 'pending', answers: [], delegations: [], ended: null },
    requested: { at: '2026-03-02T08:00:00.000Z', by: 'ada' },
    ...fields,
  });

  it('lets through by the latest round of each policy', () => {
    const approved = round({ status: 'approved' });
    expect(areApproved([approved], ['cab'])).toBe(true);
    expect(areApproved([approved, round({ status: 'rejected' })], ['cab'])).toBe(false);
    expect(areApproved([approved, round({ status: 'void' })], ['cab'])).toBe(true);
    expect(areApproved([round({ status: 'void' })], ['cab'])).toBe(false);
  });

  it('waits for every mandatory round, and for no optional one', () => {
    const approved = round({ status: 'approved' });
    const more = round({ policy: 'peer' });
    expect(areApproved([approved, more], ['cab'])).toBe(false);
    expect(areApproved([approved, { ...more, isMandatory: false }], ['cab'])).toBe(true);
  });
});
