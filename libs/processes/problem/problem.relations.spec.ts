import { commandNameOf, ticketKey } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { problemProcess, type ProblemState } from '../index';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const OTHER = '0195c1d0-0000-7000-8000-000000000002';

const assessed = [
  [
    'RegisterProblem',
    {
      origin: 'proactive',
      trend: 't',
      statement: 'It stops.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
    },
  ],
  ['AssessProblem', { category: 'email', service: 'mail' }],
] as const;
const linked = [
  'LinkProblem',
  { type: 'investigates', targetKind: 'incident', target: 'INC-1' },
] as const;
const withTask = ['RecordProblemTask', { task: 'task-1', taskNumber: 'PTASK-1' }] as const;
const withKnownError = [
  'RecordProblemKnownError',
  { knownError: 'error-1', knownErrorNumber: 'KE-1' },
] as const;

const belongings = {
  related: [{ type: 'investigates', targetKind: 'incident', target: 'INC-1' }],
  tasks: ['task-1'],
  knownErrors: ['error-1'],
};

const finding = (
  name: string,
  facts: Partial<ProblemState> = {},
): ScenarioContext<ProblemState> => {
  const state = { ...problemProcess.initial, id: OTHER, number: 'PRB-000002', ...facts };
  return { tickets: new Map([[name, { id: state.id ?? '', state }]]) };
};

describe('a duplicate problem', () => {
  it('ends, and lists all that moves to the original', () => {
    given(problemProcess, ...assessed, linked, withTask, withKnownError)
      .when('MarkProblemDuplicate', { original: 'PRB-000002' }, finding('PRB-000002'))
      .thenEvents([
        'ProblemMarkedDuplicate',
        { original: OTHER, originalNumber: 'PRB-000002', ...belongings },
      ])
      .thenState({
        state: 'closed',
        closeCode: 'duplicate',
        duplicateOf: OTHER,
        links: [],
        tasks: [],
        knownErrors: [],
      });
  });

  it('tells the original first, then its tasks and known errors', () => {
    const { state } = given(problemProcess, ...assessed, withTask, withKnownError);
    const context = {
      ...finding('PRB-000002'),
      related: new Map([
        [ticketKey({ process: 'problem-task', ticket: 'task-1' }), {}],
        [ticketKey({ process: 'known-error', ticket: 'error-1' }), {}],
      ]),
    };
    const { companions } = problemProcess.commands['MarkProblemDuplicate'] ?? {};
    const told = companions?.({ original: 'PRB-000002' }, state, context as never) ?? [];
    expect(
      told.map(({ process = 'problem', ticket, command }) => [
        process,
        ticket,
        commandNameOf(command),
        { ...command },
      ]),
    ).toEqual([
      ['problem', OTHER, 'RecordProblemDuplicate', { problem: SELF, problemNumber: 'PRB-000001' }],
      [
        'problem-task',
        'task-1',
        'MoveProblemTask',
        { problem: OTHER, problemNumber: 'PRB-000002' },
      ],
      ['known-error', 'error-1', 'MoveKnownError', { problem: OTHER, problemNumber: 'PRB-000002' }],
    ]);
  });

  it('brings its links, tasks and known errors along, those that are there already once', () => {
    const { links, tasks, knownErrors } = given(
      problemProcess,
      ...assessed,
      linked,
      ['LinkProblem', { type: 'relates-to', targetKind: 'vendor', target: 'acme' }],
      withTask,
      withKnownError,
    ).state;
    given(problemProcess, ...assessed, linked)
      .when(
        'RecordProblemDuplicate',
        { problem: OTHER, problemNumber: 'PRB-000002' },
        finding(OTHER, { links, tasks, knownErrors }),
      )
      .thenEvents(
        ['ProblemDuplicateRecorded', { problem: OTHER, tasks: ['task-1'] }],
        ['ProblemLinked', { link: 2, type: 'relates-to', target: 'acme' }],
      )
      .thenState({ duplicates: [OTHER], tasks: ['task-1'], knownErrors: ['error-1'] });
  });

  it.each<readonly [string, ScenarioContext<ProblemState>, string]>([
    ['of nothing known', {}, 'refused.related-missing'],
    ['of itself', finding('PRB-000002', { id: SELF }), 'refused.self-reference'],
    [
      'of a duplicate',
      finding('PRB-000002', { duplicateOf: SELF }),
      'refused.duplicate-of-duplicate',
    ],
    [
      'of a cancelled one',
      finding('PRB-000002', { closeCode: 'cancelled' }),
      'refused.original-cancelled',
    ],
  ])('is refused where it is one %s', (_, context, refused) => {
    given(problemProcess, ...assessed)
      .when('MarkProblemDuplicate', { original: 'PRB-000002' }, context)
      .thenRefused(refused);
  });

  it('is not analysed again; its original is', () => {
    given(problemProcess, ...assessed, [
      'MarkProblemDuplicate',
      { original: 'PRB-000002' },
      finding('PRB-000002'),
    ])
      .when('ReanalyseProblem', { reason: 'r' })
      .thenRefused('refused.is-duplicate', { original: OTHER });
  });
});

describe('tasks and known errors of a problem', () => {
  it('are recorded once, however often they are sent', () => {
    given(problemProcess, ...assessed, withTask)
      .when(...withTask)
      .thenEvents(['ProblemTaskRecorded', { task: 'task-1' }])
      .thenState({ tasks: ['task-1'] });
    given(problemProcess, ...assessed, withKnownError)
      .when(...withKnownError)
      .thenState({ knownErrors: ['error-1'] });
  });

  it('have a limit each, so that all can be looked at when the problem ends', () => {
    const numbered = (count: number, command: string, field: string, name: string) =>
      Array.from(
        { length: count },
        (_, index) => [command, { [field]: `t-${index}`, [name]: `n-${index}` }] as const,
      );
    const tasks = numbered(100, 'RecordProblemTask', 'task', 'taskNumber');
    given(problemProcess, ...assessed, ...tasks)
      .when(...withTask)
      .thenRefused('refused.too-many');
    const errors = numbered(50, 'RecordProblemKnownError', 'knownError', 'knownErrorNumber');
    given(problemProcess, ...assessed, ...errors)
      .when(...withKnownError)
      .thenRefused('refused.too-many');
  });
});
