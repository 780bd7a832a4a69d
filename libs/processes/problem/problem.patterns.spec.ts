import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { problemProcess, type ProblemState } from '../index';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const OTHER = '0195c1d0-0000-7000-8000-000000000002';

const report = {
  origin: 'proactive',
  trend: 'Every Monday.',
  statement: 'The relay stops.',
  impact: 2,
  urgency: 2,
  organisation: 'head-office',
};
const registered = ['RegisterProblem', { ...report, pattern: 'item:relay-1' }] as const;
const assessed = ['AssessProblem', { category: 'email', service: 'mail' }] as const;
const types = ({ decision }: { readonly decision: unknown }): readonly string[] =>
  (decision as readonly { readonly type: string }[]).map(({ type }) => type);

const finding = (facts: Partial<ProblemState>): ScenarioContext<ProblemState> => ({
  tickets: new Map([
    [OTHER, { id: OTHER, state: { ...problemProcess.initial, id: OTHER, ...facts } }],
  ]),
});

describe('a problem with a pattern', () => {
  it('takes the pattern, and keeps it', () => {
    const problem = given(problemProcess).when(...registered);
    expect(types(problem)).toContain('ProblemPatternTaken');
    problem.thenState({ patterns: ['item:relay-1'] });
  });

  it('takes none where none is named', () => {
    const problem = given(problemProcess).when('RegisterProblem', report);
    expect(types(problem)).not.toContain('ProblemPatternTaken');
  });

  it('lets it go when it is cancelled', () => {
    given(problemProcess, registered)
      .when('CancelProblem', { reason: 'Once.' })
      .thenEvents(
        ['ProblemCancelled'],
        ['ProblemPatternReleased', { pattern: 'item:relay-1', cause: 'cancelled' }],
      )
      .thenState({ patterns: ['item:relay-1'] });
  });

  it('lets it go as a duplicate', () => {
    given(problemProcess, registered, assessed)
      .when('MarkProblemDuplicate', { original: OTHER }, finding({ number: 'PRB-000002' }))
      .thenEvents(
        ['ProblemMarkedDuplicate'],
        ['ProblemPatternReleased', { pattern: 'item:relay-1', cause: 'duplicate' }],
      );
  });

  it('takes the patterns of its duplicate over', () => {
    given(problemProcess, ['RegisterProblem', report])
      .when(
        'RecordProblemDuplicate',
        { problem: OTHER, problemNumber: 'PRB-000002' },
        finding({ patterns: ['item:relay-1'] }),
      )
      .thenEvents(
        ['ProblemDuplicateRecorded', { problem: OTHER }],
        ['ProblemPatternTaken', { pattern: 'item:relay-1' }],
      )
      .thenState({ id: SELF, patterns: ['item:relay-1'] });
  });

  it('takes none over once it has ended itself', () => {
    given(problemProcess, ['RegisterProblem', report], ['CancelProblem', { reason: 'Once.' }])
      .when(
        'RecordProblemDuplicate',
        { problem: OTHER, problemNumber: 'PRB-000002' },
        finding({ patterns: ['item:relay-1'] }),
      )
      .thenEvents(['ProblemDuplicateRecorded']);
  });
});
