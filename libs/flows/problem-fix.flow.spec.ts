import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { problemFix, problemFixRules } from './problem-fix.flow';

const stream = 'problem-p';
const fix = {
  notes: 'The job closes its connections.',
  changeNeed: 'to-be-drafted',
  changes: [],
  number: 'PRB-000017',
  title: 'Mail relay stops',
  service: 'mail',
  configurationItem: 'relay-1',
};
const started: FlowEventStep = [stream, 'FixStarted', fix];
const drafted = 'change-of-problem-p@0/0';
const answers = { DraftChange: { accepted: true, ticket: 'c' } } as const;
const progress = (...standings: readonly (readonly [string, string])[]): FlowEventStep => [
  stream,
  'FixProgressRecorded',
  {
    changes: standings.map(([change, standing]) => ({ change, number: `CHG-${change}`, standing })),
    coordinator: 'li.w',
  },
];

describe('problem-fix', () => {
  it('drafts the change of the fix in the name of who began it, and links it', () => {
    givenFlow(problemFix, 'p', [], answers)
      .when(...started)
      .thenCommands(
        [
          'DraftChange',
          null,
          {
            title: 'Fix of PRB-000017: Mail relay stops',
            requester: 'ada',
            type: 'normal',
            service: 'mail',
            configurationItems: ['relay-1'],
            description: 'The job closes its connections.',
          },
        ],
        ['LinkProblem', 'p', { type: 'fixed-by', targetKind: 'change', target: 'c' }],
      )
      .thenInstance({ status: 'open', state: { drafted: ['c'] } });
  });

  it('drafts a change about the service where no item is known', () => {
    givenFlow(problemFix, 'p', [], answers)
      .when(stream, 'FixStarted', { ...fix, configurationItem: null })
      .thenCommands(
        ['DraftChange', null, { service: 'mail', configurationItems: null }],
        ['LinkProblem', 'p'],
      );
  });

  it('only looks at the changes where they are linked already', () => {
    givenFlow(problemFix, 'p')
      .when(stream, 'FixStarted', { ...fix, changeNeed: 'linked', changes: ['c'] })
      .thenCommands(['RecordProblemFixProgress', 'p']);
  });

  it('has nothing to do for a fix without a change', () => {
    givenFlow(problemFix, 'p')
      .when(stream, 'FixStarted', { ...fix, changeNeed: 'not-needed' })
      .thenRecorded();
  });

  it('goes back to the analysis once every change is cancelled, and says which', () => {
    givenFlow(problemFix, 'p', [started])
      .when(...progress(['c', 'cancelled'], ['d', 'cancelled']))
      .thenCommands([
        'AbandonProblemFix',
        'p',
        { reason: 'All changes of the fix were cancelled: CHG-c, CHG-d' },
      ]);
  });

  it.each([
    ['none is linked', []],
    [
      'one is still open',
      [
        ['c', 'cancelled'],
        ['d', 'pending'],
      ],
    ],
    [
      'one succeeded',
      [
        ['c', 'cancelled'],
        ['d', 'successful'],
      ],
    ],
  ] as const)('goes on with the fix where %s', (_, standings) => {
    givenFlow(problemFix, 'p', [started])
      .when(...progress(...standings))
      .thenCommands();
  });

  it('leaves that to a person where the policy says so, and tells which policy', () => {
    const value = { ...problemFixRules.value, abandonsWhenCancelled: false };
    const policies = { problemFix: { ...problemFixRules, version: 2, value } };
    givenFlow({ ...problemFix, policies }, 'p', [started])
      .when(...progress(['c', 'cancelled']))
      .thenCommands()
      .thenRecorded('FlowDecided');
  });

  it('tells the changes that it drafted when the fix is abandoned, and is over', () => {
    givenFlow(problemFix, 'p', [started], answers)
      .when(stream, 'FixAbandoned', { reason: 'Too dear.', changes: ['c'] })
      .thenCommands(['AddChangeNote', 'c', { text: expect.stringContaining('Too dear.') }])
      .thenInstance({ status: 'completed' });
  });

  it('does not tell a change that has ended', () => {
    givenFlow(problemFix, 'p', [started, progress(['c', 'cancelled'])], answers)
      .when(stream, 'FixAbandoned', { reason: 'All cancelled.', changes: ['c'] })
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it.each(['ProblemResolved', 'ProblemRiskAccepted'])('is over with %s', (type) => {
    givenFlow(problemFix, 'p', [started]).when(stream, type).thenInstance({ status: 'completed' });
  });

  it('begins anew with the next fix', () => {
    givenFlow(problemFix, 'p', [started, [stream, 'ProblemResolved']])
      .when(...started)
      .thenInstance({ status: 'open', run: 2 });
  });

  it('is parked where the change cannot be drafted', () => {
    givenFlow(problemFix, 'p', [], { DraftChange: { accepted: false, code: 'invalid.command' } })
      .when(...started)
      .thenParked('invalid.command');
  });

  it('takes a fix that a person abandoned first for done', () => {
    givenFlow(problemFix, 'p', [started], {
      AbandonProblemFix: { accepted: false, code: 'refused.state', state: 'root-cause-analysis' },
    })
      .when(...progress(['c', 'cancelled']))
      .thenInstance({ status: 'open', parking: null });
  });

  it('cancels the draft when its step is undone', () => {
    const accepted = {
      step: 'draft change',
      process: 'change',
      ticket: drafted,
      command: 'DraftChange',
      body: {},
    };
    expect(problemFix.compensations['draft change']?.(accepted, { drafted: [] })).toMatchObject({
      command: 'CancelChange',
      ticket: drafted,
    });
  });
});
