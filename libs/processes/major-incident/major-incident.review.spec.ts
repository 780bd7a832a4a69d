import { given, type GivenStep, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { wrongFields } from '@ledgerdesk/processes/testing';
import { incidentProcess, majorIncidentProcess, type MajorIncidentState } from '../index';
import { majorIncidentDecider } from './major-incident.decider';

type Step = GivenStep<MajorIncidentState>;

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const INCIDENT = '0195c1d0-0000-7000-8000-00000000000f';

const incident = { ...incidentProcess.initial, state: 'resolved', majorIncident: SELF };
const about: ScenarioContext<MajorIncidentState> = {
  related: new Map([[`incident/${INCIDENT}`, { id: INCIDENT, state: incident }]]),
};

const update = { audience: 'customers', channel: 'email', message: 'What happened.' };
const resolvedAs = (severity: number): readonly Step[] => [
  ['ProposeMajorIncident', { incident: INCIDENT, reason: 'r' }, about],
  ['AcceptMajorIncident', { severity, businessImpact: 'i', workNote: 'n' }, about],
  ['PostMajorIncidentUpdate', update],
  ['MitigateMajorIncident', { impactEndedAt: '2026-03-02T08:00:00Z' }],
  // A Friday.
  ['ResolveMajorIncident', { notes: 'n' }, { ...about, now: '2026-03-06T16:00:00.000Z' }],
];
const resolved = resolvedAs(1);
const timeline = ['AddMajorIncidentTimelineEntry', { text: 'It began.' }] as const;
const impact = ['DescribeMajorIncidentImpact', { impact: '4,200 orders.' }] as const;
const factor = ['AddMajorIncidentContributingFactor', { factor: 'Never tested.' }] as const;
const action = [
  'AddMajorIncidentReviewAction',
  { text: 'Test it.', owner: 'li.w', dueAt: '2026-04-01T12:00:00+02:00' },
] as const;
const started = ['StartMajorIncidentReview', { owner: 'nadia.k' }] as const;
const promised = [
  'StartMajorIncidentReview',
  { owner: 'nadia.k', isExternalMessagePromised: true },
] as const;
const drafted = [timeline, impact, factor, action] as const;
const submitted = ['SubmitMajorIncidentReview', {}] as const;
const concluded = ['ConcludeMajorIncidentReview', {}, about] as const;
const recorded = [
  'RecordMajorIncidentReviewAction',
  { action: 1, recordKind: 'change', record: 'CHG-000001' },
] as const;

describe('the review of a major incident', () => {
  it.each([
    [1, '2026-03-09T16:00:00.000Z'],
    [2, '2026-03-13T16:00:00.000Z'],
    [3, '2026-03-13T16:00:00.000Z'],
  ])('of SEV-%d is due by %s, counted from the resolution', (severity, dueAt) => {
    const { decision, state } = given(majorIncidentProcess, ...resolvedAs(severity)).when(
      ...started,
    );
    expect(decision).toEqual([
      expect.objectContaining({ policies: [{ name: 'review-deadlines', version: 1 }] }),
    ]);
    expect(state).toMatchObject({
      state: 'review-draft',
      reviewOwner: 'nadia.k',
      reviewDueAt: dueAt,
      isExternalMessagePromised: false,
    });
  });

  it('is not started before the resolution', () => {
    given(majorIncidentProcess, ...resolvedAs(1).slice(0, 4))
      .when(...started)
      .thenRefused('refused.state', { state: 'mitigated' });
  });

  it.each([
    ['timeline', [impact, factor, action]],
    ['impact', [timeline, factor, action]],
    ['contributing factors', [timeline, impact, action]],
    ['actions', [timeline, impact, factor]],
  ])('is not submitted without %s', (missing, steps) => {
    given(majorIncidentProcess, ...resolved, started, ...steps)
      .when(...submitted)
      .thenRefused('refused.review-incomplete', { missing: [missing] });
  });

  it('is submitted, given back, and submitted again', () => {
    given(majorIncidentProcess, ...resolved, started, ...drafted)
      .when(...submitted)
      .thenEvents(['MajorIncidentReviewSubmitted'])
      .thenState({ state: 'in-review' });
    given(majorIncidentProcess, ...resolved, started, ...drafted, submitted)
      .when('ReturnMajorIncidentReview', { reason: 'Why so late?' })
      .thenEvents(['MajorIncidentReviewReturned', { reason: 'Why so late?' }])
      .thenState({ state: 'review-draft' });
  });

  it('is concluded with what stands in it, in time or not', () => {
    given(majorIncidentProcess, ...resolved, started, ...drafted, submitted)
      .when('ConcludeMajorIncidentReview', {}, { ...about, now: '2026-03-09T16:00:00.000Z' })
      .thenEvents([
        'MajorIncidentReviewConcluded',
        {
          timelineEntries: 1,
          impact: '4,200 orders.',
          contributingFactors: ['Never tested.'],
          actions: [{ id: 1, text: 'Test it.', owner: 'li.w', dueAt: '2026-04-01T10:00:00.000Z' }],
          isOnTime: true,
        },
      ])
      .thenState({ state: 'reviewed', reviewConcludedAt: '2026-03-09T16:00:00.000Z' });
    given(majorIncidentProcess, ...resolved, started, ...drafted, submitted)
      .when('ConcludeMajorIncidentReview', {}, { ...about, now: '2026-03-09T16:00:00.001Z' })
      .thenEvents(['MajorIncidentReviewConcluded', { isOnTime: false }]);
  });

  it('names nothing twice', () => {
    given(majorIncidentProcess, ...resolved, started, impact)
      .when(...impact)
      .thenRefused('refused.no-change');
    given(majorIncidentProcess, ...resolved, started, factor)
      .when(...factor)
      .thenRefused('refused.no-change');
  });

  it.each([
    ['AddMajorIncidentReviewAction', { text: 't', owner: 'o' }, ['dueAt']],
    ['AddMajorIncidentReviewAction', { text: 't', dueAt: '2026-04-01T12:00:00Z' }, ['owner']],
    ['StartMajorIncidentReview', {}, ['owner']],
    ['ProposeMajorIncident', { incident: 'INC-1' }, ['reason']],
    ['AcceptMajorIncident', { severity: 0 }, ['businessImpact', 'severity', 'workNote']],
    ['MitigateMajorIncident', {}, ['impactEndedAt']],
    ['RejectMajorIncident', {}, ['reason']],
    ['DemoteMajorIncident', {}, ['reason']],
  ])('%s with %j is wrong in %j', (name, body, wrong) => {
    expect(wrongFields(majorIncidentProcess, name, body)).toEqual(wrong);
  });
});

describe('the end of a major incident', () => {
  const reviewed = [started, ...drafted, submitted, concluded] as const;

  it('needs a record for each action', () => {
    given(majorIncidentProcess, ...resolved, ...reviewed)
      .when('CloseMajorIncidentReview', {}, about)
      .thenRefused('refused.open-actions', { open: [1] });
    given(majorIncidentProcess, ...resolved, ...reviewed, recorded)
      .when('CloseMajorIncidentReview', {}, about)
      .thenEvents(['MajorIncidentReviewClosed', { incident: INCIDENT }])
      .thenState({ state: 'closed', communication: 'closed', endedBy: 'ada' });
  });

  it('has each action recorded once', () => {
    given(majorIncidentProcess, ...resolved, ...reviewed, recorded)
      .when(...recorded)
      .thenRefused('refused.action-recorded');
    given(majorIncidentProcess, ...resolved, ...reviewed)
      .when('RecordMajorIncidentReviewAction', { ...recorded[1], action: 2 })
      .thenRefused('refused.no-such-action', { open: [1] });
  });

  it('needs the promised message, posted since the review began', () => {
    const due = [promised, ...drafted, submitted, concluded, recorded] as const;
    given(majorIncidentProcess, ...resolved, ...due)
      .when('CloseMajorIncidentReview', {}, about)
      .thenRefused('refused.promised-message');
    given(majorIncidentProcess, ...resolved, ...due, [
      'PostMajorIncidentUpdate',
      { ...update, audience: 'management' },
    ])
      .when('CloseMajorIncidentReview', {}, about)
      .thenRefused('refused.promised-message');
    given(majorIncidentProcess, ...resolved, ...due, ['PostMajorIncidentUpdate', update])
      .when('CloseMajorIncidentReview', {}, about)
      .thenState({ state: 'closed' });
  });

  it.each([
    ['ConcludeMajorIncidentReview', 'reviewed'],
    ['CloseMajorIncidentReview', 'closed'],
  ])('by %s is noted on the incident as %s', (name, status) => {
    const { companions } = majorIncidentProcess.commands[name] ?? {};
    expect(
      companions?.({}, given(majorIncidentProcess, ...resolved, ...reviewed).state, about as never),
    ).toEqual([
      {
        process: 'incident',
        ticket: INCIDENT,
        command: { majorIncident: SELF, status, commander: 'ada' },
      },
    ]);
  });
});

describe('before anything happened', () => {
  it('there is no state, and nothing is linked', () => {
    expect(majorIncidentDecider.initial).toMatchObject({ state: null, links: [] });
  });
});
