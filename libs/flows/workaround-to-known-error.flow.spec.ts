import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { BATCH_TICKETS_MAX } from './ticket-batches';
import { knownErrorRules, workaroundToKnownError } from './workaround-to-known-error.flow';

const stream = 'problem-p';
const incident = '0195c1d0-0000-7000-8000-00000000000a';
const worked: FlowEventStep = [
  stream,
  'WorkaroundRecorded',
  { steps: 'Restart it.', effectiveness: 'full', validUntil: null },
];
const drafted = (knownError = 'ke', number = 'KE-000001'): FlowEventStep => [
  `knownError-${knownError}`,
  'KnownErrorDrafted',
  { problem: 'p', number },
];
const communicated = (...incidents: readonly string[]): FlowEventStep => [
  stream,
  'WorkaroundCommunicated',
  { text: 'Restart it.', incidents },
];
const answers = { DraftKnownError: { accepted: true, ticket: 'ke' } } as const;
const refused = { accepted: false, code: 'refused.state', state: 'closed' } as const;

describe('workaround-to-known-error', () => {
  it('drafts the known error, publishes it, and has the workaround told', () => {
    givenFlow(workaroundToKnownError, 'p', [], answers)
      .when(...worked)
      .thenCommands(
        ['DraftKnownError', null, { problem: 'p' }],
        ['PublishKnownError', 'ke'],
        ['CommunicateProblemWorkaround', 'p'],
      );
  });

  it('leaves publishing to a person where the policy says so', () => {
    const value = { ...knownErrorRules.value, isPublished: false };
    const policies = { knownErrors: { ...knownErrorRules, version: 2, value } };
    givenFlow({ ...workaroundToKnownError, policies }, 'p', [], answers)
      .when(...worked)
      .thenCommands(
        ['DraftKnownError', null, { problem: 'p' }],
        ['CommunicateProblemWorkaround', 'p'],
      );
  });

  it.each([
    ['its own', [worked, drafted()]],
    ['one that a person drafted', [drafted()]],
  ])('puts a better workaround into the known error that is there: %s', (_, steps) => {
    givenFlow(workaroundToKnownError, 'p', steps, answers)
      .when(stream, 'WorkaroundRecorded', { steps: 'Restart both.' })
      .thenCommands(
        ['EditKnownError', 'ke', { workaround: 'Restart both.' }],
        ['PublishKnownError', 'ke'],
        ['CommunicateProblemWorkaround', 'p'],
      );
  });

  it('drafts one known error where a second workaround comes before the first is drafted', () => {
    const state = { ...workaroundToKnownError.initial, undrafted: 1 };
    givenFlow({ ...workaroundToKnownError, initial: state }, 'p', [], answers)
      .when(...worked)
      .thenCommands();
    // The first one is being drafted: it gets the second workaround once it is there.
    givenFlow({ ...workaroundToKnownError, initial: { ...state, undrafted: 0 } }, 'p', [], {
      DraftKnownError: { accepted: false, code: 'unavailable.store' },
    })
      .when(...worked)
      .thenParked('unavailable.store');
  });

  it('tells the open incidents, with the number of the known error', () => {
    givenFlow(workaroundToKnownError, 'p', [drafted()])
      .when(...communicated('a', 'b'))
      .thenCommands(
        ...['a', 'b'].map(
          (each) =>
            [
              'AddIncidentNote',
              each,
              {
                text: 'There is a workaround (known error KE-000001): Restart it.',
                visibility: 'public',
              },
            ] as const,
        ),
      );
  });

  it('tells the fix as well', () => {
    givenFlow(workaroundToKnownError, 'p')
      .when(stream, 'FixCommunicated', { text: 'New relay.', incidents: ['a'] })
      .thenCommands(['AddIncidentNote', 'a', { text: 'The cause is taken away: New relay.' }]);
  });

  it('tells whom the policy says', () => {
    const value = { ...knownErrorRules.value, noteVisibility: 'internal' as const };
    const policies = { knownErrors: { ...knownErrorRules, version: 2, value } };
    givenFlow({ ...workaroundToKnownError, policies }, 'p')
      .when(...communicated('a'))
      .thenCommands(['AddIncidentNote', 'a', { visibility: 'internal' }]);
  });

  it('tells any number of incidents, batch by batch, and passes over those that are over', () => {
    const incidents = Array.from({ length: 2 * BATCH_TICKETS_MAX + 1 }, (_, n) => `i${n}`);
    for (const answer of [{}, { AddIncidentNote: refused }]) {
      givenFlow(workaroundToKnownError, 'p', [], answer)
        .when(...communicated(...incidents))
        .thenCommands(...incidents.map((each) => ['AddIncidentNote', each] as const))
        .thenInstance({ status: 'open', parking: null });
    }
  });

  it('tells nobody twice for the outcome of another command', () => {
    const state = { ...workaroundToKnownError.initial, told: 'Restart it.' };
    const incidents = { ...state.incidents, batch: ['a'], underWay: ['a'] };
    givenFlow({ ...workaroundToKnownError, initial: { ...state, incidents } }, 'p', [drafted()])
      .when(...worked)
      .thenCommands(
        ['EditKnownError', 'ke'],
        ['PublishKnownError', 'ke'],
        ['CommunicateProblemWorkaround', 'p'],
      );
  });

  it('tells an incident that is linked later, once there is something to tell', () => {
    const link = { type: 'investigates', targetKind: 'incident', target: incident };
    givenFlow(workaroundToKnownError, 'p', [communicated()])
      .when(stream, 'ProblemLinked', link)
      .thenCommands(['AddIncidentNote', incident, { text: expect.stringContaining('Restart') }]);
    givenFlow(workaroundToKnownError, 'p', [drafted()])
      .when(stream, 'ProblemLinked', link)
      .thenRecorded();
    givenFlow(workaroundToKnownError, 'p', [communicated()])
      .when(stream, 'ProblemLinked', { ...link, targetKind: 'change', type: 'fixed-by' })
      .thenRecorded();
  });

  it('tells an incident that is linked later nothing that is valid no longer', () => {
    const link = { type: 'investigates', targetKind: 'incident', target: incident };
    const passing = { steps: 'Restart it.', validUntil: '2026-03-01T00:00:00.000Z' };
    const steps = [[stream, 'WorkaroundRecorded', passing], communicated()] as const;
    givenFlow(workaroundToKnownError, 'p', steps, answers)
      .when(stream, 'ProblemLinked', link)
      .thenCommands();
    const lasting = { ...passing, validUntil: '2036-03-01T00:00:00.000Z' };
    givenFlow(
      workaroundToKnownError,
      'p',
      [[stream, 'WorkaroundRecorded', lasting], communicated()],
      answers,
    )
      .when(stream, 'ProblemLinked', link)
      .thenCommands(['AddIncidentNote', incident]);
  });

  it('tells again when another known error takes the place of the first', () => {
    const scenario = givenFlow(workaroundToKnownError, 'p', [worked, drafted()], answers);
    scenario
      .when('knownError-ke', 'KnownErrorSuperseded', {
        problem: 'p',
        successor: 'ke2',
        successorNumber: 'KE-000002',
      })
      .thenCommands(['CommunicateProblemWorkaround', 'p']);
    scenario
      .when(...communicated('a'))
      .thenCommands(['AddIncidentNote', 'a', { text: expect.stringContaining('KE-000002') }]);
  });

  it('drafts another known error where the first was retired', () => {
    const retired: FlowEventStep = ['knownError-ke', 'KnownErrorRetired', { problem: 'p' }];
    givenFlow(workaroundToKnownError, 'p', [worked, drafted(), retired], answers)
      .when(...worked)
      .thenCommands(
        ['DraftKnownError', null],
        ['PublishKnownError', 'ke'],
        ['CommunicateProblemWorkaround', 'p'],
      );
  });

  it('retires the known error of a problem that is fixed for good, and is over', () => {
    const closed = [stream, 'ProblemClosed', { code: 'fix-applied' }] as const;
    givenFlow(workaroundToKnownError, 'p', [worked, drafted()], answers)
      .when(...closed)
      .thenCommands(['RetireKnownError', 'ke', { reason: 'fixed' }])
      .thenInstance({ status: 'completed' });
    const value = { ...knownErrorRules.value, isRetiredWhenFixed: false };
    const policies = { knownErrors: { ...knownErrorRules, version: 2, value } };
    givenFlow({ ...workaroundToKnownError, policies }, 'p', [worked, drafted()], answers)
      .when(...closed)
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it('keeps the known error of a problem whose risk was accepted', () => {
    givenFlow(workaroundToKnownError, 'p', [worked, drafted()], answers)
      .when(stream, 'ProblemClosed', { code: 'risk-accepted' })
      .thenRecorded();
  });

  it.each(['ProblemCancelled', 'ProblemMarkedDuplicate'])('is over with %s', (type) => {
    givenFlow(workaroundToKnownError, 'p', [drafted()])
      .when(stream, type)
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it('takes what a person did first for done', () => {
    givenFlow(workaroundToKnownError, 'p', [drafted()], {
      EditKnownError: { accepted: false, code: 'refused.no-change' },
      PublishKnownError: refused,
      CommunicateProblemWorkaround: { accepted: false, code: 'refused.workaround-expired' },
    })
      .when(...worked)
      .thenInstance({ status: 'open', parking: null, commands: [] });
  });

  it('retires the known error that it drafted when that is undone', () => {
    const accepted = {
      step: 'draft known error',
      process: 'known-error',
      ticket: 'ke',
      command: 'DraftKnownError',
      body: {},
    };
    expect(
      workaroundToKnownError.compensations[accepted.step]?.(
        accepted,
        workaroundToKnownError.initial,
      ),
    ).toMatchObject({ command: 'RetireKnownError', ticket: 'ke' });
  });
});
