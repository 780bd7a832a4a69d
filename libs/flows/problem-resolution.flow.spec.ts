import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { problemResolution, problemResolutionRules } from './problem-resolution.flow';
import { BATCH_TICKETS_MAX } from './ticket-batches';

const stream = 'problem-p';
const incident = '0195c1d0-0000-7000-8000-00000000000a';
const progress = (standings: Readonly<Record<string, string>>): FlowEventStep => [
  stream,
  'FixProgressRecorded',
  {
    changes: Object.entries(standings).map(([number, standing]) => ({
      change: number,
      number,
      standing,
    })),
    coordinator: 'li.w',
  },
];
const succeeded = progress({ 'CHG-1': 'successful', 'CHG-2': 'successful' });
const resolved = (...incidents: readonly string[]): FlowEventStep => [
  stream,
  'ProblemResolved',
  { number: 'PRB-000017', notes: 'New relay.', resolvedBy: 'li.w', changes: [], incidents },
];
const waitsOtherwise = { accepted: false, code: 'refused.waits-otherwise' } as const;

describe('problem-resolution, the problem', () => {
  it('is resolved once every change succeeded, and its coordinator is told', () => {
    givenFlow(problemResolution, 'p')
      .when(...succeeded)
      .thenCommands(
        ['AddProblemNote', 'p', { text: expect.stringMatching(/li\.w.*CHG-1.*CHG-2/) }],
        ['ResolveProblem', 'p'],
      );
  });

  it('is not touched while a change is open, nor when all are cancelled or none is left', () => {
    for (const standings of [
      { 'CHG-1': 'successful', 'CHG-2': 'pending' },
      { 'CHG-1': 'unsuccessful', 'CHG-2': 'pending' },
      { 'CHG-1': 'cancelled' },
      {},
    ]) {
      givenFlow(problemResolution, 'p')
        .when(...progress(standings))
        .thenRecorded();
    }
  });

  it.each([
    { 'CHG-1': 'successful', 'CHG-2': 'unsuccessful' },
    { 'CHG-1': 'successful', 'CHG-2': 'cancelled' },
    { 'CHG-1': 'missing' },
  ])('is left to its coordinator, who is told, where changes end so: %j', (standings) => {
    givenFlow(problemResolution, 'p')
      .when(...progress(standings))
      .thenCommands(['AddProblemNote', 'p', { text: expect.stringContaining('not all') }]);
  });

  it('waits for objections as long as the policy says', () => {
    const policy = { ...problemResolutionRules, version: 2, value: { objectionHours: 24 } };
    const flow = { ...problemResolution, policies: { problemResolution: policy } };
    const due = '2026-03-03T08:01:00.000Z';
    const scenario = givenFlow(flow, 'p');
    scenario
      .when(...succeeded)
      .thenCommands(['AddProblemNote', 'p'])
      .thenTimers(['ObjectionOver', due]);
    scenario.whenUntil(due).thenCommands(['ResolveProblem', 'p']);
  });

  it('is not resolved by a timer once a person abandoned the fix, or resolved it', () => {
    const policy = { ...problemResolutionRules, version: 2, value: { objectionHours: 24 } };
    const flow = { ...problemResolution, policies: { problemResolution: policy } };
    givenFlow(flow, 'p', [succeeded]).when(stream, 'FixAbandoned').thenTimers();
    givenFlow(flow, 'p', [succeeded])
      .when(...resolved())
      .thenTimers();
  });

  it('may be resolved, or have got another change, a moment before', () => {
    for (const code of ['refused.state', 'refused.changes-not-successful']) {
      givenFlow(problemResolution, 'p', [], { ResolveProblem: { accepted: false, code } })
        .when(...succeeded)
        .thenInstance({ status: 'open', parking: null });
    }
  });
});

