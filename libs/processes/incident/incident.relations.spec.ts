import type { RelatedTicket } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { incidentProcess, type IncidentState } from '../index';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const OTHER = '0195c1d0-0000-7000-8000-000000000002';
const THIRD = '0195c1d0-0000-7000-8000-000000000003';

const registered = [
  'RegisterIncident',
  { description: 'Stuck.', channel: 'phone', caller: 'nadia.k', service: 'mail' },
] as const;
const assigned = ['AssignIncident', { group: 'messaging', assignee: 'li.w' }] as const;
const resolution = { code: 'other', notes: 'Done.' };

const incident = (facts: Partial<IncidentState>): IncidentState => ({
  ...incidentProcess.initial,
  state: 'new',
  id: OTHER,
  number: 'INC-000002',
  ...facts,
});

/** A context in which the name leads to an incident with these facts. */
const finding = (
  name: string,
  facts: Partial<IncidentState> = {},
): ScenarioContext<IncidentState> => {
  const state = incident(facts);
  const related: RelatedTicket<IncidentState> = { id: state.id ?? '', state };
  return { tickets: new Map([[name, related]]) };
};

describe('a duplicate', () => {
  it('ends with a reference to the original by its id', () => {
    given(incidentProcess, registered)
      .when('MarkIncidentDuplicate', { original: 'INC-000002' }, finding('INC-000002'))
      .thenEvents(['IncidentMarkedDuplicate', { original: OTHER, originalNumber: 'INC-000002' }])
      .thenState({ state: 'cancelled', cancelReason: 'duplicate', duplicateOf: OTHER });
  });

  it('may also be cancelled as one', () => {
    given(incidentProcess, registered)
      .when(
        'CancelIncident',
        { reason: 'duplicate', duplicateOf: 'INC-000002' },
        finding('INC-000002'),
      )
      .thenEvents(['IncidentCancelled', { reason: 'duplicate', duplicateOf: OTHER }]);
  });

  it.each([
    ['of nothing known', {}, 'refused.related-missing'],
    ['of itself', finding('INC-000002', { id: SELF }), 'refused.self-reference'],
    [
      'of a duplicate of it',
      finding('INC-000002', { duplicateOf: SELF }),
      'refused.duplicate-of-duplicate',
    ],
    [
      'of an incident that was merged away',
      finding('INC-000002', { mergedInto: THIRD }),
      'refused.duplicate-of-duplicate',
    ],
  ])('is refused where it is one %s', (_, context, refused) => {
    given(incidentProcess, registered)
      .when('MarkIncidentDuplicate', { original: 'INC-000002' }, context)
      .thenRefused(refused);
    given(incidentProcess, registered)
      .when('CancelIncident', { reason: 'duplicate', duplicateOf: 'INC-000002' }, context)
      .thenRefused(refused);
  });

  it('asks for the original before it is decided', () => {
    const { needs } = incidentProcess.commands['MarkIncidentDuplicate'] ?? {};
    expect(needs?.({ original: 'INC-000002' }, incidentProcess.initial)).toEqual({
      tickets: ['INC-000002'],
    });
  });
});

