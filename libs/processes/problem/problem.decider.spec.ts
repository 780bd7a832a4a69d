import { ticketKey, type RelatedTicket } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { problemProcess, type ProblemState } from '../index';
import { wrongFields } from '../testing';
import { problemDecider } from './problem.decider';

const incidents: ScenarioContext<ProblemState> = {
  related: new Map(
    ['INC-000042', 'INC-000057', 'incident-42'].map((name): [string, RelatedTicket] => [
      ticketKey({ process: 'incident', ticket: name }),
      { id: name === 'INC-000057' ? 'incident-57' : 'incident-42', state: { state: 'on-hold' } },
    ]),
  ),
};

const report = {
  origin: 'proactive',
  trend: 'Five stops in five weeks.',
  statement: 'The relay stops.\nOn Mondays.',
  impact: 2,
  urgency: 2,
  organisation: 'head-office',
};
const registered = ['RegisterProblem', report] as const;
const assessment = { category: 'email', service: 'mail' };
const assessed = ['AssessProblem', assessment] as const;

describe('registering a problem', () => {
  it('links its incidents by their ids, each once', () => {
    given(problemProcess)
      .when(
        'RegisterProblem',
        {
          ...report,
          origin: 'reactive',
          trend: null,
          incidents: ['INC-000042', 'INC-000057', 'incident-42'],
        },
        incidents,
      )
      .thenEvents(
        [
          'ProblemRegistered',
          {
            number: 'PRB-000001',
            origin: 'reactive',
            title: 'The relay stops.',
            incidents: ['incident-42', 'incident-57'],
            openedBy: 'ada',
          },
        ],
        ['ProblemPriorityDerived', { impact: 2, urgency: 2, priority: 3, previousPriority: null }],
        ['ProblemLinked', { link: 1, type: 'investigates', target: 'incident-42' }],
        ['ProblemLinked', { link: 2, inverse: 'investigated-by', target: 'incident-57' }],
      )
      .thenState({ state: 'new', priority: 3, openedAt: '2026-03-02T08:00:00.000Z' });
  });

  it('keeps the trend that a proactive search came upon', () => {
    given(problemProcess)
      .when(...registered)
      .thenEvents(['ProblemRegistered', { origin: 'proactive' }], ['ProblemPriorityDerived'])
      .thenState({ trend: 'Five stops in five weeks.', statement: report.statement });
  });

  it('keeps the notice of a vendor', () => {
    given(problemProcess)
      .when('RegisterProblem', {
        ...report,
        origin: 'vendor',
        vendor: 'acme',
        vendorReference: 'ACME-2026-7',
      })
      .thenState({ origin: 'vendor', vendor: 'acme', vendorReference: 'ACME-2026-7' });
  });

  it('is refused without an incident where it is reactive', () => {
    given(problemProcess)
      .when('RegisterProblem', { ...report, origin: 'reactive', incidents: [] })
      .thenRefused('refused.no-incident');
  });

  it('is refused for an incident that is not known', () => {
    given(problemProcess)
      .when('RegisterProblem', { ...report, incidents: ['INC-000042', 'INC-999999'] }, incidents)
      .thenRefused('refused.related-missing', { references: ['INC-999999'] });
  });

  it('is refused for levels that the matrix does not know', () => {
    given(problemProcess)
      .when('RegisterProblem', { ...report, impact: 4 })
      .thenRefused('refused.priority-level');
  });

  it.each([
    ['reactive', ['incidents']],
    ['proactive', ['trend']],
    ['vendor', ['vendor', 'vendorReference']],
    ['guess', ['origin']],
  ])('needs what an origin that is %s stands on', (origin, wrong) => {
    const { trend: _, ...body } = report;
    expect(wrongFields(problemProcess, 'RegisterProblem', { ...body, origin })).toEqual(wrong);
  });

  it('needs statement, impact, urgency and organisation', () => {
    expect(
      wrongFields(problemProcess, 'RegisterProblem', { origin: 'proactive', trend: 't' }),
    ).toEqual(['impact', 'organisation', 'statement', 'urgency']);
  });
});