describe('problem-resolution, its incidents', () => {
  it('are told of the fix, and resolved where they wait for the problem', () => {
    const body = {
      code: 'resolved-by-problem',
      notes: 'Resolved with the problem PRB-000017: New relay.',
      awaited: 'p',
    };
    givenFlow(problemResolution, 'p')
      .when(...resolved('a', 'b'))
      .thenCommands(
        ['CommunicateProblemFix', 'p'],
        ['ResolveIncident', 'a', body],
        ['ResolveIncident', 'b', body],
      );
  });

  it('that wait for something else, are over, or are unknown here are left alone', () => {
    for (const code of ['refused.waits-otherwise', 'refused.state', 'missing.ticket']) {
      givenFlow(problemResolution, 'p', [], { ResolveIncident: { accepted: false, code } })
        .when(...resolved('a'))
        .thenCommands(['CommunicateProblemFix', 'p'], ['ResolveIncident', 'a'])
        .thenInstance({ status: 'open', parking: null, commands: expect.anything() });
    }
  });

  it('that cannot be resolved without a person go on, and are told why', () => {
    givenFlow(problemResolution, 'p', [], {
      ResolveIncident: { accepted: false, code: 'refused.children-open' },
    })
      .when(...resolved('a'))
      .thenCommands(
        ['CommunicateProblemFix', 'p'],
        ['ResolveIncident', 'a'],
        [
          'ResumeIncident',
          'a',
          { awaited: 'p', comment: expect.stringContaining('refused.children-open') },
        ],
      )
      .thenInstance({ status: 'open', parking: null });
  });

  it('are resolved in batches, however each of them answers', () => {
    const incidents = Array.from({ length: BATCH_TICKETS_MAX + 2 }, (_, index) => `i${index}`);
    for (const answers of [{}, { ResolveIncident: waitsOtherwise }]) {
      givenFlow(problemResolution, 'p', [], answers)
        .when(...resolved(...incidents))
        .thenCommands(
          ['CommunicateProblemFix', 'p'],
          ...incidents.map((each) => ['ResolveIncident', each] as const),
        );
    }
  });

  it('that come late, on hold for a problem that was just resolved, are resolved too', () => {
    const link = { type: 'investigates', targetKind: 'incident', target: incident };
    givenFlow(problemResolution, 'p', [resolved()])
      .when(stream, 'ProblemLinked', link)
      .thenCommands(['ResolveIncident', incident, { awaited: 'p' }]);
    givenFlow(problemResolution, 'p', [succeeded])
      .when(stream, 'ProblemLinked', link)
      .thenCommands();
    givenFlow(problemResolution, 'p', [resolved()])
      .when(stream, 'ProblemLinked', { ...link, targetKind: 'change' })
      .thenRecorded();
  });

  it.each([
    ['ProblemCancelled', { reason: 'A power cut.', incidents: ['a'] }, 'A power cut.'],
    ['ProblemRiskAccepted', { reason: 'Too dear.', incidents: ['a'] }, 'Too dear.'],
    [
      'ProblemMarkedDuplicate',
      {
        originalNumber: 'PRB-000018',
        related: [
          { targetKind: 'incident', target: 'a' },
          { targetKind: 'change', target: 'c' },
        ],
      },
      'PRB-000018',
    ],
  ])('go on, and the flow is over, when the problem ends by %s', (type, body, said) => {
    for (const answers of [{}, { ResumeIncident: waitsOtherwise }]) {
      givenFlow(problemResolution, 'p', [], answers)
        .when(stream, type, body)
        .thenCommands([
          'ResumeIncident',
          'a',
          { cause: 'linked-record-finished', awaited: 'p', comment: expect.stringContaining(said) },
        ])
        .thenInstance({ status: 'completed' });
    }
  });

  it('are resumed in batches, and the flow is over behind the last of them', () => {
    const incidents = Array.from({ length: BATCH_TICKETS_MAX + 2 }, (_, index) => `i${index}`);
    givenFlow(problemResolution, 'p')
      .when(stream, 'ProblemCancelled', { reason: 'A power cut.', incidents })
      .thenCommands(...incidents.map((each) => ['ResumeIncident', each] as const))
      .thenInstance({ status: 'completed' });
  });

  it('are parked upon, where one on hold for the problem cannot even go on', () => {
    givenFlow(problemResolution, 'p', [], {
      ResumeIncident: { accepted: false, code: 'refused.legal-hold' },
    })
      .when(stream, 'ProblemCancelled', { reason: 'A power cut.', incidents: ['a'] })
      .thenParked('refused.legal-hold');
  });

  it('are none of its business where the problem has none', () => {
    givenFlow(problemResolution, 'p')
      .when(stream, 'ProblemCancelled', { reason: 'A power cut.', incidents: [] })
      .thenRecorded();
    givenFlow(problemResolution, 'p', [succeeded])
      .when(stream, 'ProblemRiskAccepted', { reason: 'r', incidents: [] })
      .thenInstance({ status: 'completed' });
  });

  it.each(['ProblemClosed', 'ProblemReopened', 'FixAbandoned'])('are done with at %s', (type) => {
    givenFlow(problemResolution, 'p', [succeeded])
      .when(stream, type)
      .thenInstance({ status: 'completed' });
  });

  it('are reopened when their resolution is undone', () => {
    const accepted = {
      step: 'resolve incident',
      process: 'incident',
      ticket: 'a',
      command: 'ResolveIncident',
      body: {},
    };
    expect(
      problemResolution.compensations['resolve incident']?.(accepted, problemResolution.initial),
    ).toMatchObject({ command: 'ReopenIncident', ticket: 'a' });
  });
});
