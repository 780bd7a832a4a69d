import type { RelatedTicket } from '@ledgerdesk/kernel';
import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';
import { changeRisk, deriveRisk, successScore } from './policies/change-risk';

type Step = GivenStep<ChangeState>;

const START = '2026-03-02T08:00:00.000Z';
const END = '2026-03-02T20:00:00.000Z';

const planned = ['PlanChangeWindow', { plannedStart: START, plannedEnd: END }] as const;
const scanned = [
  'RecordChangeConflicts',
  {
    ...{ mode: 'basic', kinds: ['blackout'], position: '7', conflicts: [] },
    ...{ plannedStart: START, plannedEnd: END, configurationItems: ['relay-1'] },
  },
] as const;
const plans = {
  ...{ description: 'd', justification: 'j', implementationPlan: 'i', testPlan: 't' },
  ...{ backOutPlan: 'b', impact: 3 },
};
const started = ['StartChange', {}] as const;
const finished = ['FinishChange', { itemUpdates: 'none' }] as const;

describe('a standard change', () => {
  const template = (state: string) => ({
    related: new Map<string, RelatedTicket>(
      ['TPL-000001', 'template-1'].map((reference) => [
        `change-template/${reference}`,
        {
          id: 'template-1',
          state: {
            ...{ state, number: 'TPL-000001', publishedVersion: 3 },
            content: { ...plans, variables: ['configurationItems'] },
          } as RelatedTicket['state'],
        },
      ]),
    ),
  });
  const body = {
    title: 'Restart',
    requester: 'rita',
    type: 'standard',
    template: 'TPL-000001',
    configurationItems: ['relay-1'],
  };
  const drafted = ['DraftChange', body, template('published')] as const;
  const submitted = ['SubmitChange', {}, template('published')] as const;
  const toImplement: readonly Step[] = [drafted, planned, scanned, submitted, started];

  it('takes its plans from the published version', () => {
    given(changeProcess)
      .when(...drafted)
      .thenEvents([
        'ChangeDrafted',
        { template: 'template-1', templateVersion: 3, backOutPlan: 'b', impact: 3 },
      ]);
  });

  it('comes from a template that is there and published', () => {
    given(changeProcess)
      .when('DraftChange', body, template('under-review'))
      .thenRefused('refused.template-not-published');
    given(changeProcess).when('DraftChange', body).thenRefused('refused.related-missing');
    given(changeProcess)
      .when('DraftChange', { ...body, type: 'normal' }, template('published'))
      .thenRefused('refused.template-of-standard');
  });

  it('sets nothing outside the variables of its template', () => {
    given(changeProcess)
      .when('DraftChange', { ...body, testPlan: 'None.' }, template('published'))
      .thenRefused('refused.outside-template', { outside: ['testPlan'] });
    given(changeProcess, drafted)
      .when('EditChange', { backOutPlan: 'None.' })
      .thenRefused('refused.outside-template');
    given(changeProcess, drafted)
      .when('SetChangeImpact', { impact: 1 })
      .thenRefused('refused.outside-template');
  });

  it('is authorised by its template when it is submitted', () => {
    given(changeProcess, drafted, planned)
      .when(...submitted)
      .thenEvents(
        ['ChangeSubmitted', { state: 'scheduled' }],
        ['ChangeAuthorised', { basis: 'template' }],
      )
      .thenState({ state: 'scheduled', isAuthorised: true });
  });

  it('is not submitted once its template is withdrawn', () => {
    given(changeProcess, drafted, planned)
      .when('SubmitChange', {}, template('retired'))
      .thenRefused('refused.template-not-published');
  });

  it('stays as it is and of its type', () => {
    given(changeProcess, drafted, planned, submitted)
      .when('EditChange', { title: 'Another' })
      .thenRefused('refused.standard');
    given(changeProcess, drafted)
      .when('ReclassifyChange', { type: 'normal' })
      .thenRefused('refused.standard');
  });

  it('closes without a review, unless work failed or it is in the sample', () => {
    given(changeProcess, ...toImplement)
      .when(...finished)
      .thenEvents(
        ['ChangeImplemented', { needsReview: false }],
        ['ChangeClosed', { outcome: 'successful' }],
      );
    const work: readonly Step[] = [
      ['AddChangeWorkOrder', { title: 'Restart', assignee: 'li' }],
      ['AcceptChangeWorkOrder', { workOrder: 1 }],
      ['MakeChangeWorkOrderReady', { workOrder: 1 }],
      ['StartChangeWorkOrder', { workOrder: 1 }],
      ['FailChangeWorkOrder', { workOrder: 1, reason: 'r' }],
    ];
    given(changeProcess, ...toImplement, ...work)
      .when(...finished)
      .thenState({ state: 'review' });
    const sampled = [
      'DraftChange',
      body,
      { ...template('published'), number: 'CHG-000020' },
    ] as const;
    given(changeProcess, sampled, ...toImplement.slice(1))
      .when(...finished)
      .thenState({ state: 'review' });
  });
});

