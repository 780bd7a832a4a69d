import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { incidentProcess, majorIncidentProcess, type IncidentState } from '../index';

const MAJOR = '0195c1d0-0000-7000-8000-0000000000aa';
const OTHER = '0195c1d0-0000-7000-8000-0000000000bb';

const registered = [
  'RegisterIncident',
  { description: 'Stuck.', channel: 'phone', caller: 'nadia.k', service: 'mail' },
] as const;
const assigned = ['AssignIncident', { group: 'messaging', assignee: 'li.w' }] as const;
const resolution = { code: 'resolved-by-problem', notes: 'Done.' };
const resolved = ['ResolveIncident', resolution] as const;

const status = (name: string, commander: string | null = null, majorIncident = MAJOR) =>
  ['RecordIncidentMajorStatus', { majorIncident, status: name, commander }] as const;
const proposed = status('proposed');
const declared = status('declared', 'ada');

/** A context in which the major incident is there. */
const existing: ScenarioContext<IncidentState> = {
  related: new Map([
    [`major-incident/${MAJOR}`, { id: MAJOR, state: majorIncidentProcess.initial }],
  ]),
};

describe('an incident that is proposed as a major one', () => {
  it('knows how far that has come, and who is in charge', () => {
    given(incidentProcess, registered, assigned, proposed)
      .when(...declared)
      .thenEvents([
        'IncidentMajorStatusRecorded',
        { majorIncident: MAJOR, status: 'declared', previousStatus: 'proposed', commander: 'ada' },
      ])
      .thenState({ majorIncident: MAJOR, majorStatus: 'declared', majorCommander: 'ada' });
  });

  it('is not proposed while another proposal stands', () => {
    given(incidentProcess, registered, assigned, proposed)
      .when(...status('proposed', null, OTHER), existing)
      .thenRefused('refused.already-proposed', { majorIncident: MAJOR, majorStatus: 'proposed' });
  });

  it('hears of the same proposal again without harm', () => {
    given(incidentProcess, registered, assigned, proposed)
      .when(...proposed, existing)
      .thenState({ majorIncident: MAJOR, majorStatus: 'proposed' });
  });

  it('is free again where the proposal never came to be, or came to nothing', () => {
    given(incidentProcess, registered, assigned, proposed)
      .when(...status('proposed', null, OTHER))
      .thenEvents(['IncidentMajorStatusRecorded', { previousStatus: null }])
      .thenState({ majorIncident: OTHER });
    for (const end of ['rejected', 'demoted', 'cancelled', 'closed']) {
      given(incidentProcess, registered, assigned, proposed, status(end))
        .when(...status('proposed', null, OTHER), existing)
        .thenState({ majorIncident: OTHER, majorStatus: 'proposed' });
    }
  });

  it('hears nothing of a major incident that it is not', () => {
    given(incidentProcess, registered, assigned, proposed)
      .when(...status('declared', 'ben', OTHER))
      .thenRefused('refused.other-major-incident');
    given(incidentProcess, registered, assigned)
      .when(...declared)
      .thenRefused('refused.other-major-incident');
  });

  it('is neither over nor a child', () => {
    given(incidentProcess, registered, ['CancelIncident', { reason: 'unnecessary' }])
      .when(...proposed)
      .thenRefused('refused.incident-over');
    const parent = { ...incidentProcess.initial, state: 'new' as const, id: OTHER };
    const withParent = { tickets: new Map([['INC-2', { id: OTHER, state: parent }]]) };
    given(incidentProcess, registered, assigned, [
      'SetIncidentParent',
      { parent: 'INC-2' },
      withParent,
    ])
      .when(...proposed)
      .thenRefused('refused.incident-is-child', { parent: OTHER });
    given(incidentProcess, registered, assigned, proposed)
      .when('SetIncidentParent', { parent: 'INC-2' }, withParent)
      .thenRefused('refused.major-incident', { majorIncident: MAJOR });
  });
});

