import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import {
  firstTriggerRule,
  incidentProcess,
  majorIncidentProcess,
  type IncidentState,
  type MajorIncidentState,
} from '../index';
import { majorIncidentTriggersV1 } from './policies/trigger-rules';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const INCIDENT = '0195c1d0-0000-7000-8000-00000000000f';

/** A context in which the incident is found, by its number and by its id. */
const about = (facts: Partial<IncidentState> = {}): ScenarioContext<MajorIncidentState> => {
  const state: IncidentState = {
    ...incidentProcess.initial,
    state: 'in-progress',
    id: INCIDENT,
    number: 'INC-000042',
    title: 'No mail',
    service: 'mail',
    majorIncident: SELF,
    ...facts,
  };
  const names = ['INC-000042', INCIDENT];
  return { related: new Map(names.map((name) => [`incident/${name}`, { id: INCIDENT, state }])) };
};

const proposal = { incident: 'INC-000042', reason: 'Nobody can send mail.' };
const acceptance = { severity: 2, businessImpact: 'No orders come in.', workNote: 'Called.' };
const proposed = ['ProposeMajorIncident', proposal, about()] as const;
const accepted = ['AcceptMajorIncident', acceptance, about()] as const;

const companionsOf = (name: string, body: object, state: MajorIncidentState, context: object) =>
  majorIncidentProcess.commands[name]?.companions?.(body as never, state, {
    id: SELF,
    actor: 'ada',
    ...context,
  } as never);

describe('the proposal of a major incident', () => {
  it('is made by a person with a reason, about the incident as it is known', () => {
    given(majorIncidentProcess)
      .when('ProposeMajorIncident', proposal, about())
      .thenEvents([
        'MajorIncidentProposed',
        { incident: INCIDENT, incidentNumber: 'INC-000042', rule: null, service: 'mail' },
      ])
      .thenState({ state: 'proposed', title: 'No mail', proposedBy: 'ada', severity: null });
  });

  it('asks for the incident, and is noted there first, the same on each repetition', () => {
    const { needs } = majorIncidentProcess.commands['ProposeMajorIncident'] ?? {};
    const { initial } = majorIncidentProcess;
    expect(needs?.(proposal, initial)).toEqual({
      related: [{ process: 'incident', ticket: 'INC-000042' }],
    });
    expect(companionsOf('ProposeMajorIncident', proposal, initial, about())).toEqual([
      {
        process: 'incident',
        ticket: INCIDENT,
        command: { majorIncident: SELF, status: 'proposed' },
      },
    ]);
  });

  it('is made by the first rule that matches, of the version that the event refers to', () => {
    const { decision } = given(majorIncidentProcess).when(
      'ProposeMajorIncident',
      { incident: 'INC-000042', rule: 'priority-1' },
      about({ priority: 1 }),
    );
    expect(decision).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ rule: 'priority-1', reason: null }),
        policies: [{ name: 'major-incident-triggers', version: 1 }],
      }),
    ]);
  });

  it.each([
    ['priority-1', { priority: 2 }, null],
    ['priority-1', { priority: 1, children: ['1', '2', '3', '4', '5', '6'] }, 'many-children'],
    ['phase-of-the-moon', { priority: 1 }, 'priority-1'],
  ])('by the rule %s is refused for %j, naming the rule that matches', (rule, facts, first) => {
    given(majorIncidentProcess)
      .when('ProposeMajorIncident', { incident: 'INC-000042', rule }, about(facts))
      .thenRefused('refused.trigger-rule', { first });
  });

  it.each([
    ['is not there', {}, 'refused.related-missing'],
    ['is closed', about({ state: 'closed' }), 'refused.incident-over'],
    ['is cancelled', about({ state: 'cancelled' }), 'refused.incident-over'],
    ['is a child', about({ parent: SELF }), 'refused.incident-is-child'],
  ])('is refused where the incident %s', (_, context, refused) => {
    given(majorIncidentProcess)
      .when('ProposeMajorIncident', proposal, context)
      .thenRefused(refused);
  });
});

describe('trigger rules', () => {
  it.each([
    [{ serviceCriticality: 1, childCount: 9, priority: 1 }, 'critical-service'],
    [{ serviceCriticality: 2, childCount: 6, priority: 1 }, 'many-children'],
    [{ serviceCriticality: null, childCount: 5, priority: 1 }, 'priority-1'],
    [{ serviceCriticality: null, childCount: 5, priority: 2 }, undefined],
    [{ serviceCriticality: null, childCount: 0, priority: null }, undefined],
  ])('are asked in order: for %j the first that matches is %s', (facts, id) => {
    expect(firstTriggerRule(majorIncidentTriggersV1, facts)?.id).toBe(id);
  });
});

