import { commandNameOf, ticketKey, type ProcessState } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { problemProcess, problemTaskProcess, type ProblemState } from '../index';
import { wrongFields } from '../testing';

type Finding = readonly [process: string, ticket: string, state: object];

/** A context in which these tickets are found, each under its name, with `<name>-id` as its id. */
const finding = (...found: readonly Finding[]): ScenarioContext<ProblemState> => ({
  related: new Map(
    found.map(([process, ticket, state]) => [
      ticketKey({ process, ticket }),
      { id: ticket.endsWith('-id') ? ticket : `${ticket}-id`, state: state as ProcessState },
    ]),
  ),
});

const registered = [
  'RegisterProblem',
  {
    origin: 'reactive',
    statement: 'The relay stops.',
    impact: 2,
    urgency: 2,
    organisation: 'head-office',
    incidents: ['INC-1'],
  },
  finding(['incident', 'INC-1', { state: 'on-hold' }]),
] as const;
const confirmed = [
  registered,
  ['AssessProblem', { category: 'email', service: 'mail' }],
  ['ConfirmProblem', { group: 'messaging', coordinator: 'li.w' }],
] as const;
const cause = { method: 'five-whys', notes: 'Half-open connections.', evidence: ['INC-1'] };
const caused = ['RecordProblemCause', cause] as const;
const workaround = { steps: 'Restart it.', effectiveness: 'full', validity: 'until-fixed' };
const worked = ['RecordProblemWorkaround', workaround] as const;
const fixedByNothing = ['FixProblem', { notes: 'Set a limit.', changeNeed: 'not-needed' }] as const;
const fixedByChange = [
  'FixProblem',
  { notes: 'Set a limit.', changeNeed: 'linked', changes: ['CHG-1'] },
  finding(['change', 'CHG-1', { state: 'draft' }]),
] as const;
const resolved = [...confirmed, caused, fixedByNothing, ['ResolveProblem', {}]] as const;
const AFTER_A_WEEK = { now: '2026-03-09T08:05:00.000Z' };

describe('cause and workaround', () => {
  it('are recorded in the analysis', () => {
    given(problemProcess, ...confirmed)
      .when(...caused)
      .thenEvents(['RootCauseRecorded', cause])
      .thenState({ causeRecordedAt: '2026-03-02T08:03:00.000Z' });
    given(problemProcess, ...confirmed)
      .when(...worked)
      .thenEvents([
        'WorkaroundRecorded',
        { steps: 'Restart it.', effectiveness: 'full', validUntil: null },
      ]);
  });

  it('are refused before the problem is confirmed', () => {
    given(problemProcess, registered)
      .when(...caused)
      .thenRefused('refused.state');
  });

  it('name method, evidence, effect and validity', () => {
    expect(wrongFields(problemProcess, 'RecordProblemCause', {})).toEqual([
      'evidence',
      'method',
      'notes',
    ]);
    expect(
      wrongFields(problemProcess, 'RecordProblemWorkaround', { validity: 'until-date' }),
    ).toEqual(['effectiveness', 'steps', 'validUntil']);
  });

  it('refuse a workaround that is valid no longer when it is recorded', () => {
    const until = (validUntil: string) => ({ ...workaround, validity: 'until-date', validUntil });
    given(problemProcess, ...confirmed)
      .when('RecordProblemWorkaround', until('2026-03-02T09:03:00+01:00'))
      .thenRefused('refused.not-ahead', { field: 'validUntil' });
    given(problemProcess, ...confirmed)
      .when('RecordProblemWorkaround', until('2026-03-02T09:03:00.001+01:00'))
      .thenEvents(['WorkaroundRecorded', { validUntil: '2026-03-02T08:03:00.001Z' }]);
  });

  it('are told to the linked incidents, until the workaround expires', () => {
    const expiring = [
      'RecordProblemWorkaround',
      { ...workaround, validity: 'until-date', validUntil: '2026-03-03T00:00:00Z' },
    ] as const;
    given(problemProcess, ...confirmed, expiring)
      .when('CommunicateProblemWorkaround')
      .thenEvents(['WorkaroundCommunicated', { text: 'Restart it.', incidents: ['INC-1-id'] }]);
    given(problemProcess, ...confirmed, expiring)
      .when('CommunicateProblemWorkaround', {}, { now: '2026-03-03T00:00:00.000Z' })
      .thenRefused('refused.workaround-expired');
    given(problemProcess, ...confirmed)
      .when('CommunicateProblemWorkaround')
      .thenRefused('refused.no-workaround');
  });
});

