import { given } from '@ledgerdesk/kernel/testing';
import { incidentProcess, priorityMatrices, withPolicies } from '../index';
import { incidentDecider } from './incident.decider';

const report = {
  description: 'Outlook keeps messages in the outbox.\nSince this morning.',
  channel: 'phone',
  caller: 'nadia.k',
  service: 'mail',
};
const registered = ['RegisterIncident', report] as const;
const assigned = ['AssignIncident', { group: 'messaging', assignee: 'li.w' }] as const;
const started = ['StartIncidentWork'] as const;
const held = ['HoldIncident', { reason: 'awaiting-caller', comment: 'Which version?' }] as const;

describe('registering an incident', () => {
  it('records who reported what, with the first line as its title', () => {
    given(incidentProcess)
      .when('RegisterIncident', report)
      .thenEvents([
        'IncidentRegistered',
        {
          number: 'INC-000001',
          title: 'Outlook keeps messages in the outbox.',
          caller: 'nadia.k',
          openedBy: 'ada',
        },
      ])
      .thenState({ state: 'new', openedAt: '2026-03-02T08:00:00.000Z', priority: null });
  });

  it('keeps a title that ends in an emoji well-formed where it is cut', () => {
    given(incidentProcess)
      .when('RegisterIncident', { ...report, description: `${'a'.repeat(199)}😀 and more` })
      .thenState({ title: 'a'.repeat(199) });
  });

  it('classifies and prioritises at once', () => {
    given(incidentProcess)
      .when('RegisterIncident', { ...report, category: 'email', impact: 1, urgency: 2 })
      .thenEvents(
        ['IncidentRegistered'],
        ['IncidentClassified', { category: 'email', subcategory: null, symptom: null }],
        ['IncidentPriorityDerived', { impact: 1, urgency: 2, priority: 2, previousPriority: null }],
      )
      .thenState({ priority: 2, priorityMatrix: { name: 'servicenow-3x3', version: 1 } });
  });

  it('may be born assigned to a group', () => {
    given(incidentProcess)
      .when('RegisterIncident', { ...report, assignmentGroup: 'messaging' })
      .thenEvents(['IncidentRegistered'], ['IncidentAssigned', { assignee: null }])
      .thenState({ state: 'assigned', assignmentGroup: 'messaging' });
  });

  it('may be born in progress, with the actor as the assignee', () => {
    given(incidentProcess)
      .when('RegisterIncident', { ...report, assignmentGroup: 'messaging', startWork: true })
      .thenEvents(
        ['IncidentRegistered'],
        ['IncidentAssigned', { assignee: 'ada' }],
        ['IncidentWorkStarted', { assignee: 'ada' }],
      )
      .thenState({ state: 'in-progress', assignee: 'ada' });
  });

  it('may be born on hold', () => {
    given(incidentProcess)
      .when('RegisterIncident', {
        ...report,
        assignmentGroup: 'messaging',
        holdReason: 'awaiting-problem',
        holdReference: 'PRB-000017',
      })
      .thenState({ state: 'on-hold', holdReference: 'PRB-000017' });
  });

  it('may be born resolved, as it was solved on the call', () => {
    given(incidentProcess)
      .when('RegisterIncident', {
        ...report,
        resolutionCode: 'user-error',
        resolutionNotes: 'Told.',
      })
      .thenEvents(['IncidentRegistered'], ['IncidentResolved', { code: 'user-error' }])
      .thenState({ state: 'resolved', resolvedBy: 'ada', resolutionNotes: 'Told.' });
  });

  it('is refused for levels that the matrix does not know', () => {
    given(incidentProcess)
      .when('RegisterIncident', { ...report, impact: 4, urgency: 1 })
      .thenRefused('refused.priority-level', { matrix: 'servicenow-3x3' });
  });

  it('is refused for an incident that is there', () => {
    given(incidentProcess, registered)
      .when('RegisterIncident', report)
      .thenRefused('refused.state', { allowedIn: [] });
  });
});

