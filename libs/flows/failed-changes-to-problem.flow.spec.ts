import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { failedChangesToProblem, KEPT_FAILURES_MAX } from './failed-changes-to-problem.flow';

const key = 'changes:item:relay-1';
const closed = (
  change: string,
  facts: Readonly<Record<string, unknown>> = {},
  envelope: { readonly occurredAt?: string } = {},
): FlowEventStep => [
  `change-${change}`,
  'ChangeClosed',
  {
    outcome: 'unsuccessful',
    number: `CHG-${change}`,
    template: null,
    service: 'mail',
    configurationItems: ['relay-1'],
    ...facts,
  },
  envelope,
];
const answers = { RegisterProblem: { accepted: true, ticket: 'p' } } as const;
const twice = [closed('1'), closed('2', { outcome: 'backed-out' })];

describe('failed-changes-to-problem', () => {
  it('lets a first failure pass, and remembers it for a while', () => {
    givenFlow(failedChangesToProblem, key)
      .when(...closed('1'))
      .thenCommands()
      .thenTimers(['FailuresForgotten', '2026-05-31T08:01:00.000Z']);
  });

  it('registers a problem when changes of an item fail repeatedly, and links them', () => {
    givenFlow(failedChangesToProblem, key, [closed('1')], answers)
      .when(...closed('2', { outcome: 'backed-out' }))
      .thenCommands(
        [
          'RegisterProblem',
          null,
          {
            origin: 'proactive',
            title: 'Changes of relay-1 fail',
            statement: '2 changes failed within 90 days: CHG-1, CHG-2.',
            pattern: key,
            configurationItem: 'relay-1',
            service: 'mail',
          },
        ],
        ['LinkProblem', 'p', { type: 'relates-to', targetKind: 'change', target: '1' }],
        ['LinkProblem', 'p', { type: 'relates-to', targetKind: 'change', target: '2' }],
      );
  });

  it('links further failures with the problem that there is', () => {
    givenFlow(failedChangesToProblem, key, twice, answers)
      .when(...closed('3'))
      .thenCommands(['LinkProblem', 'p', { target: '3' }]);
  });

  it.each([
    ['one of many items by its service', { configurationItems: ['a', 'b'] }, 'service:mail'],
    ['one without an item by its service', { configurationItems: [] }, 'service:mail'],
    [
      'one of many items without a service by the first',
      { configurationItems: ['a', 'b'], service: null },
      'item:a',
    ],
  ])('counts %s', (_, facts, pattern) => {
    givenFlow(failedChangesToProblem, `changes:${pattern}`, [closed('1', facts)], answers)
      .when(...closed('2', facts))
      .thenCommands(
        ['RegisterProblem', null, { pattern: `changes:${pattern}` }],
        ['LinkProblem', 'p'],
        ['LinkProblem', 'p'],
      );
  });

  it.each([
    { outcome: 'successful' },
    { outcome: 'successful-with-issues' },
    { configurationItems: [], service: null },
  ])('does not count a change that closed so: %j', (facts) => {
    givenFlow(failedChangesToProblem, key, [closed('1')])
      .when(...closed('2', facts))
      .thenRecorded();
  });

  it('forgets failures that lie outside the window, and is over when none is left', () => {
    const scenario = givenFlow(failedChangesToProblem, key, [closed('1')]);
    scenario
      .whenUntil('2026-05-31T08:01:00.000Z')
      .thenCommands()
      .thenInstance({ status: 'completed' });
    scenario.when(...closed('2', {}, { occurredAt: '2026-06-01T08:00:00.000Z' })).thenCommands();
  });

  it('stays with its problem until that lets the pattern go, then counts afresh', () => {
    const scenario = givenFlow(failedChangesToProblem, key, twice, answers);
    scenario.whenUntil('2026-12-31T00:00:00.000Z').thenInstance({ status: 'open' });
    scenario
      .when('problem-other', 'ProblemPatternReleased', { pattern: key, cause: 'duplicate' })
      .thenInstance({ status: 'open' });
    scenario
      .when('problem-p', 'ProblemPatternReleased', { pattern: key, cause: 'closed' })
      .thenInstance({ status: 'completed' });
    scenario.when(...closed('3', {}, { occurredAt: '2027-01-01T00:00:00.000Z' })).thenCommands();
  });

  it('has nothing to do with the patterns of incidents', () => {
    givenFlow(failedChangesToProblem, 'item:relay-1')
      .when('problem-p', 'ProblemPatternReleased', { pattern: 'item:relay-1', cause: 'closed' })
      .thenRecorded();
  });

  it('keeps no more failures than it may', () => {
    const many = Array.from({ length: KEPT_FAILURES_MAX + 5 }, (_, index) => closed(`c${index}`));
    givenFlow(failedChangesToProblem, key, many.slice(1), answers)
      .when(...closed('last'))
      .thenInstance({
        state: { problem: 'p', failures: Array(KEPT_FAILURES_MAX).fill(expect.anything()) },
      });
  });

  it('cancels the problem when its registration is undone', () => {
    const accepted = {
      step: 'register problem',
      process: 'problem',
      ticket: 'p',
      command: 'RegisterProblem',
      body: {},
    };
    expect(
      failedChangesToProblem.compensations['register problem']?.(accepted, {
        failures: [],
        problem: 'p',
      }),
    ).toMatchObject({ command: 'CancelProblem', ticket: 'p' });
  });
});
