import type { RecordedEvent } from '@ledgerdesk/kernel';
import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { repeatsToProblem } from './repeats-to-problem.flow';

const KEY = 'class:email/outlook/no mail';
const DAY_MS = 86_400_000;

const at = (day: number): string =>
  new Date(Date.parse('2026-03-02T09:00:00.000Z') + day * DAY_MS).toISOString();
const classified = (incident: string, day = 0): FlowEventStep => [
  `incident-${incident}`,
  'IncidentClassified',
  { category: 'email', subcategory: 'outlook', symptom: 'no mail' },
  { occurredAt: at(day) },
];
const five = ['a', 'b', 'c', 'd', 'e'].map((incident, index) => classified(incident, index * 7));
const problem = { accepted: true, ticket: 'p' } as const;
const taken = (id: string): FlowEventStep => [
  `problem-${id}`,
  'ProblemPatternTaken',
  { pattern: KEY },
  { occurredAt: at(28) },
];
const released = (id: string, cause: string): FlowEventStep => [
  `problem-${id}`,
  'ProblemPatternReleased',
  { pattern: KEY, cause },
  { occurredAt: at(29) },
];

describe('repeats-to-problem', () => {
  it('registers a problem with the sixth incident of a pattern in a month', () => {
    givenFlow(repeatsToProblem, KEY, five)
      .when(...classified('f', 29))
      .thenCommands([
        'RegisterProblem',
        null,
        {
          origin: 'reactive',
          pattern: KEY,
          incidents: ['a', 'b', 'c', 'd', 'e', 'f'],
          category: 'email',
          subcategory: 'outlook',
        },
      ]);
  });

  it('registers none where the first lies a month back', () => {
    givenFlow(repeatsToProblem, KEY, five)
      .when(...classified('f', 30))
      .thenCommands();
  });

  it('registers a proactive one for a week that is worse than those before', () => {
    const before = [30, 38, 46, 50].map((days) => classified(`w${days}`, -days));
    const week = ['a', 'b', 'c', 'd'].map((incident) => classified(incident, 3));
    givenFlow(repeatsToProblem, KEY, [...before.reverse(), ...week.slice(0, 4)])
      .when(...classified('e', 3))
      .thenCommands([
        'RegisterProblem',
        null,
        { origin: 'proactive', trend: expect.stringContaining('5 incidents in a week, after 4') },
      ]);
  });

  it('sees no trend in what was hardly known before', () => {
    const week = ['a', 'b', 'c', 'd'].map((incident) => classified(incident, 3));
    givenFlow(repeatsToProblem, KEY, week)
      .when(...classified('e', 3))
      .thenCommands();
  });

  it('links further incidents to the problem, each once', () => {
    const scenario = givenFlow(repeatsToProblem, KEY, [...five, classified('f', 28)], {
      RegisterProblem: problem,
    });
    scenario
      .when(...classified('g', 28))
      .thenCommands(['LinkProblem', 'p', { target: 'g', type: 'investigates' }]);
    scenario.when(...classified('g', 28)).thenRecorded();
    scenario.when(...classified('a', 28)).thenRecorded();
  });

  it('links what came while the problem was being registered', () => {
    const event = (type: string, data: object): RecordedEvent => ({ type, data }) as RecordedEvent;
    const incidents = ['a', 'b', 'c', 'd'].map((incident) => ({ incident, at: at(0) }));
    const accepted = event('FlowCommandAccepted', { step: 'register problem', ticket: 'p' });
    const issued = { isOpen: false, acceptedBy: 'p' };
    const decision = repeatsToProblem.decide({ stage: 'linking', problem: 'p' }, accepted, {
      key: KEY,
      now: at(0),
      policies: repeatsToProblem.policies,
      issued: [
        { ...issued, step: 'register problem', body: { incidents: ['a', 'b'] } },
        // The problem told of itself before its registration was known to be accepted.
        { ...issued, step: 'link incident', body: { target: 'd' } },
      ],
      count: { incidents, weeks: {} },
    });
    expect(decision?.commands).toMatchObject([{ ticket: 'p', body: { target: 'c' } }]);
  });

  it('knows the problem by its pattern, also where a person registered it', () => {
    givenFlow(repeatsToProblem, KEY, [taken('q')])
      .when(...classified('a', 28))
      .thenCommands(['LinkProblem', 'q', { target: 'a' }]);
  });

  it('links to the original of a problem that was marked a duplicate', () => {
    givenFlow(
      repeatsToProblem,
      KEY,
      [...five, classified('f', 28), taken('p'), taken('q'), released('p', 'duplicate')],
      { RegisterProblem: problem },
    )
      .when(...classified('g', 29))
      .thenCommands(['LinkProblem', 'q', { target: 'g' }]);
  });

  it('counts anew once the problem has ended', () => {
    const scenario = givenFlow(repeatsToProblem, KEY, [taken('p')]);
    scenario.when(...released('p', 'closed')).thenInstance({ status: 'completed' });
    for (const each of ['a', 'b', 'c', 'd', 'e']) {
      scenario.when(...classified(each, 30)).thenRecorded();
    }
    scenario
      .when(...classified('f', 30))
      .thenCommands(['RegisterProblem', null])
      .thenInstance({ run: 2, status: 'open' });
  });

  it('keeps quiet for a month after the problem was cancelled', () => {
    const scenario = givenFlow(repeatsToProblem, KEY, [taken('p')]);
    scenario.when(...released('p', 'cancelled')).thenTimers(['QuietOver', at(59)]);
    scenario.when(...classified('a', 31)).thenRecorded();
    scenario.whenUntil(at(59)).thenInstance({ status: 'completed' });
  });

  it('forgets the quiet time where the problem comes back', () => {
    givenFlow(repeatsToProblem, KEY, [taken('p'), released('p', 'cancelled')])
      .when(...taken('p'))
      .thenTimers()
      .thenInstance({ status: 'open' });
  });

  it('counts incidents on a configuration item as well', () => {
    const on = (incident: string): FlowEventStep => [
      `incident-${incident}`,
      'IncidentRegistered',
      { service: 'mail', configurationItem: 'relay-1' },
    ];
    givenFlow(repeatsToProblem, 'item:relay-1', ['a', 'b', 'c', 'd', 'e'].map(on))
      .when(...on('f'))
      .thenCommands([
        'RegisterProblem',
        null,
        { configurationItem: 'relay-1', service: 'mail', pattern: 'item:relay-1' },
      ]);
  });

  it('takes a category alone for no pattern', () => {
    expect(
      repeatsToProblem.correlate({
        type: 'IncidentClassified',
        data: { category: 'email', subcategory: null, symptom: null },
      } as never),
    ).toBeUndefined();
  });

  it('keeps long patterns apart within the length of a key', () => {
    const keyOf = (symptom: string): string =>
      repeatsToProblem.correlate({
        type: 'IncidentClassified',
        data: { category: 'c'.repeat(200), subcategory: null, symptom },
      } as never) ?? '';
    expect(keyOf('one')).toHaveLength(200);
    expect(keyOf('one')).not.toBe(keyOf('two'));
  });

  it('is parked where the problem is refused', () => {
    givenFlow(repeatsToProblem, KEY, five, {
      RegisterProblem: { accepted: false, code: 'refused.unknown-level' },
    })
      .when(...classified('f', 28))
      .thenParked('refused.unknown-level');
  });

  it('leaves alone what an import tells of the past', () => {
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    const [stream, type, body] = classified('f');
    givenFlow(repeatsToProblem, KEY, five).when(stream, type, body, { origin }).thenRecorded();
  });
});
