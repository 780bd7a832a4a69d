import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { incidentAwaitingCaller } from './incident-awaiting-caller.flow';

const stream = 'incident-a';
/** A Thursday, so that the second term ends behind a weekend. */
const held: FlowEventStep = [
  stream,
  'IncidentHeld',
  { reason: 'awaiting-caller', previousReason: null, awaited: 'nadia', comment: 'Which version?' },
  { occurredAt: '2026-03-05T09:00:00.000Z' },
];
const terms = ['06', '09', '10', '11'].map((day) => ({ until: `2026-03-${day}T09:00:00.000Z` }));
const note = (actor: string, visibility = 'public', onBehalfOf: string | null = null) =>
  [
    stream,
    'IncidentNoteAdded',
    { text: 'It is 4.2.', visibility },
    { actor, onBehalfOf, occurredAt: '2026-03-05T10:00:00.000Z' },
  ] as const;

describe('incident-awaiting-caller', () => {
  it('reminds the caller of the question a working day later, with a note to be read', () => {
    const scenario = givenFlow(incidentAwaitingCaller, 'a', [held]);
    scenario
      .whenUntil('2026-03-06T09:00:00.000Z')
      .thenCommands([
        'AddIncidentNote',
        'a',
        { visibility: 'public', text: 'Reminder 1 of 3. We asked: Which version?' },
      ])
      .thenTimers(['ReplyDue', '2026-03-09T09:00:00.000Z']);
  });

  it('resolves the incident a working day after the third reminder', () => {
    const scenario = givenFlow(incidentAwaitingCaller, 'a', [held, ...terms.slice(0, 3)]);
    scenario
      .whenUntil('2026-03-11T09:00:00.000Z')
      .thenCommands(['ResolveIncident', 'a', { code: 'no-response' }])
      .thenTimers();
    scenario.when(stream, 'IncidentResolved').thenInstance({ status: 'completed' });
  });

  it('resumes when the caller replies, or somebody does in the name of the caller', () => {
    const resumption = [
      'ResumeIncident',
      'a',
      { cause: 'caller-reply', awaited: 'nadia' },
    ] as const;
    givenFlow(incidentAwaitingCaller, 'a', [held])
      .when(...note('nadia'))
      .thenCommands(resumption)
      .thenTimers();
    givenFlow(incidentAwaitingCaller, 'a', [held])
      .when(...note('li.w', 'public', 'nadia'))
      .thenCommands(resumption);
  });

  it.each([
    ['an agent', note('li.w')],
    ['the flow', note('flow:incident-awaiting-caller')],
    ['the caller to nobody else', note('nadia', 'internal')],
  ])('takes a note by %s for no reply', (_, step) => {
    givenFlow(incidentAwaitingCaller, 'a', [held])
      .when(...step)
      .thenRecorded();
  });

  it('waits for the person who is the caller by now', () => {
    const changed: FlowEventStep = [stream, 'IncidentCallerChanged', { to: 'tomas' }];
    givenFlow(incidentAwaitingCaller, 'a', [held, changed])
      .when(...note('tomas'))
      .thenCommands(['ResumeIncident', 'a', { awaited: 'tomas' }]);
  });

  it('counts anew for a further question', () => {
    const [, type, body] = held;
    givenFlow(incidentAwaitingCaller, 'a', [held, ...terms.slice(0, 2)])
      .when(stream, type, body, { occurredAt: '2026-03-09T12:00:00.000Z' })
      .thenTimers(['ReplyDue', '2026-03-10T12:00:00.000Z'])
      .thenInstance({ state: { elapsed: 0, caller: 'nadia', question: 'Which version?' } });
  });

  it.each(['IncidentResumed', 'IncidentCancelled', 'IncidentMergedInto', 'IncidentResolved'])(
    'is over with %s, without any reminder',
    (end) => {
      const scenario = givenFlow(incidentAwaitingCaller, 'a', [held]);
      scenario.when(stream, end).thenInstance({ status: 'completed' });
      scenario.whenUntil('2026-04-01T00:00:00.000Z').thenRecorded();
    },
  );

  it('is over where the incident waits for a change by now', () => {
    givenFlow(incidentAwaitingCaller, 'a', [held])
      .when(stream, 'IncidentHeld', {
        reason: 'awaiting-change',
        previousReason: 'awaiting-caller',
      })
      .thenInstance({ status: 'completed' });
  });

  it('does not begin for anything else that is waited for', () => {
    givenFlow(incidentAwaitingCaller, 'a')
      .when(stream, 'IncidentHeld', { reason: 'awaiting-vendor', previousReason: null })
      .thenRecorded();
  });

  it('gives an incident back to people that cannot be resolved without them', () => {
    givenFlow(incidentAwaitingCaller, 'a', [held, ...terms.slice(0, 3)], {
      ResolveIncident: { accepted: false, code: 'refused.no-service', state: 'on-hold' },
    })
      .whenUntil('2026-03-11T09:00:00.000Z')
      .thenCommands(
        ['ResolveIncident', 'a'],
        [
          'ResumeIncident',
          'a',
          { cause: 'follow-up-timer', comment: expect.stringContaining('no-service') },
        ],
      )
      .thenInstance({ status: 'completed' });
  });

  it('takes a resolution that comes too late for done', () => {
    givenFlow(incidentAwaitingCaller, 'a', [held, ...terms.slice(0, 3)], {
      ResolveIncident: { accepted: false, code: 'refused.state', state: 'resolved' },
    })
      .whenUntil('2026-03-11T09:00:00.000Z')
      .thenInstance({ status: 'completed', parking: null });
  });

  it('leaves alone what an import tells of the past', () => {
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    const [, type, body] = held;
    givenFlow(incidentAwaitingCaller, 'a').when(stream, type, body, { origin }).thenRecorded();
  });
});