describe('fixing a problem', () => {
  it('links the changes that it names by their ids', () => {
    given(problemProcess, ...confirmed, caused)
      .when(...fixedByChange)
      .thenEvents(
        ['ProblemLinked', { type: 'fixed-by', targetKind: 'change', target: 'CHG-1-id' }],
        ['FixStarted', { notes: 'Set a limit.', changeNeed: 'linked', changes: ['CHG-1-id'] }],
      )
      .thenState({ state: 'fix-in-progress' });
  });

  it('counts the changes that were linked before', () => {
    const link = { type: 'fixed-by', targetKind: 'change', target: 'CHG-2' };
    given(problemProcess, ...confirmed, caused, ['LinkProblem', link])
      .when('FixProblem', { notes: 'n', changeNeed: 'linked' })
      .thenEvents(['FixStarted', { changes: ['CHG-2'] }]);
    given(problemProcess, ...confirmed, caused, ['LinkProblem', link])
      .when(...fixedByNothing)
      .thenRefused('refused.fix-change-linked');
  });

  it('may leave the change to be drafted', () => {
    given(problemProcess, ...confirmed, caused)
      .when('FixProblem', { notes: 'n', changeNeed: 'to-be-drafted' })
      .thenEvents(['FixStarted', { changeNeed: 'to-be-drafted', changes: [] }]);
  });

  it('is refused without a cause, without a change, and for a change that is not known', () => {
    given(problemProcess, ...confirmed)
      .when(...fixedByNothing)
      .thenRefused('refused.no-cause');
    given(problemProcess, ...confirmed, caused)
      .when('FixProblem', { notes: 'n', changeNeed: 'linked' })
      .thenRefused('refused.no-fix-change');
    given(problemProcess, ...confirmed, caused)
      .when('FixProblem', { notes: 'n', changeNeed: 'linked', changes: ['CHG-1'] })
      .thenRefused('refused.related-missing', { references: ['CHG-1'] });
  });

  it('is told to the linked incidents once there is a fix', () => {
    given(problemProcess, ...confirmed, caused, fixedByNothing)
      .when('CommunicateProblemFix', { text: 'Fixed on Thursday.' })
      .thenEvents(['FixCommunicated', { text: 'Fixed on Thursday.', incidents: ['INC-1-id'] }]);
  });

  it('goes back to the analysis, and forgets its changes', () => {
    given(problemProcess, ...confirmed, caused, fixedByChange)
      .when('AbandonProblemFix', { reason: 'All were cancelled.' })
      .thenEvents(['FixAbandoned', { changes: ['CHG-1-id'] }])
      .thenState({ state: 'root-cause-analysis', fix: null, pastChanges: ['CHG-1-id'] });
    const abandoned = ['AbandonProblemFix', { reason: 'r' }] as const;
    given(problemProcess, ...confirmed, caused, fixedByChange, abandoned)
      .when(...fixedByNothing)
      .thenEvents(['FixStarted', { changes: [] }]);
    given(problemProcess, ...confirmed, caused, fixedByChange, abandoned)
      .when(...fixedByChange)
      .thenState({ pastChanges: [] });
  });
});

