import { ticketKey, type ProcessState } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { problemProcess, type ProblemState } from '../index';

type Finding = readonly [process: string, ticket: string, state: object];

/** A context in which these tickets are found, each under its name, with `<name>-id` as its id. */
const finding = (...found: readonly Finding[]): ScenarioContext<ProblemState> => ({
  related: new Map(
    found.map(([process, ticket, state]) => [
      ticketKey({ process, ticket }),
      { id: ticket.endsWith('-id') ? ticket : `${ticket}-id`, state: state as ProcessState },
    ]),
  ),
});

const registration = {
  origin: 'reactive',
  statement: 'The relay stops.',
  impact: 2,
  urgency: 2,
  organisation: 'head-office',
  incidents: ['INC-1'],
};
const confirmed = [
  ['RegisterProblem', registration, finding(['incident', 'INC-1', { state: 'on-hold' }])],
  ['AssessProblem', { category: 'email', service: 'mail' }],
  ['ConfirmProblem', { group: 'messaging', coordinator: 'li.w' }],
] as const;
const cause = { method: 'five-whys', notes: 'Half-open connections.', evidence: ['INC-1'] };
const caused = ['RecordProblemCause', cause] as const;
const fixedByNothing = ['FixProblem', { notes: 'Set a limit.', changeNeed: 'not-needed' }] as const;
const fixedByChange = [
  'FixProblem',
  { notes: 'Set a limit.', changeNeed: 'linked', changes: ['CHG-1'] },
  finding(['change', 'CHG-1', { state: 'draft' }]),
] as const;

describe('the progress of a fix', () => {
  const byTwo = [
    'FixProblem',
    { notes: 'n', changeNeed: 'linked', changes: ['CHG-1', 'CHG-2'] },
    finding(['change', 'CHG-1', { state: 'new' }], ['change', 'CHG-2', { state: 'new' }]),
  ] as const;
  const look = (one: object, other: object): ScenarioContext<ProblemState> =>
    finding(['change', 'CHG-1-id', one], ['change', 'CHG-2-id', other]);

  it.each([
    [{ state: 'implement', number: 'CHG-1' }, 'pending'],
    [{ state: 'closed', outcome: 'successful', number: 'CHG-1' }, 'successful'],
    [{ state: 'closed', outcome: 'successful-with-issues', number: 'CHG-1' }, 'successful'],
    [{ state: 'closed', outcome: 'backed-out', number: 'CHG-1' }, 'unsuccessful'],
    [{ state: 'cancelled', number: 'CHG-1' }, 'cancelled'],
  ])('says how each change stands, with who coordinates: %j', (change, standing) => {
    given(problemProcess, ...confirmed, caused, byTwo)
      .when('RecordProblemFixProgress', {}, look(change, { state: 'new', number: 'CHG-2' }))
      .thenEvents([
        'FixProgressRecorded',
        {
          changes: [
            { change: 'CHG-1-id', number: 'CHG-1', standing },
            { change: 'CHG-2-id', number: 'CHG-2', standing: 'pending' },
          ],
          coordinator: 'li.w',
        },
      ]);
  });

  it('names a change that is not known here as missing', () => {
    given(problemProcess, ...confirmed, caused, fixedByChange)
      .when('RecordProblemFixProgress')
      .thenEvents([
        'FixProgressRecorded',
        { changes: [{ change: 'CHG-1-id', number: null, standing: 'missing' }] },
      ]);
  });

  it('is not said twice, and forgotten with the fix', () => {
    const looked = [
      'RecordProblemFixProgress',
      {},
      look({ state: 'cancelled' }, { state: 'cancelled' }),
    ] as const;
    given(problemProcess, ...confirmed, caused, byTwo, looked)
      .when(...looked)
      .thenRefused('refused.no-change');
    given(problemProcess, ...confirmed, caused, byTwo, looked)
      .when('AbandonProblemFix', { reason: 'All were cancelled.' })
      .thenState({ fixProgress: [] });
  });

  it('is refused where no fix is under way', () => {
    given(problemProcess, ...confirmed, caused)
      .when('RecordProblemFixProgress')
      .thenRefused('refused.state');
  });
});

describe('what follows elsewhere from a fix', () => {
  it('is told by its event alone: what it is about, and its incidents', () => {
    given(problemProcess, ...confirmed, caused)
      .when(...fixedByNothing)
      .thenEvents([
        'FixStarted',
        { number: 'PRB-000001', title: 'The relay stops.', service: 'mail' },
      ]);
    given(problemProcess, ...confirmed, caused, fixedByNothing)
      .when('ResolveProblem')
      .thenEvents(['ProblemResolved', { number: 'PRB-000001', incidents: ['INC-1-id'] }]);
  });
});