describe('the decision about a proposal', () => {
  it('puts who accepts it in command, with impact, note and severity', () => {
    given(majorIncidentProcess, proposed)
      .when('AcceptMajorIncident', acceptance, { ...about(), actor: 'ben' })
      .thenEvents(
        ['MajorIncidentDeclared', { commander: 'ben', severity: 2, inDoubtWith: null }],
        ['MajorIncidentNoteAdded', { text: 'Called.', visibility: 'internal' }],
      )
      .thenState({
        state: 'declared',
        commander: 'ben',
        businessImpact: 'No orders come in.',
        communication: 'new',
        roles: [expect.objectContaining({ role: 'incident-commander', person: 'ben' })] as never,
        updatesDue: {
          responders: '2026-03-02T08:31:00.000Z',
          management: '2026-03-02T09:01:00.000Z',
          customers: '2026-03-02T09:01:00.000Z',
        },
      });
  });

  it('takes the graver severity in doubt', () => {
    given(majorIncidentProcess, proposed)
      .when('AcceptMajorIncident', { ...acceptance, inDoubtWith: 1 }, about())
      .thenState({ severity: 1 });
  });

  it.each([
    ['is over', about({ state: 'closed' }), 'refused.incident-over'],
    ['became a child', about({ parent: SELF }), 'refused.incident-is-child'],
    [
      'was proposed anew as another one',
      about({ majorIncident: INCIDENT }),
      'refused.other-major-incident',
    ],
  ])('is refused as an acceptance where the incident %s', (_, context, refused) => {
    given(majorIncidentProcess, proposed)
      .when('AcceptMajorIncident', acceptance, context)
      .thenRefused(refused);
  });

  it('rejects with a reason', () => {
    given(majorIncidentProcess, proposed)
      .when('RejectMajorIncident', { reason: 'One printer.' }, about())
      .thenEvents(['MajorIncidentRejected', { incident: INCIDENT, reason: 'One printer.' }])
      .thenState({ state: 'rejected', reason: 'One printer.', endedBy: 'ada' });
  });

  it('is taken once', () => {
    given(majorIncidentProcess, proposed, accepted)
      .when('RejectMajorIncident', { reason: 'r' })
      .thenRefused('refused.state', { state: 'declared' });
  });

  it.each([
    ['AcceptMajorIncident', 'declared', { commander: 'ada' }],
    ['RejectMajorIncident', 'rejected', {}],
    ['CancelMajorIncident', 'cancelled', {}],
  ])('%s is noted on the incident as %s before', (name, status, more) => {
    const { state } = given(majorIncidentProcess, proposed);
    expect(companionsOf(name, {}, state, about())).toEqual([
      {
        process: 'incident',
        ticket: INCIDENT,
        command: { majorIncident: SELF, status, ...more },
      },
    ]);
  });

  it('is not noted on an incident that is handled as another major incident', () => {
    const { state } = given(majorIncidentProcess, proposed);
    const context = about({ majorIncident: INCIDENT });
    expect(companionsOf('RejectMajorIncident', {}, state, context)).toEqual([]);
  });
});

describe('the end without a response', () => {
  it('demotes, by the commander only', () => {
    given(majorIncidentProcess, proposed, accepted)
      .when('DemoteMajorIncident', { reason: 'Only a test system.' }, about())
      .thenEvents(['MajorIncidentDemoted', { reason: 'Only a test system.' }])
      .thenState({ state: 'demoted', communication: 'cancelled', updatesDue: {} });
    given(majorIncidentProcess, proposed, accepted)
      .when('DemoteMajorIncident', { reason: 'r' }, { ...about(), actor: 'ben' })
      .thenRefused('refused.not-commander', { commander: 'ada' });
    given(majorIncidentProcess, proposed, accepted)
      .when('DemoteMajorIncident', { reason: 'r' }, { ...about(), actor: 'ben', onBehalfOf: 'ada' })
      .thenState({ state: 'demoted' });
  });

  it('follows the cancellation of the incident, before or after the declaration', () => {
    const cancelled = about({ state: 'cancelled' });
    given(majorIncidentProcess, proposed)
      .when('CancelMajorIncident', {}, cancelled)
      .thenEvents(['MajorIncidentCancelled', { incident: INCIDENT }])
      .thenState({ state: 'cancelled', communication: null });
    given(majorIncidentProcess, proposed, accepted)
      .when('CancelMajorIncident', {}, cancelled)
      .thenState({ state: 'cancelled', communication: 'cancelled' });
  });

  it('is open to a proposal that lost the incident to another one', () => {
    given(majorIncidentProcess, proposed)
      .when('CancelMajorIncident', {}, about({ majorIncident: INCIDENT }))
      .thenState({ state: 'cancelled' });
  });

  it('refuses to cancel while the incident goes on', () => {
    given(majorIncidentProcess, proposed)
      .when('CancelMajorIncident', {}, about())
      .thenRefused('refused.incident-not-cancelled');
  });
});