describe('resolving a problem', () => {
  it.each(['successful', 'successful-with-issues'])(
    'is allowed once each change is closed as %s',
    (outcome) => {
      given(problemProcess, ...confirmed, caused, fixedByChange)
        .when('ResolveProblem', {}, finding(['change', 'CHG-1-id', { state: 'closed', outcome }]))
        .thenEvents(['ProblemResolved', { resolvedBy: 'ada', changes: ['CHG-1-id'] }])
        .thenState({ state: 'resolved', closeCode: 'fix-applied' });
    },
  );

  it.each<readonly [string, readonly Finding[], string]>([
    ['is not there', [], 'CHG-1-id (not found)'],
    [
      'is under way',
      [['change', 'CHG-1-id', { state: 'implement', number: 'CHG-1' }]],
      'CHG-1 (implement)',
    ],
    [
      'was closed without success',
      [['change', 'CHG-1-id', { state: 'closed', outcome: 'unsuccessful' }]],
      'CHG-1-id (unsuccessful)',
    ],
  ])('is refused while a change %s', (_, found, name) => {
    given(problemProcess, ...confirmed, caused, fixedByChange)
      .when('ResolveProblem', {}, finding(...found))
      .thenRefused('refused.changes-not-successful', { changes: [name] });
  });

  it('is refused while the change that was to be drafted is not linked', () => {
    given(problemProcess, ...confirmed, caused, [
      'FixProblem',
      { notes: 'n', changeNeed: 'to-be-drafted' },
    ])
      .when('ResolveProblem')
      .thenRefused('refused.no-fix-change');
  });

  it('asks for the changes of the present fix only', () => {
    const { state } = given(problemProcess, ...confirmed, caused, fixedByChange);
    expect(problemProcess.commands['ResolveProblem']?.needs?.({}, state)).toEqual({
      related: [{ process: 'change', ticket: 'CHG-1-id' }],
    });
    expect(
      problemProcess.commands['ResolveProblem']?.needs?.(
        {},
        { ...state, pastChanges: ['CHG-1-id'] },
      ),
    ).toEqual({ related: [] });
  });
});

describe('completing a problem', () => {
  it('is refused up to the last millisecond of the verification period', () => {
    given(problemProcess, ...resolved)
      .when('CompleteProblem', {}, { now: '2026-03-09T08:04:59.999Z' })
      .thenRefused('refused.verification-period', { days: 7 });
    given(problemProcess, ...resolved)
      .when('CompleteProblem', { cause: 'timer' }, AFTER_A_WEEK)
      .thenEvents(['ProblemClosed', { code: 'fix-applied', cause: 'timer' }])
      .thenState({ state: 'closed', closedBy: 'ada', closedAt: AFTER_A_WEEK.now });
  });

  it('cancels the open tasks of the problem first, and no others', () => {
    const tasks = ['open', 'done', 'moved', 'lost'];
    const recorded = tasks.map(
      (task) => ['RecordProblemTask', { task, taskNumber: task }] as const,
    );
    const { state } = given(problemProcess, ...confirmed, ...recorded);
    const { companions, needs } = problemProcess.commands['CompleteProblem'] ?? {};
    expect(needs?.({}, state).related).toEqual(
      tasks.map((ticket) => ({ process: 'problem-task', ticket })),
    );
    const found = finding(
      ['problem-task', 'open', { state: 'assess', problem: state.id }],
      ['problem-task', 'done', { state: 'closed', problem: state.id }],
      ['problem-task', 'moved', { state: 'new', problem: 'another' }],
    );
    const told = companions?.({}, state, found as never) ?? [];
    expect(told.map(({ process, ticket }) => [process, ticket])).toEqual([
      ['problem-task', 'open'],
    ]);
    const [command] = told.map((companion) => companion.command);
    expect(commandNameOf(command ?? {})).toBe('CancelProblemTask');
    expect(wrongFields(problemTaskProcess, 'CancelProblemTask', { ...command })).toEqual([]);
  });
});