describe('classifying and prioritising', () => {
  it('classifies once, and names what is affected field by field', () => {
    given(incidentProcess, registered)
      .when('ClassifyIncident', { category: 'email', service: 'relay', location: 'HQ' })
      .thenEvents(
        ['IncidentClassified', { category: 'email' }],
        ['IncidentServiceChanged', { from: 'mail', to: 'relay' }],
        ['IncidentLocationChanged', { from: null, to: 'HQ' }],
      );
  });

  it('refuses to classify twice', () => {
    given(incidentProcess, registered, ['ClassifyIncident', { category: 'email' }])
      .when('ClassifyIncident', { category: 'network' })
      .thenRefused('refused.already-classified');
  });

  it('reclassifies with the old values, and drops a subcategory of the old category', () => {
    given(incidentProcess, registered, [
      'ClassifyIncident',
      { category: 'email', subcategory: 'client', symptom: 'stuck' },
    ])
      .when('ReclassifyIncident', { category: 'network', configurationItem: 'relay-1' })
      .thenEvents(
        [
          'IncidentReclassified',
          {
            category: 'network',
            subcategory: null,
            symptom: 'stuck',
            previousCategory: 'email',
            previousSubcategory: 'client',
            previousSymptom: 'stuck',
          },
        ],
        ['IncidentConfigurationItemChanged', { from: null, to: 'relay-1' }],
      );
  });

  it('refuses to reclassify what is not classified', () => {
    given(incidentProcess, registered)
      .when('ReclassifyIncident', { category: 'network' })
      .thenRefused('refused.not-classified');
  });

  it('refuses a reclassification without a difference', () => {
    given(incidentProcess, registered, ['ClassifyIncident', { category: 'email' }])
      .when('ReclassifyIncident', { category: 'email', service: 'mail' })
      .thenRefused('refused.no-change');
  });

  it('derives the priority by the matrix in force, and refers to it', () => {
    const process = withPolicies(incidentProcess, {
      priorityMatrix: priorityMatrices['itop-3x4'],
    });
    const { decision } = given(process, registered).when('PrioritiseIncident', {
      impact: 1,
      urgency: 4,
    });
    expect(decision).toEqual([
      expect.objectContaining({
        type: 'IncidentPriorityDerived',
        data: expect.objectContaining({ priority: 4 }),
        policies: [{ name: 'itop-3x4', version: 1 }],
      }),
    ]);
  });

  it('refuses levels outside the matrix and says which there are', () => {
    given(incidentProcess, registered)
      .when('PrioritiseIncident', { impact: 1, urgency: 4 })
      .thenRefused('refused.priority-level', { urgencies: ['high', 'medium', 'low'] });
  });

  it('refuses the very levels that it has', () => {
    given(incidentProcess, registered, ['PrioritiseIncident', { impact: 1, urgency: 1 }])
      .when('PrioritiseIncident', { impact: 1, urgency: 1 })
      .thenRefused('refused.no-change');
  });

  it('overrides a priority with a reason, until it is prioritised again', () => {
    const levels = { impact: 3, urgency: 3 };
    const override = { priority: 1, reason: 'The board meets.' };
    const incident = given(
      incidentProcess,
      registered,
      ['PrioritiseIncident', levels],
      ['OverrideIncidentPriority', override],
    );
    expect(incident.state).toMatchObject({ priority: 1, isPriorityOverridden: true });
    incident
      .when('PrioritiseIncident', levels)
      .thenEvents(['IncidentPriorityDerived', { previousPriority: 1, priority: 5 }])
      .thenState({ isPriorityOverridden: false });
  });

  it('refuses a priority that the matrix cannot give', () => {
    given(incidentProcess, registered)
      .when('OverrideIncidentPriority', { priority: 6, reason: 'r' })
      .thenRefused('refused.priority-level', { first: 1, last: 5 });
  });

  it.each([
    ['EditIncidentTitle', { title: 'Mail is stuck' }, 'IncidentTitleChanged'],
    ['EditIncidentDescription', { description: 'It is stuck.' }, 'IncidentDescriptionChanged'],
    ['ChangeIncidentCaller', { caller: 'tomas.b' }, 'IncidentCallerChanged'],
  ])('%s records old and new value, and refuses the same again', (command, body, type) => {
    given(incidentProcess, registered)
      .when(command, body)
      .thenEvents([type, { to: Object.values(body)[0] }]);
    given(incidentProcess, registered, [command, body])
      .when(command, body)
      .thenRefused('refused.no-change');
  });
});

