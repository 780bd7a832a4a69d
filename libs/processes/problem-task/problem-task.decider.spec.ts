import { commandNameOf, ticketKey, type ProcessState } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { problemTaskProcess, type ProblemTaskState } from '../index';
import { wrongFields } from '../testing';
import { problemTaskDecider } from './problem-task.decider';

const ofProblem = (state: string): ScenarioContext<ProblemTaskState> => ({
  related: new Map([
    [
      ticketKey({ process: 'problem', ticket: 'PRB-17' }),
      { id: 'problem-17', state: { state, number: 'PRB-000017' } as ProcessState },
    ],
  ]),
});

const open = ofProblem('root-cause-analysis');
const general = {
  problem: 'PRB-17',
  kind: 'general',
  title: 'Trace it',
  assignmentGroup: 'messaging',
};
const registered = ['RegisterProblemTask', general, open] as const;
const taken = ['TakeProblemTask', {}] as const;
const assessed = ['AssessProblemTask', {}] as const;
const started = ['StartProblemTaskWork', {}] as const;

describe('registering a problem task', () => {
  it('gives it to a group of which nobody has it yet', () => {
    given(problemTaskProcess)
      .when('RegisterProblemTask', { ...general, dueAt: '2026-03-09T09:00:00+01:00' }, open)
      .thenEvents(
        [
          'ProblemTaskRegistered',
          {
            number: 'PTASK-000001',
            problem: 'problem-17',
            problemNumber: 'PRB-000017',
            dueAt: '2026-03-09T08:00:00.000Z',
          },
        ],
        ['ProblemTaskAssigned', { group: 'messaging', assignee: null }],
      )
      .thenState({ state: 'new', kind: 'general' });
  });

  it('is noted on the problem first', () => {
    const { companions } = problemTaskDecider.commands.RegisterProblemTask;
    const context = { ...open, id: 'task-1', number: 'PTASK-000001' };
    const told = companions?.(general, problemTaskDecider.initial, context as never) ?? [];
    expect(told.map(({ process, ticket }) => [process, ticket])).toEqual([
      ['problem', 'problem-17'],
    ]);
    expect(told.map(({ command }) => [commandNameOf(command), { ...command }])).toEqual([
      ['RecordProblemTask', { task: 'task-1', taskNumber: 'PTASK-000001' }],
    ]);
  });

  it('is refused for a problem that is not known, or closed', () => {
    given(problemTaskProcess)
      .when('RegisterProblemTask', general)
      .thenRefused('refused.related-missing');
    given(problemTaskProcess)
      .when('RegisterProblemTask', general, ofProblem('closed'))
      .thenRefused('refused.problem-closed');
  });

  it('needs problem, kind and title, and a group for a person', () => {
    expect(wrongFields(problemTaskProcess, 'RegisterProblemTask', { assignee: 'li.w' })).toEqual([
      'assignmentGroup',
      'kind',
      'problem',
      'title',
    ]);
  });
});

describe('working on a problem task', () => {
  it('goes from new over assess to work in progress', () => {
    given(problemTaskProcess, registered, taken)
      .when(...assessed)
      .thenEvents(['ProblemTaskAssessed'])
      .thenState({ state: 'assess' });
    given(problemTaskProcess, registered, taken, assessed)
      .when(...started)
      .thenEvents(['ProblemTaskWorkStarted', { assignee: 'ada' }])
      .thenState({ state: 'work-in-progress', workStartedAt: '2026-03-02T08:03:00.000Z' });
  });

  it('is not begun by nobody', () => {
    given(problemTaskProcess, registered, assessed)
      .when(...started)
      .thenRefused('refused.no-assignee');
  });

  it('is not begun before it is clear what is to be done', () => {
    given(problemTaskProcess, registered, taken)
      .when(...started)
      .thenRefused('refused.state');
  });
});

describe('the end of a problem task', () => {
  it('comes with a result', () => {
    given(problemTaskProcess, registered, taken, assessed, started)
      .when('CompleteProblemTask', { result: 'Traced.' })
      .thenEvents(['ProblemTaskCompleted', { result: 'Traced.', causeNotes: null }])
      .thenState({ state: 'closed', closeCode: 'completed', closedBy: 'ada', result: 'Traced.' });
  });

  it('comes with the cause where the task was to find it', () => {
    const analysis = [
      'RegisterProblemTask',
      { ...general, kind: 'root-cause-analysis' },
      open,
    ] as const;
    given(problemTaskProcess, analysis, taken, assessed, started)
      .when('CompleteProblemTask', { result: 'Traced.' })
      .thenRefused('refused.no-cause');
    given(problemTaskProcess, analysis, taken, assessed, started)
      .when('CompleteProblemTask', { result: 'Traced.', causeNotes: 'The backup job.' })
      .thenState({ state: 'closed', causeNotes: 'The backup job.' });
  });

  it.each([[[registered]], [[registered, assessed]], [[registered, taken, assessed, started]]])(
    'may come without a result, from any open state',
    (steps) => {
      given(problemTaskProcess, ...steps)
        .when('CancelProblemTask', { reason: 'Found elsewhere.' })
        .thenEvents(['ProblemTaskCancelled', { reason: 'Found elsewhere.' }])
        .thenState({ state: 'closed', closeCode: 'cancelled', cancelReason: 'Found elsewhere.' });
    },
  );

  it('does not keep it from moving to the original of a duplicate problem', () => {
    given(problemTaskProcess, registered, ['CancelProblemTask', { reason: 'r' }])
      .when('MoveProblemTask', { problem: 'problem-18', problemNumber: 'PRB-000018' })
      .thenEvents(['ProblemTaskMoved', { from: 'problem-17', to: 'problem-18' }])
      .thenState({ problem: 'problem-18' });
    given(problemTaskProcess, registered, ['CancelProblemTask', { reason: 'r' }])
      .when('CancelProblemTask', { reason: 'r' })
      .thenRefused('refused.state');
  });
});