describe('assessing a problem', () => {
  it('says what it is about', () => {
    given(problemProcess, registered)
      .when(...assessed)
      .thenEvents(['ProblemAssessed', { ...assessment, configurationItem: null }])
      .thenState({ state: 'assess', category: 'email', assessedAt: '2026-03-02T08:01:00.000Z' });
  });

  it('takes what was registered', () => {
    given(problemProcess, ['RegisterProblem', { ...report, ...assessment }])
      .when('AssessProblem', { configurationItem: 'relay-1' })
      .thenEvents(['ProblemAssessed', { ...assessment, configurationItem: 'relay-1' }]);
  });

  it('is refused without a category', () => {
    given(problemProcess, registered)
      .when('AssessProblem', { service: 'mail' })
      .thenRefused('refused.no-category');
  });

  it('is refused without service and configuration item', () => {
    given(problemProcess, registered)
      .when('AssessProblem', { category: 'email' })
      .thenRefused('refused.no-subject');
  });
});

describe('confirming a problem', () => {
  it('gives it to a team with a coordinator', () => {
    given(problemProcess, registered, assessed)
      .when('ConfirmProblem', { group: 'messaging', coordinator: 'li.w' })
      .thenEvents(
        ['ProblemAssigned', { group: 'messaging', assignee: 'li.w', reassignmentCount: 0 }],
        ['ProblemConfirmed', { group: 'messaging', coordinator: 'li.w' }],
      )
      .thenState({ state: 'root-cause-analysis', assignmentGroup: 'messaging', assignee: 'li.w' });
  });

  it('keeps team and coordinator that were assigned before', () => {
    const assigned = ['AssignProblem', { group: 'messaging', assignee: 'li.w' }] as const;
    given(problemProcess, registered, assigned, assessed)
      .when('ConfirmProblem')
      .thenEvents(['ProblemConfirmed', { group: 'messaging', coordinator: 'li.w' }]);
  });

  it('is refused without a team, and without a coordinator of it', () => {
    given(problemProcess, registered, assessed)
      .when('ConfirmProblem', { coordinator: 'li.w' })
      .thenRefused('refused.no-group');
    given(problemProcess, registered, assessed)
      .when('ConfirmProblem', { group: 'messaging' })
      .thenRefused('refused.no-assignee');
    given(
      problemProcess,
      registered,
      ['AssignProblem', { group: 'network', assignee: 'omar.s' }],
      assessed,
    )
      .when('ConfirmProblem', { group: 'messaging' })
      .thenRefused('refused.no-assignee');
  });
});

describe('the priority of a problem', () => {
  it('changes with a work note only', () => {
    given(problemProcess, registered)
      .when('PrioritiseProblem', { impact: 1, urgency: 1 })
      .thenRefused('refused.note-required', { from: 3, to: 1 });
    given(problemProcess, registered)
      .when('PrioritiseProblem', { impact: 1, urgency: 1, note: 'All branches.' })
      .thenEvents(
        ['ProblemPriorityDerived', { priority: 1, previousPriority: 3 }],
        ['ProblemNoteAdded', { text: 'All branches.', visibility: 'internal' }],
      )
      .thenState({ priority: 1 });
  });

  it('needs no note where other levels give the same priority', () => {
    given(problemProcess, registered)
      .when('PrioritiseProblem', { impact: 3, urgency: 1 })
      .thenEvents(['ProblemPriorityDerived', { priority: 3, previousImpact: 2 }]);
  });

  it('is not derived again from the same levels', () => {
    given(problemProcess, registered)
      .when('PrioritiseProblem', { impact: 2, urgency: 2, note: 'n' })
      .thenRefused('refused.no-change');
  });

  it('is overridden with a reason, which becomes a note', () => {
    given(problemProcess, registered)
      .when('OverrideProblemPriority', { priority: 1, reason: 'The board asks.' })
      .thenEvents(
        ['ProblemPriorityOverridden', { priority: 1, previousPriority: 3 }],
        ['ProblemNoteAdded', { text: 'The board asks.' }],
      )
      .thenState({ isPriorityOverridden: true, priorityMatrix: null });
    given(problemProcess, registered)
      .when('OverrideProblemPriority', { priority: 3, reason: 'r' })
      .thenRefused('refused.no-change');
    given(problemProcess, registered)
      .when('OverrideProblemPriority', { priority: 6, reason: 'r' })
      .thenRefused('refused.priority-level', { first: 1, last: 5 });
  });
});