describe('an emergency change', () => {
  const drafted = [
    'DraftChange',
    {
      ...{ title: 'Relay', requester: 'rita', type: 'emergency', configurationItems: ['relay-1'] },
      ...{ emergencyReason: 'Mail is down.', majorIncident: 'MI-000001' },
      ...plans,
    },
  ] as const;
  const ready: readonly Step[] = [drafted, planned, ['RecordChangeRisk', { facts: {} }], scanned];
  const retrospective = ['SubmitChange', { retrospective: true, serviceDownSince: START }] as const;
  const asked = [
    'RequestChangeApproval',
    { policy: 'ecab', approvers: ['mara'], question: 'Was it right?' },
  ] as const;
  const agreed = ['ApproveChange', {}, { actor: 'mara' }] as const;
  const review = [
    'ConcludeChangeReview',
    { outcome: 'successful', notes: 'n', isObjectiveMet: true, incidentsCaused: [] },
  ] as const;

  it('skips assessment', () => {
    given(changeProcess, ...ready, ['SubmitChange', {}], asked)
      .when(...agreed)
      .thenEvents(
        ['ChangeApprovalGiven'],
        ['ChangeApprovalRoundConcluded'],
        ['ChangeAuthorised', { basis: 'approvals', state: 'scheduled' }],
      );
  });

  it('is not retrospective for a service that goes down only later', () => {
    const later = { retrospective: true, serviceDownSince: '2030-01-01T00:00:00Z' };
    given(changeProcess, ...ready)
      .when('SubmitChange', later)
      .thenRefused('refused.future-time');
  });

  it('is begun by nobody who approves it, and approved by nobody who began it', () => {
    given(changeProcess, ...ready, retrospective, asked)
      .when('StartChange', {}, { actor: 'mara' })
      .thenRefused('refused.separation-of-duties', { person: 'mara', round: 1 });
    const byMara = ['StartChange', {}, { actor: 'mara' }] as const;
    given(changeProcess, ...ready, retrospective, byMara)
      .when(...asked)
      .thenRefused('refused.separation-of-duties', { person: 'mara', role: 'implementer' });
  });

  it('begins before it is authorised only where the service was down', () => {
    given(changeProcess, ...ready, ['SubmitChange', {}])
      .when(...started)
      .thenRefused('refused.not-authorised');
    given(changeProcess, ...ready, retrospective)
      .when(...started)
      .thenEvents([
        'ChangeStarted',
        { isRetrospective: true, approvalDueAt: '2026-03-03T08:05:00.000Z' },
      ]);
  });

  it('is authorised afterwards, and says where that was late', () => {
    const steps = [...ready, retrospective, started, asked];
    given(changeProcess, ...steps)
      .when(...agreed)
      .thenEvents(
        ['ChangeApprovalGiven'],
        ['ChangeApprovalRoundConcluded'],
        ['ChangeAuthorised', { basis: 'retrospective', isLate: false, state: 'implement' }],
      )
      .thenState({ state: 'implement', approvalDueAt: null });
    given(changeProcess, ...steps)
      .when('ApproveChange', {}, { actor: 'mara', now: '2026-03-03T08:05:00.001Z' })
      .thenEvents(
        ['ChangeApprovalGiven'],
        ['ChangeApprovalRoundConcluded'],
        ['ChangeAuthorised', { isLate: true }],
      );
  });

  it('goes on when it is turned down afterwards, for people to decide', () => {
    given(changeProcess, ...ready, retrospective, started, asked)
      .when('RejectChange', { reason: 'No.' }, { actor: 'mara' })
      .thenEvents(
        ['ChangeApprovalDenied'],
        ['ChangeApprovalRoundConcluded'],
        ['ChangeRejected', { stage: 'retrospective', state: 'implement' }],
      );
  });

  it('is not closed before its approval was decided', () => {
    const toReview = [...ready, retrospective, started, finished];
    given(changeProcess, ...toReview)
      .when(...review)
      .thenRefused('refused.approval-pending', { asked: ['ecab'] });
    given(changeProcess, ...toReview, asked, ['RejectChange', { reason: 'No.' }, { actor: 'mara' }])
      .when(...review)
      .thenState({ state: 'closed' });
  });
});