describe('assigning and working', () => {
  it('assigns a new incident', () => {
    given(incidentProcess, registered)
      .when('AssignIncident', { group: 'messaging' })
      .thenEvents(['IncidentAssigned', { group: 'messaging', previousGroup: null }])
      .thenState({ state: 'assigned', reassignmentCount: 0 });
  });

  it('names the person within the group without counting a reassignment', () => {
    given(incidentProcess, registered, ['AssignIncident', { group: 'messaging' }])
      .when('AssignIncident', { group: 'messaging', assignee: 'li.w' })
      .thenState({ assignee: 'li.w', reassignmentCount: 0 });
  });

  it('refuses to assign what a person has', () => {
    given(incidentProcess, registered, assigned)
      .when('AssignIncident', { group: 'messaging', assignee: 'omar.s' })
      .thenRefused('refused.already-assigned');
  });

  it('reassigns with a count, back to assigned', () => {
    given(incidentProcess, registered, assigned, started)
      .when('ReassignIncident', { group: 'network' })
      .thenEvents([
        'IncidentReassigned',
        {
          group: 'network',
          assignee: null,
          previousGroup: 'messaging',
          previousAssignee: 'li.w',
          reassignmentCount: 1,
        },
      ])
      .thenState({ state: 'assigned', reassignmentCount: 1 });
  });

  it.each([[{}], [{ group: 'messaging' }], [{ group: 'messaging', assignee: 'li.w' }]])(
    'refuses a reassignment that changes nobody: %j',
    (body) => {
      given(incidentProcess, registered, assigned)
        .when('ReassignIncident', body)
        .thenRefused('refused.no-change');
    },
  );

  it('hands over within the group in the same state, uncounted', () => {
    given(incidentProcess, registered, assigned, started, held)
      .when('HandOverIncident', { assignee: 'omar.s' })
      .thenEvents(['IncidentHandedOver', { assignee: 'omar.s', previousAssignee: 'li.w' }])
      .thenState({ state: 'on-hold', assignee: 'omar.s', reassignmentCount: 0 });
  });

  it('refuses to hand over to the same person, or what nobody has', () => {
    given(incidentProcess, registered, assigned)
      .when('HandOverIncident', { assignee: 'li.w' })
      .thenRefused('refused.no-change');
    given(incidentProcess, registered, ['AssignIncident', { group: 'messaging' }])
      .when('HandOverIncident', { assignee: 'li.w' })
      .thenRefused('refused.no-assignee');
  });

  it('returns to the group', () => {
    given(incidentProcess, registered, assigned, started)
      .when('ReturnIncident', {})
      .thenEvents(['IncidentReturned', { previousAssignee: 'li.w' }])
      .thenState({ state: 'assigned', assignee: null, assignmentGroup: 'messaging' });
  });

  it('refuses to return what no group has', () => {
    given(incidentProcess, registered, {
      type: 'IncidentWorkStarted',
      data: { assignee: 'ada' },
    })
      .when('ReturnIncident')
      .thenRefused('refused.no-group');
  });

  it('starts work by the assignee, and keeps the time of the first start', () => {
    const { state } = given(
      incidentProcess,
      registered,
      assigned,
      started,
      ['ReturnIncident'],
      ['TakeIncident'],
    );
    expect(state).toMatchObject({
      state: 'in-progress',
      workStartedAt: '2026-03-02T08:02:00.000Z',
    });
  });

  it('refuses to start work that nobody has', () => {
    given(incidentProcess, registered, ['AssignIncident', { group: 'messaging' }])
      .when('StartIncidentWork')
      .thenRefused('refused.no-assignee');
  });

  it('takes a new incident for the named group', () => {
    given(incidentProcess, registered)
      .when('TakeIncident', { group: 'messaging' })
      .thenEvents(
        ['IncidentAssigned', { group: 'messaging', assignee: 'ada' }],
        ['IncidentWorkStarted', { assignee: 'ada' }],
      )
      .thenState({ state: 'in-progress', assignee: 'ada' });
  });

  it('takes over from a colleague as a reassignment', () => {
    given(incidentProcess, registered, assigned)
      .when('TakeIncident')
      .thenEvents(
        ['IncidentReassigned', { previousAssignee: 'li.w', reassignmentCount: 1 }],
        ['IncidentWorkStarted', { assignee: 'ada' }],
      );
  });

  it('takes what is the actor’s own by only starting work', () => {
    given(incidentProcess, registered, assigned)
      .when('TakeIncident', {}, { actor: 'li.w' })
      .thenEvents(['IncidentWorkStarted', { assignee: 'li.w' }]);
  });

  it('refuses to take without a group, or from another one', () => {
    given(incidentProcess, registered).when('TakeIncident').thenRefused('refused.no-group');
    given(incidentProcess, registered, assigned)
      .when('TakeIncident', { group: 'network' })
      .thenRefused('refused.other-group');
  });

  it('holds with a reason and resumes with a cause', () => {
    const incident = given(incidentProcess, registered, assigned, started, held);
    expect(incident.state).toMatchObject({
      state: 'on-hold',
      holdReason: 'awaiting-caller',
      holdComment: 'Which version?',
    });
    incident
      .when('ResumeIncident', { cause: 'caller-reply' })
      .thenEvents([
        'IncidentResumed',
        { cause: 'caller-reply', previousReason: 'awaiting-caller', state: 'in-progress' },
      ])
      .thenState({ state: 'in-progress', holdReason: null, heldAt: null, holdComment: null });
  });

  it('refuses to hold what nobody works on, naming what is allowed', () => {
    const { decision } = given(incidentProcess, registered).when('HoldIncident', held[1]);
    expect(decision).toMatchObject({
      refused: 'refused.state',
      details: { state: 'new', allowedIn: ['in-progress'] },
    });
    expect(decision).toHaveProperty('details.allowed', expect.arrayContaining(['AssignIncident']));
  });
});

describe('the state of an incident', () => {
  it('starts with nothing', () => {
    expect(incidentDecider.initial.state).toBeNull();
  });

  it('keeps only the beginning of a long description for lists', () => {
    const { state } = given(incidentProcess, [
      'RegisterIncident',
      { ...report, description: 'b'.repeat(600) },
    ]);
    expect(state.excerpt).toHaveLength(500);
    expect(state.description).toHaveLength(600);
  });
});