describe('who has a problem', () => {
  const assigned = ['AssignProblem', { group: 'messaging', assignee: 'li.w' }] as const;

  it('changes with a count of the times that it was taken from somebody', () => {
    given(problemProcess, registered, assigned)
      .when('AssignProblem', { group: 'network' })
      .thenEvents([
        'ProblemAssigned',
        { previousGroup: 'messaging', previousAssignee: 'li.w', reassignmentCount: 1 },
      ]);
    given(problemProcess, registered, assigned)
      .when(...assigned)
      .thenRefused('refused.no-change');
  });

  it('may take it, for a group of theirs', () => {
    given(problemProcess, registered)
      .when('TakeProblem', { group: 'messaging' })
      .thenEvents(['ProblemAssigned', { group: 'messaging', assignee: 'ada' }]);
    given(problemProcess, registered).when('TakeProblem').thenRefused('refused.no-group');
    given(problemProcess, registered, assigned)
      .when('TakeProblem', { group: 'network' })
      .thenRefused('refused.other-group');
    given(problemProcess, registered, ['TakeProblem', { group: 'messaging' }])
      .when('TakeProblem')
      .thenRefused('refused.no-change');
  });

  it('may hand it over, or give it back', () => {
    given(problemProcess, registered, assigned)
      .when('HandOverProblem', { assignee: 'omar.s' })
      .thenEvents(['ProblemHandedOver', { previousAssignee: 'li.w' }])
      .thenState({ assignee: 'omar.s' });
    given(problemProcess, registered, assigned)
      .when('HandOverProblem', { assignee: 'li.w' })
      .thenRefused('refused.no-change');
    given(problemProcess, registered, assigned)
      .when('ReturnProblem')
      .thenEvents(['ProblemReturned', { previousAssignee: 'li.w' }])
      .thenState({ assignee: null, assignmentGroup: 'messaging' });
    given(problemProcess, registered).when('ReturnProblem').thenRefused('refused.no-assignee');
  });
});

describe('editing a problem', () => {
  it('records an event for each fact that changes', () => {
    given(problemProcess, registered, assessed)
      .when('EditProblem', {
        title: 'The relay stops.',
        statement: 'It stops.',
        service: null,
        configurationItem: 'relay-1',
      })
      .thenEvents(
        ['ProblemStatementChanged', { from: report.statement, to: 'It stops.' }],
        ['ProblemServiceChanged', { from: 'mail', to: null }],
        ['ProblemConfigurationItemChanged', { from: null, to: 'relay-1' }],
      )
      .thenState({ statement: 'It stops.', excerpt: 'It stops.', service: null });
  });

  it('is refused where nothing changes, or a needed fact would be lost', () => {
    given(problemProcess, registered)
      .when('EditProblem', { title: 'The relay stops.' })
      .thenRefused('refused.no-change');
    given(problemProcess, registered)
      .when('EditProblem', { statement: null })
      .thenRefused('refused.required', { field: 'statement' });
  });
});

describe('a problem that is none', () => {
  it.each([[[registered]], [[registered, assessed]]])('is cancelled with a reason', (steps) => {
    given(problemProcess, ...steps)
      .when('CancelProblem', { reason: 'A power cut.' })
      .thenEvents(['ProblemCancelled', { reason: 'A power cut.' }])
      .thenState({ state: 'closed', closeCode: 'cancelled', cancelReason: 'A power cut.' });
  });

  it('begins as the decider says', () => {
    expect(problemDecider.initial).toMatchObject({ state: null, priority: null, links: [] });
  });
});
