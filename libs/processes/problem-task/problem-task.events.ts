import { defineEvents } from '@ledgerdesk/kernel';
import { problemTaskKinds } from './problem-task.vocabulary';

/** The facts of a problem task beside those of the shared blocks. */
export const problemTaskEvents = defineEvents({
  ProblemTaskRegistered: {
    version: 1,
    summary: 'A piece of work on a problem was registered.',
    fields: {
      number: 'text',
      problem: 'text',
      problemNumber: 'text',
      kind: problemTaskKinds,
      title: 'text',
      description: 'text|null',
      dueAt: 'time|null',
      openedBy: 'text',
    },
  },
  ProblemTaskAssessed: {
    version: 1,
    summary: 'It is clear what is to be done.',
    fields: {},
  },
  ProblemTaskWorkStarted: {
    version: 1,
    summary: 'Work on the task began.',
    fields: { assignee: 'text|null' },
  },
  ProblemTaskCompleted: {
    version: 1,
    summary: 'The task ended with a result; one of root cause analysis with the cause.',
    fields: { result: 'text', causeNotes: 'text|null' },
  },
  ProblemTaskCancelled: {
    version: 1,
    summary: 'The task ended without a result.',
    fields: { reason: 'text' },
  },
  ProblemTaskMoved: {
    version: 1,
    summary: 'The problem turned out to be another one, to which the task belongs now.',
    fields: { from: 'text', to: 'text', toNumber: 'text' },
  },
});

/** The literal type of the table, for folds and emitters. */
export type ProblemTaskEventTable = typeof problemTaskEvents;
