import {
  refuse,
  ticketKey,
  type CommandDefinition,
  type DecisionContext,
  type Guard,
  type TicketAddress,
} from '@ledgerdesk/kernel';
import { assigned } from '../shared/blocks/assignment.block';
import { defineCommand, defineGuard, foreignCommand } from '../shared/command-definition';
import { isThere, refusalOfPast, utc } from '../shared/fields';
import { emitterOf } from '../shared/folding';
import { problemTaskBlocks } from './problem-task.blocks';
import {
  AssessProblemTask,
  CancelProblemTask,
  CompleteProblemTask,
  MoveProblemTask,
  RegisterProblemTask,
  StartProblemTaskWork,
} from './problem-task.commands';
import type { ProblemTaskEventTable } from './problem-task.events';
import { initialProblemTask, type ProblemTaskState } from './problem-task.state';

/** What the rules of a task read of its problem. */
interface WorkedOnProblem {
  readonly state: string | null;
  readonly number?: string | null;
}

const emit = emitterOf<ProblemTaskEventTable>();

/** The questions that the lifecycle of the problem task asks, by name. */
export const problemTaskGuards: Readonly<Record<string, Guard<ProblemTaskState>>> = {
  hasOpenProblem: defineGuard<ProblemTaskState, RegisterProblemTask>({
    unless: 'the problem is known and not closed',
    check: (_, { problem: reference }, context) => {
      const problem = problemOf(reference, context);
      if (problem === undefined) {
        return refuse(
          'related-missing',
          `there is no problem ${reference}; name one that is there`,
          { reference },
        );
      }
      return (
        problem.state.state !== 'closed' ||
        refuse('problem-closed', `${reference} is closed; analyse it again first, or name another`)
      );
    },
  }),
  hasCauseIfAnalysis: defineGuard<ProblemTaskState, CompleteProblemTask>({
    unless: 'a task of root cause analysis says what the cause is',
    check: ({ kind }, { causeNotes }) =>
      kind !== 'root-cause-analysis' ||
      isThere(causeNotes) ||
      refuse('no-cause', 'the task was to find the root cause; say it in causeNotes, or cancel it'),
  }),
};

/** The state of a problem task before anything happened, and its own commands. Pure. */
export const problemTaskDecider = {
  initial: { ...initialProblemTask, ...problemTaskBlocks.initial } satisfies ProblemTaskState,
  commands: {
    RegisterProblemTask: defineCommand<ProblemTaskState, RegisterProblemTask>({
      type: RegisterProblemTask,
      summary: 'Register a piece of work on a problem.',
      route: null,
      permission: 'problem-task:register',
      emits: ['ProblemTaskRegistered', 'ProblemTaskAssigned'],
      example: {
        problem: 'PRB-000017',
        kind: 'root-cause-analysis',
        title: 'Trace the connections of Sunday night',
        assignmentGroup: 'messaging',
      },
      needs: ({ problem }) => ({ related: [problemAddress(problem)] }),
      companions: ({ problem }, _, context) => [
        {
          process: 'problem',
          ticket: problemOf(problem, context)?.id ?? problem,
          command: foreignCommand('RecordProblemTask', {
            task: context.id,
            taskNumber: context.number,
          }),
        },
      ],
      decide: (command, state, context) => {
        const problem = problemOf(command.problem, context);
        const { assignmentGroup, assignee, dueAt } = command;
        return (
          refusalOfPast('dueAt', dueAt, context.now) ?? [
            emit('ProblemTaskRegistered', {
              number: context.number,
              problem: problem?.id ?? command.problem,
              problemNumber: problem?.state.number ?? command.problem,
              kind: command.kind,
              title: command.title,
              description: command.description ?? null,
              dueAt: isThere(dueAt) ? utc(dueAt) : null,
              openedBy: context.actor,
            }),
            ...(isThere(assignmentGroup)
              ? assigned('ProblemTask', state, assignmentGroup, assignee ?? null)
              : []),
          ]
        );
      },
    }),
    AssessProblemTask: defineCommand<ProblemTaskState, AssessProblemTask>({
      type: AssessProblemTask,
      summary: 'Take the task up, as it is clear what is to be done.',
      route: 'assess',
      permission: 'problem-task:work',
      emits: ['ProblemTaskAssessed'],
      example: {},
      decide: () => [emit('ProblemTaskAssessed', {})],
    }),
    StartProblemTaskWork: defineCommand<ProblemTaskState, StartProblemTaskWork>({
      type: StartProblemTaskWork,
      summary: 'Begin the work, by the person who has the task.',
      route: 'start-work',
      permission: 'problem-task:work',
      emits: ['ProblemTaskWorkStarted'],
      example: {},
      decide: (_, { assignee }) => [emit('ProblemTaskWorkStarted', { assignee })],
    }),
    CompleteProblemTask: defineCommand<ProblemTaskState, CompleteProblemTask>({
      type: CompleteProblemTask,
      summary: 'End the task with what it found.',
      route: 'complete',
      permission: 'problem-task:work',
      emits: ['ProblemTaskCompleted'],
      example: {
        result: 'Traced for two Sundays.',
        causeNotes: 'The backup job leaves connections half open.',
      },
      decide: ({ result, causeNotes }) => [
        emit('ProblemTaskCompleted', { result, causeNotes: causeNotes ?? null }),
      ],
    }),
    CancelProblemTask: defineCommand<ProblemTaskState, CancelProblemTask>({
      type: CancelProblemTask,
      summary: 'End the task without a result.',
      route: 'cancel',
      permission: 'problem-task:cancel',
      emits: ['ProblemTaskCancelled'],
      example: { reason: 'Another task found the cause.' },
      decide: ({ reason }) => [emit('ProblemTaskCancelled', { reason })],
    }),
    MoveProblemTask: defineCommand<ProblemTaskState, MoveProblemTask>({
      type: MoveProblemTask,
      summary: 'Note that the problem turned out to be another one.',
      route: null,
      internal: true,
      permission: 'problem-task:register',
      emits: ['ProblemTaskMoved'],
      example: { problem: '0197c6a2-6a4e-7c1e-8f00-000000000002', problemNumber: 'PRB-000018' },
      decide: ({ problem, problemNumber }, state) => [
        emit('ProblemTaskMoved', {
          from: state.problem ?? '',
          to: problem,
          toNumber: problemNumber,
        }),
      ],
    }),
  } satisfies Readonly<Record<string, CommandDefinition<ProblemTaskState>>>,
};

function problemAddress(ticket: string): TicketAddress {
  return { process: 'problem', ticket };
}

function problemOf(
  reference: string,
  { related }: Pick<DecisionContext<ProblemTaskState>, 'related'>,
): { readonly id: string; readonly state: WorkedOnProblem } | undefined {
  return related.get(ticketKey(problemAddress(reference)));
}