describe('an unauthorised change', () => {
  const found = {
    configurationItem: 'relay-1',
    finding: 'Version differs.',
    detectedAt: '2026-03-02T07:00:00Z',
    detectedBy: 'discovery',
  };
  const detected = ['RegisterUnauthorisedChange', found] as const;
  const tickets = (state: Partial<ChangeState>) => ({
    tickets: new Map([['CHG-000007', { id: 'c7', state: { ...changeProcess.initial, ...state } }]]),
  });

  it('is judged by approvers, and reviewed in any case', () => {
    const asked = [
      'RequestChangeApproval',
      { policy: 'ecab', approvers: ['mara', 'ben'], question: 'Does it stay?' },
    ] as const;
    given(changeProcess)
      .when(...detected)
      .thenEvents(['UnauthorisedChangeDetected', { configurationItem: 'relay-1' }])
      .thenState({ state: 'authorise', isUnauthorised: true, type: 'emergency' });
    given(changeProcess, detected, asked)
      .when('ApproveChange', {}, { actor: 'mara' })
      .thenState({ state: 'review' });
    given(changeProcess, detected, asked, ['RejectChange', { reason: 'No.' }, { actor: 'ben' }])
      .when('RejectChange', { reason: 'No.' }, { actor: 'mara' })
      .thenState({ state: 'review', isAuthorised: false });
    given(changeProcess, detected).when('StartChange').thenRefused('refused.model');
  });

  it('is none where a change in implementation explains it', () => {
    const considered = { ...found, consideredChanges: ['CHG-000007'] };
    const explaining = { number: 'CHG-000007', configurationItems: ['relay-1'] };
    given(changeProcess)
      .when(detected[0], considered, tickets({ ...explaining, state: 'implement' }))
      .thenRefused('refused.authorised', { change: 'CHG-000007' });
    given(changeProcess)
      .when(detected[0], considered, tickets({ ...explaining, state: 'scheduled' }))
      .thenState({ state: 'authorise' });
  });

  it('is recorded once within the quiet period of the item', () => {
    const again = { ...found, previousDetection: 'CHG-000007' };
    const before = { configurationItems: ['relay-1'], detectedAt: '2026-03-01T07:00:00.001Z' };
    given(changeProcess)
      .when(detected[0], again, tickets(before))
      .thenRefused('refused.quiet-period', { quietUntil: '2026-03-02T07:00:00.001Z' });
    given(changeProcess)
      .when(detected[0], again, tickets({ ...before, detectedAt: '2026-03-01T07:00:00.000Z' }))
      .thenState({ state: 'authorise' });
  });
});

describe('a scaled change', () => {
  const drafted = [
    'DraftChange',
    { title: 'Firmware', requester: 'rita', type: 'normal', service: 'network' },
  ] as const;
  const asked = ['RequestChildChanges', { configurationItems: ['a', 'b'] }] as const;

  it('asks for its children, and hears what became of them', () => {
    given(changeProcess, drafted, asked)
      .when(...asked)
      .thenRefused('refused.children-pending');
    given(changeProcess, drafted, asked)
      .when('CompleteChildGeneration', { drafted: 1, failed: ['b'] })
      .thenEvents(['ChildGenerationCompleted', { drafted: 1, failed: ['b'] }])
      .thenState({ isGeneratingChildren: false });
    given(changeProcess, drafted)
      .when('CompleteChildGeneration', { drafted: 1, failed: [] })
      .thenRefused('refused.no-children');
  });

  it('has one generation of children', () => {
    given(changeProcess, ['DraftChange', { ...drafted[1], primary: 'CHG-000001' }])
      .when(...asked)
      .thenRefused('refused.child-change');
  });
});

