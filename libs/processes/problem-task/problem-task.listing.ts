import type { ListingDefinition } from '@ledgerdesk/kernel';
import { problemTaskStates } from './problem-task.lifecycle';
import type { ProblemTaskState } from './problem-task.state';
import { problemTaskKinds } from './problem-task.vocabulary';

/** How problem tasks stand in their list, and by what they are found there. */
export const problemTaskListing: ListingDefinition<ProblemTaskState> = {
  version: 1,
  collection: {
    fields: {
      number: 'text',
      state: 'text',
      stateCategory: 'text',
      problem: 'text',
      kind: 'text',
      assignmentGroup: 'text',
      assignee: 'text',
      dueAt: 'text',
      closeCode: 'text',
      openedAt: 'text',
      updatedAt: 'text',
      closedAt: 'text',
    },
    compoundIndexes: [
      ['problem', 'stateCategory'],
      ['assignmentGroup', 'stateCategory'],
      ['assignee', 'stateCategory'],
      ['stateCategory', 'dueAt'],
    ],
    wordFields: { kind: problemTaskKinds },
    timeFields: ['dueAt', 'closedAt'],
    textFields: ['number', 'title', 'problemNumber'],
  },
  references: [{ fact: 'problem', type: 'task-of', inverse: 'has-task', targetKind: 'problem' }],
  summarise: (facts) => ({
    number: facts.number,
    title: facts.title,
    state: facts.state,
    stateCategory: facts.state === null ? null : problemTaskStates[facts.state].category,
    isEscalated: facts.isEscalated,
    problem: facts.problem,
    problemNumber: facts.problemNumber,
    kind: facts.kind,
    assignmentGroup: facts.assignmentGroup,
    assignee: facts.assignee,
    reassignmentCount: facts.reassignmentCount,
    dueAt: facts.dueAt,
    openedAt: facts.openedAt,
    workStartedAt: facts.workStartedAt,
    closeCode: facts.closeCode,
    closedAt: facts.closedAt,
  }),
};