describe('accepting the risk', () => {
  const acceptance = {
    reason: 'Replaced in autumn.',
    authority: 'board',
    reviewAt: '2026-09-01T08:00:00Z',
  };
  const known = [
    'RecordProblemKnownError',
    { knownError: 'KE-1', knownErrorNumber: 'KE-000001' },
  ] as const;
  const published = finding(['known-error', 'KE-1', { state: 'published' }]);

  it.each([
    ['closes the problem', {}, { state: 'closed', resolvedAt: null }],
    ['may leave it resolved', { outcome: 'resolved' }, { state: 'resolved', closedAt: null }],
  ] as const)('%s, until a review', (_, more, state) => {
    given(problemProcess, ...confirmed, known)
      .when('AcceptProblemRisk', { ...acceptance, ...more }, published)
      .thenEvents([
        'ProblemRiskAccepted',
        { authority: 'board', reviewAt: '2026-09-01T08:00:00.000Z', knownErrors: ['KE-1'] },
      ])
      .thenState({
        ...state,
        closeCode: 'risk-accepted',
        riskReviewAt: '2026-09-01T08:00:00.000Z',
      });
  });

  it('is refused without a published known error', () => {
    given(problemProcess, ...confirmed)
      .when('AcceptProblemRisk', acceptance)
      .thenRefused('refused.no-known-error');
    given(problemProcess, ...confirmed, known)
      .when('AcceptProblemRisk', acceptance, finding(['known-error', 'KE-1', { state: 'draft' }]))
      .thenRefused('refused.no-known-error', { knownErrors: ['KE-1'] });
  });

  it('is refused for a review in the past', () => {
    given(problemProcess, ...confirmed, known)
      .when('AcceptProblemRisk', { ...acceptance, reviewAt: '2026-03-01T08:00:00Z' }, published)
      .thenRefused('refused.not-ahead', { field: 'reviewAt' });
  });

  it('names reason, authority and review date', () => {
    expect(wrongFields(problemProcess, 'AcceptProblemRisk', {})).toEqual([
      'authority',
      'reason',
      'reviewAt',
    ]);
  });

  it('stays the reason of the end when a watched problem is complete', () => {
    given(problemProcess, ...confirmed, known, [
      'AcceptProblemRisk',
      { ...acceptance, outcome: 'resolved' },
      published,
    ])
      .when('CompleteProblem', {}, { now: '2026-03-20T00:00:00.000Z' })
      .thenEvents(['ProblemClosed', { code: 'risk-accepted' }]);
  });
});

describe('analysing again', () => {
  const again = { reason: 'It is back.' };

  it('opens a resolved or closed problem, and keeps the end that did not hold', () => {
    given(problemProcess, ...resolved)
      .when('ReanalyseProblem', again)
      .thenEvents([
        'ProblemReopened',
        { reopenCount: 1, previousState: 'resolved', previousCode: 'fix-applied' },
      ])
      .thenState({
        state: 'root-cause-analysis',
        closeCode: null,
        resolvedAt: null,
        fix: null,
        reanalyses: [
          {
            at: '2026-03-02T08:06:00.000Z',
            by: 'ada',
            reason: 'It is back.',
            previousCode: 'fix-applied',
            resolvedAt: '2026-03-02T08:05:00.000Z',
            closedAt: null,
          },
        ],
      });
    given(problemProcess, ...resolved, ['CompleteProblem', {}, AFTER_A_WEEK])
      .when('ReanalyseProblem', again)
      .thenEvents(['ProblemReopened', { previousState: 'closed' }]);
  });

  it('does not let the old changes solve the problem a second time', () => {
    const done = finding(['change', 'CHG-1-id', { state: 'closed', outcome: 'successful' }]);
    given(
      problemProcess,
      ...confirmed,
      caused,
      fixedByChange,
      ['ResolveProblem', {}, done],
      ['ReanalyseProblem', again],
    )
      .when('FixProblem', { notes: 'n', changeNeed: 'linked' })
      .thenRefused('refused.no-fix-change');
  });

  it('is refused for what was never analysed', () => {
    given(problemProcess, registered, ['CancelProblem', { reason: 'r' }])
      .when('ReanalyseProblem', again)
      .thenRefused('refused.never-analysed');
  });
});