describe('the work orders of a change', () => {
  const drafted = [
    'DraftChange',
    { title: 'Relay', requester: 'rita', type: 'normal', service: 'mail' },
  ] as const;
  const first = ['AddChangeWorkOrder', { title: 'Drain', assignee: 'li' }] as const;
  const second = ['AddChangeWorkOrder', { title: 'Swap', assignee: 'li', after: [1] }] as const;

  it('come after work orders that are there', () => {
    given(changeProcess, drafted)
      .when(...second)
      .thenRefused('refused.no-such-work-order', { unknown: [1] });
    given(changeProcess, drafted, first)
      .when(...second)
      .thenEvents(['ChangeWorkOrderAdded', { workOrder: 2, after: [1] }]);
  });

  it('go through their states in order', () => {
    given(changeProcess, drafted, first)
      .when('MakeChangeWorkOrderReady', { workOrder: 1 })
      .thenRefused('refused.work-order-state', { state: 'created', allowedIn: ['accepted'] });
    given(changeProcess, drafted, first)
      .when('AcceptChangeWorkOrder', { workOrder: 2 })
      .thenRefused('refused.no-such-work-order', { workOrders: [1] });
    given(changeProcess, drafted, first)
      .when('StartChangeWorkOrder', { workOrder: 1 })
      .thenRefused('refused.state');
    given(changeProcess, drafted, first, ['CancelChangeWorkOrder', { workOrder: 1, reason: 'r' }])
      .when('AssignChangeWorkOrder', { workOrder: 1, assignee: 'omar' })
      .thenRefused('refused.work-order-state');
  });
});

describe('the risk of a change', () => {
  const answers = {
    'outage-needed': 'yes',
    'tested-before': 'no',
    'back-out-tried': 'no',
    'first-of-its-kind': 'no',
  };

  it('is the graver one of calculator and questionnaire', () => {
    expect(deriveRisk(changeRisk, { impact: 3 }, answers)).toEqual({
      calculator: 'low',
      questionnaire: 'high',
      risk: 'high',
    });
    expect(deriveRisk(changeRisk, { impact: 3, serviceCriticality: 1 }, answers).risk).toBe(
      'very-high',
    );
    expect(deriveRisk(changeRisk, {}, null)).toEqual({
      calculator: 'low',
      questionnaire: null,
      risk: 'low',
    });
  });

  it('refuses answers that the questionnaire does not know', () => {
    const drafted = [
      'DraftChange',
      { title: 't', requester: 'r', type: 'normal', service: 's' },
    ] as const;
    given(changeProcess, drafted)
      .when('AnswerChangeRisk', { answers: { ...answers, 'tested-before': 'perhaps', more: 'x' } })
      .thenRefused('refused.risk-answers', { wrong: ['tested-before', 'more'] });
    given(changeProcess, drafted)
      .when('AnswerChangeRisk', { answers })
      .thenEvents(['ChangeRiskAnswered'], ['ChangeRiskDerived', { risk: 'high' }]);
    given(changeProcess, drafted)
      .when('RecordChangeRisk', { facts: { successScore: 'bad' } })
      .thenRefused('refused.risk-facts', { wrong: ['successScore'] });
  });

  it('scores changes that are over by outcome and the incidents that they caused', () => {
    const none = { p1: 0, p2: 0, p3: 0 };
    expect(
      successScore([
        { outcome: 'successful', incidents: none },
        { outcome: 'successful-with-issues', incidents: { ...none, p3: 1 } },
        { outcome: 'unsuccessful', incidents: { p1: 1, p2: 1, p3: 0 } },
      ]),
    ).toBe(3 - 2 - 2 - 5 - 10 - 5);
  });
});