describe('a merge', () => {
  it('ends the one incident and has the other record it first', () => {
    const { state } = given(incidentProcess, registered);
    const context = finding('INC-000002');
    given(incidentProcess, registered)
      .when('MergeIncident', { target: 'INC-000002' }, context)
      .thenEvents(['IncidentMergedInto', { target: OTHER }])
      .thenState({ state: 'cancelled', cancelReason: 'merged', mergedInto: OTHER });
    const companions = incidentProcess.commands['MergeIncident']?.companions?.(
      { target: 'INC-000002' },
      state,
      { ...context } as never,
    );
    expect(companions).toEqual([
      { ticket: OTHER, command: { incident: SELF, incidentNumber: 'INC-000001' } },
    ]);
  });

  it('brings bookings and watchers along, once, however often it is recorded', () => {
    const body = { incident: OTHER, incidentNumber: 'INC-000002' };
    const booked = (minutesLogged: number): ScenarioContext<IncidentState> =>
      finding(OTHER, { minutesLogged, costMinorByCurrency: { EUR: 500 }, watchers: ['eve'] });
    const { state } = given(
      incidentProcess,
      registered,
      ['LogIncidentTime', { minutes: 10 }],
      ['RecordIncidentMerge', body, booked(20)],
      ['RecordIncidentMerge', body, booked(25)],
    );
    expect(state).toMatchObject({
      minutesLogged: 35,
      costMinorByCurrency: { EUR: 500 },
      watchers: ['eve'],
      mergedFrom: [{ id: OTHER, number: 'INC-000002', minutesLogged: 25 }],
    });
  });

  it.each([
    ['nothing known', {}, 'refused.related-missing'],
    ['itself', finding('INC-000002', { id: SELF }), 'refused.self-reference'],
    ['a closed incident', finding('INC-000002', { state: 'closed' }), 'refused.merge-target-over'],
    [
      'a cancelled incident',
      finding('INC-000002', { state: 'cancelled' }),
      'refused.merge-target-over',
    ],
  ])('into %s is refused', (_, context, refused) => {
    given(incidentProcess, registered)
      .when('MergeIncident', { target: 'INC-000002' }, context)
      .thenRefused(refused);
  });
});

describe('parents and children', () => {
  const withParent = [
    'SetIncidentParent',
    { parent: 'INC-000002' },
    finding('INC-000002'),
  ] as const;

  it('sets a parent by its id, which records the child first', () => {
    const outcome = given(incidentProcess, registered).when(...withParent);
    outcome
      .thenEvents(['IncidentParentSet', { parent: OTHER, previousParent: null }])
      .thenState({ parent: OTHER });
    const companions = incidentProcess.commands['SetIncidentParent']?.companions?.(
      withParent[1],
      { ...incidentProcess.initial, id: SELF, number: 'INC-000001', parent: THIRD },
      withParent[2] as never,
    );
    expect(companions).toEqual([
      { ticket: OTHER, command: { child: SELF, childNumber: 'INC-000001' } },
      { ticket: THIRD, command: { child: SELF } },
    ]);
  });

  it('clears a parent, which forgets the child first', () => {
    const family = given(incidentProcess, registered, withParent);
    const companions = incidentProcess.commands['ClearIncidentParent']?.companions?.(
      {},
      family.state,
      {} as never,
    );
    expect(companions).toEqual([{ ticket: OTHER, command: { child: SELF } }]);
    family
      .when('ClearIncidentParent', {})
      .thenEvents(['IncidentParentCleared', { previousParent: OTHER }])
      .thenState({ parent: null });
  });

  it('refuses to clear a parent that is not there', () => {
    given(incidentProcess, registered).when('ClearIncidentParent').thenRefused('refused.no-parent');
  });

  it.each([
    ['unknown', {}, 'refused.related-missing'],
    ['itself', finding('INC-000002', { id: SELF }), 'refused.self-reference'],
    ['done', finding('INC-000002', { state: 'resolved' }), 'refused.parent-done'],
    ['a child itself', finding('INC-000002', { parent: THIRD }), 'refused.parent-is-child'],
    ['its own child', finding('INC-000002', { parent: SELF }), 'refused.parent-is-child'],
  ])('refuses a parent that is %s', (_, context, refused) => {
    given(incidentProcess, registered)
      .when('SetIncidentParent', { parent: 'INC-000002' }, context)
      .thenRefused(refused);
  });

  it('refuses the parent that it has', () => {
    given(incidentProcess, registered, withParent)
      .when('SetIncidentParent', { parent: 'INC-000002' }, finding('INC-000002'))
      .thenRefused('refused.no-change');
  });

  it('refuses a third generation in either direction', () => {
    const child = ['RecordIncidentChild', { child: THIRD, childNumber: 'INC-000003' }] as const;
    given(incidentProcess, registered, child)
      .when(...withParent)
      .thenRefused('refused.has-children');
    given(incidentProcess, registered, withParent)
      .when(...child)
      .thenRefused('refused.parent-is-child');
  });

  it('forgets a child', () => {
    given(incidentProcess, registered, [
      'RecordIncidentChild',
      { child: THIRD, childNumber: 'INC-000003' },
    ])
      .when('RemoveIncidentChild', { child: THIRD })
      .thenState({ children: [] });
  });

  describe('when the parent is resolved', () => {
    const parent = [
      registered,
      assigned,
      ['RecordIncidentChild', { child: OTHER, childNumber: 'INC-000002' }] as const,
    ] as const;
    const withChild = (child: Partial<IncidentState>): ScenarioContext<IncidentState> =>
      finding(OTHER, { parent: SELF, ...child });

    it('looks at every child', () => {
      const { needs } = incidentProcess.commands['ResolveIncident'] ?? {};
      const { state } = given(incidentProcess, ...parent);
      expect(needs?.(resolution, state)).toEqual({ tickets: [OTHER] });
    });

    it('is refused while a child is open, and says which', () => {
      given(incidentProcess, ...parent)
        .when('ResolveIncident', resolution, withChild({ state: 'on-hold' }))
        .thenRefused('refused.open-children', { children: ['INC-000002'] });
    });

    it.each([
      ['is resolved', { state: 'resolved' as const }, {}],
      ['is excluded by its number', {}, { excludedChildren: ['INC-000002'] }],
      ['is excluded by its id', {}, { excludedChildren: [OTHER] }],
      ['was recorded but never named this parent', { parent: null }, {}],
    ])('goes on where the child %s', (_, child, body) => {
      given(incidentProcess, ...parent)
        .when('ResolveIncident', { ...resolution, ...body }, withChild(child))
        .thenState({ state: 'resolved' });
    });
  });
});

