import { given, type GivenStep, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { incidentProcess, majorIncidentProcess, type MajorIncidentState } from '../index';

type Step = GivenStep<MajorIncidentState>;

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const INCIDENT = '0195c1d0-0000-7000-8000-00000000000f';

const about = (facts: object = {}): ScenarioContext<MajorIncidentState> => {
  const state = {
    ...incidentProcess.initial,
    state: 'in-progress',
    id: INCIDENT,
    majorIncident: SELF,
    impactBeganAt: '2026-03-02T07:30:00.000Z',
    ...facts,
  };
  return { related: new Map([[`incident/${INCIDENT}`, { id: INCIDENT, state }]]) };
};

const declared: readonly Step[] = [
  ['ProposeMajorIncident', { incident: INCIDENT, reason: 'r' }, about()],
  ['AcceptMajorIncident', { severity: 2, businessImpact: 'i', workNote: 'n' }, about()],
];
const responding: readonly Step[] = [
  ...declared,
  ['OpenMajorIncidentBridge', { kind: 'video', address: 'https://meet.example/7' }],
];
const mitigated: readonly Step[] = [
  ...responding,
  ['MitigateMajorIncident', { impactEndedAt: '2026-03-02T08:00:00Z' }],
];
const resolved: readonly Step[] = [
  ...mitigated,
  ['ResolveMajorIncident', { notes: 'Replaced.' }, about()],
];

describe('the response', () => {
  it.each([
    ['AssignMajorIncidentRole', { role: 'scribe', person: 'li.w' }, 'MajorIncidentRoleAssigned'],
    ['HandOverMajorIncidentCommand', { commander: 'ben' }, 'MajorIncidentCommandHandedOver'],
    ['OpenMajorIncidentBridge', { kind: 'chat', address: '#mi' }, 'MajorIncidentBridgeOpened'],
    [
      'PostMajorIncidentUpdate',
      { audience: 'customers', channel: 'status-page', message: 'm' },
      'MajorIncidentStatusUpdatePosted',
    ],
    ['SetMajorIncidentSeverity', { severity: 1, reason: 'r' }, 'MajorIncidentSeverityChanged'],
    [
      'SplitMajorIncidentSubTeam',
      { name: 'database', lead: 'li.w', task: 't' },
      'MajorIncidentSubTeamSplit',
    ],
  ])('begins with %s, which afterwards leaves the state as it is', (name, body, event) => {
    given(majorIncidentProcess, ...declared)
      .when(name, body, about())
      .thenEvents([event])
      .thenState({ state: 'responding', respondedAt: '2026-03-02T08:02:00.000Z' });
    given(majorIncidentProcess, ...mitigated)
      .when(name, body, about())
      .thenEvents([event])
      .thenState({ state: 'mitigated', respondedAt: '2026-03-02T08:02:00.000Z' });
  });

  it('does not begin before the declaration', () => {
    given(majorIncidentProcess, ...declared.slice(0, 1))
      .when('OpenMajorIncidentBridge', { kind: 'chat', address: '#mi' })
      .thenRefused('refused.state', { state: 'proposed' });
  });

  it('writes down nothing that has not happened', () => {
    given(majorIncidentProcess, ...responding)
      .when('AddMajorIncidentTimelineEntry', { at: '2030-01-01T00:00:00Z', text: 'Fixed.' })
      .thenRefused('refused.future-time');
  });

  it('opens no bridge and no sub-team twice', () => {
    given(majorIncidentProcess, ...responding)
      .when('OpenMajorIncidentBridge', { kind: 'video', address: 'https://meet.example/7' })
      .thenRefused('refused.no-change');
    const team = { name: 'database', lead: 'li.w', task: 't' };
    given(majorIncidentProcess, ...declared, ['SplitMajorIncidentSubTeam', team])
      .when('SplitMajorIncidentSubTeam', { ...team, lead: 'omar.s' })
      .thenRefused('refused.sub-team-exists', { subTeams: ['database'] });
  });
});

describe('roles', () => {
  const scribe = ['AssignMajorIncidentRole', { role: 'scribe', person: 'li.w' }] as const;
  const expert = (person: string): Step => [
    'AssignMajorIncidentRole',
    { role: 'subject-matter-expert', person },
  ];
  const people = ({ roles }: MajorIncidentState) =>
    roles.map(({ role, person }) => `${role}: ${person}`);

  it('pass from one person to the next, only experts are several', () => {
    const { state } = given(
      majorIncidentProcess,
      ...declared,
      scribe,
      expert('a'),
      expert('b'),
    ).when('AssignMajorIncidentRole', { role: 'scribe', person: 'omar.s' });
    expect(people(state)).toEqual([
      'incident-commander: ada',
      'subject-matter-expert: a',
      'subject-matter-expert: b',
      'scribe: omar.s',
    ]);
  });

  it('are released by name, and not given twice', () => {
    const { state } = given(majorIncidentProcess, ...declared, expert('a'), expert('b')).when(
      'ReleaseMajorIncidentRole',
      {
        role: 'subject-matter-expert',
        person: 'a',
      },
    );
    expect(people(state)).toEqual(['incident-commander: ada', 'subject-matter-expert: b']);
    given(majorIncidentProcess, ...declared, scribe)
      .when(...scribe)
      .thenRefused('refused.no-change');
    given(majorIncidentProcess, ...declared, scribe)
      .when('ReleaseMajorIncidentRole', { role: 'scribe', person: 'eve' })
      .thenRefused('refused.no-such-role');
  });

  it('have exactly one commander: neither assigned nor released, only handed over', () => {
    const command = { role: 'incident-commander', person: 'ben' };
    given(majorIncidentProcess, ...declared)
      .when('AssignMajorIncidentRole', command)
      .thenRefused('refused.one-commander', { commander: 'ada' });
    given(majorIncidentProcess, ...declared)
      .when('ReleaseMajorIncidentRole', { ...command, person: 'ada' })
      .thenRefused('refused.one-commander');
    const { state } = given(majorIncidentProcess, ...declared, scribe).when(
      'HandOverMajorIncidentCommand',
      { commander: 'ben', comment: 'Shift.' },
      about(),
    );
    expect(state.commander).toBe('ben');
    expect(people(state)).toEqual(['incident-commander: ben', 'scribe: li.w']);
    given(majorIncidentProcess, ...declared)
      .when('HandOverMajorIncidentCommand', { commander: 'ada' })
      .thenRefused('refused.no-change');
  });

  it('tell the incident of the new commander', () => {
    const { companions } = majorIncidentProcess.commands['HandOverMajorIncidentCommand'] ?? {};
    const context = { ...about(), id: SELF } as never;
    const command = { commander: 'ben' };
    expect(companions?.(command, given(majorIncidentProcess, ...declared).state, context)).toEqual([
      expect.objectContaining({
        command: { majorIncident: SELF, status: 'declared', commander: 'ben' },
      }),
    ]);
    expect(companions?.(command, given(majorIncidentProcess, ...resolved).state, context)).toEqual([
      expect.objectContaining({
        command: { majorIncident: SELF, status: 'resolved', commander: 'ben' },
      }),
    ]);
  });
});

describe('communication', () => {
  const update = { audience: 'customers', channel: 'status-page', message: 'We work on it.' };

  it('says by when the audience hears again, by the plan that the event refers to', () => {
    const outcome = given(majorIncidentProcess, ...declared).when(
      'PostMajorIncidentUpdate',
      update,
    );
    outcome.thenEvents([
      'MajorIncidentStatusUpdatePosted',
      { update: 1, nextDueAt: '2026-03-02T09:02:00.000Z' },
    ]);
    expect(outcome.decision).toEqual([
      expect.objectContaining({ policies: [{ name: 'communication-plan', version: 1 }] }),
    ]);
    expect(outcome.state).toMatchObject({
      communication: 'work-in-progress',
      updateCount: 1,
      updatesDue: { customers: '2026-03-02T09:02:00.000Z', responders: '2026-03-02T08:31:00.000Z' },
    });
  });

  it('asks for no further update where the plan has none for the audience', () => {
    given(majorIncidentProcess, ...declared)
      .when('PostMajorIncidentUpdate', { ...update, audience: 'public' })
      .thenEvents(['MajorIncidentStatusUpdatePosted', { nextDueAt: null }]);
  });

  it('follows the severity', () => {
    given(majorIncidentProcess, ...declared)
      .when('SetMajorIncidentSeverity', { severity: 2, inDoubtWith: 1, reason: 'Payments fail.' })
      .thenEvents([
        'MajorIncidentSeverityChanged',
        { severity: 1, previousSeverity: 2, inDoubtWith: 1 },
      ])
      .thenState({
        severity: 1,
        updatesDue: {
          responders: '2026-03-02T08:17:00.000Z',
          management: '2026-03-02T08:32:00.000Z',
          employees: '2026-03-02T09:02:00.000Z',
          customers: '2026-03-02T08:32:00.000Z',
        },
      });
    given(majorIncidentProcess, ...declared)
      .when('SetMajorIncidentSeverity', { severity: 3, inDoubtWith: 2, reason: 'r' })
      .thenRefused('refused.no-change');
  });

  it('ends with the response, though updates may still be posted', () => {
    given(majorIncidentProcess, ...resolved)
      .when('PostMajorIncidentUpdate', update)
      .thenEvents(['MajorIncidentStatusUpdatePosted', { nextDueAt: null }])
      .thenState({ state: 'resolved', communication: 'resolved', updatesDue: {} });
  });
});

describe('mitigation and resolution', () => {
  it('keep the end of the impact', () => {
    given(majorIncidentProcess, ...responding)
      .when('MitigateMajorIncident', { impactEndedAt: '2026-03-02T09:01:00+01:00' })
      .thenEvents(['MajorIncidentImpactMitigated', { impactEndedAt: '2026-03-02T08:01:00.000Z' }])
      .thenState({ state: 'mitigated', impactEndedAt: '2026-03-02T08:01:00.000Z' });
  });

  it.each(['2026-03-02T07:29:59Z', '2026-03-02T08:03:01Z'])(
    'refuse an end of the impact at %s: before it began, or in the future',
    (impactEndedAt) => {
      given(majorIncidentProcess, ...responding)
        .when('MitigateMajorIncident', { impactEndedAt })
        .thenRefused('refused.impact-end');
    },
  );

  it('resolve by the commander, and not before the impact is mitigated', () => {
    given(majorIncidentProcess, ...mitigated)
      .when('ResolveMajorIncident', { notes: 'Replaced.' }, about())
      .thenEvents(['MajorIncidentResolved', { incident: INCIDENT, notes: 'Replaced.' }])
      .thenState({ state: 'resolved', resolvedBy: 'ada', resolvedAt: '2026-03-02T08:04:00.000Z' });
    given(majorIncidentProcess, ...mitigated)
      .when('ResolveMajorIncident', { notes: 'n' }, { ...about(), actor: 'ben' })
      .thenRefused('refused.not-commander');
    given(majorIncidentProcess, ...responding)
      .when('ResolveMajorIncident', { notes: 'n' }, about())
      .thenRefused('refused.state');
  });

  it('are undone where the impact comes back', () => {
    given(majorIncidentProcess, ...resolved)
      .when('ResumeMajorIncidentResponse', { reason: 'Again.' }, about())
      .thenEvents(['MajorIncidentResponseResumed', { reason: 'Again.' }])
      .thenState({ state: 'responding', resolvedAt: null, impactEndedAt: null });
  });

  it.each([
    ['closed', about({ state: 'closed' }), 'refused.incident-over'],
    ['not there', {}, 'refused.related-missing'],
    ['another major one', about({ majorIncident: INCIDENT }), 'refused.other-major-incident'],
  ])('stay where the incident is %s', (_, context, refused) => {
    given(majorIncidentProcess, ...resolved)
      .when('ResumeMajorIncidentResponse', { reason: 'r' }, context)
      .thenRefused(refused);
  });
});