describe('a major incident', () => {
  it('is resolved by its manager, or for them', () => {
    given(incidentProcess, registered, assigned, proposed, declared)
      .when('ResolveIncident', resolution, { actor: 'ben' })
      .thenRefused('refused.not-commander', { commander: 'ada', majorIncident: MAJOR });
    given(incidentProcess, registered, assigned, proposed, declared)
      .when('ResolveIncident', resolution)
      .thenState({ state: 'resolved', resolutionCode: 'resolved-by-problem' });
    given(incidentProcess, registered, assigned, proposed, declared)
      .when('ResolveIncident', resolution, { actor: 'ben', onBehalfOf: 'ada' })
      .thenState({ state: 'resolved' });
  });

  it('is resolved by whoever is in command after a hand-over', () => {
    given(incidentProcess, registered, assigned, proposed, declared, status('declared', 'ben'))
      .when('ResolveIncident', resolution)
      .thenRefused('refused.not-commander', { commander: 'ben' });
  });

  it.each([
    ['only proposed', [proposed]],
    ['rejected', [proposed, status('rejected')]],
    ['resolved', [proposed, declared, status('resolved', 'ada')]],
  ])('is resolved by anybody while it is %s', (_, steps) => {
    given(incidentProcess, registered, assigned, ...steps)
      .when('ResolveIncident', resolution, { actor: 'ben' })
      .thenState({ state: 'resolved' });
  });

  it.each(['CloseIncident', 'ConfirmIncidentResolution'])(
    'is not closed by %s before its review is concluded',
    (command) => {
      for (const steps of [
        [declared, resolved],
        [declared, resolved, status('resolved')],
      ]) {
        given(incidentProcess, registered, assigned, proposed, ...steps)
          .when(command)
          .thenRefused('refused.major-review', { majorIncident: MAJOR });
      }
      given(incidentProcess, registered, assigned, proposed, declared, resolved, status('reviewed'))
        .when(command)
        .thenState({
          state: 'closed',
        });
    },
  );

  it.each(['reviewed', 'closed'])('is never closed by a timer, also once it is %s', (name) => {
    given(incidentProcess, registered, assigned, proposed, declared, resolved, status(name))
      .when('CloseIncident', { cause: 'timer' })
      .thenRefused('refused.major-close');
  });

  it('that was demoted is closed by a timer as any other', () => {
    given(incidentProcess, registered, assigned, proposed, declared, status('demoted'), resolved)
      .when('CloseIncident', { cause: 'timer' })
      .thenState({ state: 'closed' });
  });
});

describe('a change that is suspected to have caused an incident', () => {
  const suspect = [
    'RecordIncidentSuspectedCause',
    { change: 'CHG-000042', configurationItem: 'relay-1', withinHours: 24 },
  ] as const;
  const confirm = ['ConfirmIncidentSuspectedCause', { cause: 1 }] as const;
  const dismiss = ['DismissIncidentSuspectedCause', { cause: 1, reason: 'Too late.' }] as const;

  it('is recorded once, and links nothing yet', () => {
    given(incidentProcess, registered, assigned)
      .when(...suspect)
      .thenEvents(['IncidentSuspectedCauseRecorded', { cause: 1, change: 'CHG-000042' }])
      .thenState({
        links: [],
        suspectedCauses: [expect.objectContaining({ id: 1, status: 'suspected', judged: null })],
      });
    given(incidentProcess, registered, assigned, suspect)
      .when(...suspect)
      .thenRefused('refused.already-suspected', { cause: 1 });
  });

  it('is confirmed by a person, which links both ways', () => {
    given(incidentProcess, registered, assigned, suspect)
      .when(...confirm)
      .thenEvents(
        ['IncidentSuspectedCauseConfirmed', { cause: 1, change: 'CHG-000042' }],
        [
          'IncidentLinked',
          { type: 'caused-by', inverse: 'causes', targetKind: 'change', target: 'CHG-000042' },
        ],
      )
      .thenState({
        suspectedCauses: [expect.objectContaining({ status: 'confirmed' })],
      });
    given(incidentProcess, registered, assigned, suspect, confirm)
      .when(...confirm)
      .thenRefused('refused.not-suspected', { suspected: [] });
  });

  it('is dismissed, which takes a confirmed link away, and may be suspected anew', () => {
    given(incidentProcess, registered, assigned, suspect)
      .when(...dismiss)
      .thenEvents(['IncidentSuspectedCauseDismissed', { previousStatus: 'suspected' }]);
    given(incidentProcess, registered, assigned, suspect, confirm)
      .when(...dismiss)
      .thenEvents(
        ['IncidentSuspectedCauseDismissed', { previousStatus: 'confirmed', reason: 'Too late.' }],
        ['IncidentUnlinked', { link: 1, reason: 'Too late.' }],
      )
      .thenState({ links: [] });
    given(incidentProcess, registered, assigned, suspect, dismiss)
      .when(...suspect)
      .thenEvents(['IncidentSuspectedCauseRecorded', { cause: 2 }]);
    given(incidentProcess, registered, assigned, suspect, dismiss)
      .when(...dismiss)
      .thenRefused('refused.not-suspected');
    given(incidentProcess, registered, assigned)
      .when(...confirm)
      .thenRefused('refused.not-suspected');
  });
});