describe('incidents that come of others', () => {
  const classified = ['ClassifyIncident', { category: 'email' }] as const;
  const prioritised = ['PrioritiseIncident', { impact: 2, urgency: 2 }] as const;
  const spawned = { id: THIRD, number: 'INC-000003' };
  const commandsOf = (name: string, state: IncidentState): unknown =>
    incidentProcess.commands[name]?.companions?.({}, state, spawned as never);

  it('splits off a new one that knows where it comes from', () => {
    const incidentToSplit = given(incidentProcess, registered, classified, prioritised);
    incidentToSplit
      .when('SplitIncident', { title: 'Calendar', description: 'No sync.' }, spawned)
      .thenEvents(
        [
          'IncidentRegistered',
          { number: 'INC-000003', title: 'Calendar', splitFrom: SELF, caller: 'nadia.k' },
        ],
        ['IncidentClassified', { category: 'email' }],
        ['IncidentPriorityDerived', { priority: 3, previousPriority: null }],
      );
    expect(commandsOf('SplitIncident', incidentToSplit.state)).toEqual([
      { ticket: SELF, command: { incident: THIRD } },
    ]);
  });

  it('follows a closed one up with the facts that still hold', () => {
    const over = given(
      incidentProcess,
      registered,
      assigned,
      ['ResolveIncident', resolution],
      ['CloseIncident'],
    );
    over
      .when('FollowUpIncident', { description: 'Again.' }, spawned)
      .thenEvents([
        'IncidentRegistered',
        { title: 'Stuck.', description: 'Again.', followsUp: SELF, service: 'mail' },
      ]);
    expect(commandsOf('FollowUpIncident', over.state)).toEqual([
      { ticket: SELF, command: { incident: THIRD } },
    ]);
  });

  it('refuses to follow up what is not closed', () => {
    given(incidentProcess, registered)
      .when('FollowUpIncident', { description: 'Again.' })
      .thenRefused('refused.state', { allowedIn: ['closed'] });
  });

  it.each([
    ['RecordIncidentSplit', [registered], { splitInto: [THIRD] }],
    [
      'RecordIncidentFollowUp',
      [registered, assigned, ['ResolveIncident', resolution], ['CloseIncident']],
      { followedUpBy: [THIRD] },
    ],
  ] as const)('%s keeps the id of the new one, once', (command, steps, state) => {
    given(incidentProcess, ...steps, [command, { incident: THIRD }])
      .when(command, { incident: THIRD })
      .thenState(state);
  });
});
