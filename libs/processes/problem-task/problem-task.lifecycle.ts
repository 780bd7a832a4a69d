import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a problem task, in the order in which a board shows them. */
export const problemTaskStates = {
  new: { title: 'New', category: 'open' },
  assess: { title: 'Assess', category: 'open' },
  'work-in-progress': { title: 'Work in progress', category: 'open' },
  closed: { title: 'Closed', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a problem task. */
export type ProblemTaskLifecycleState = keyof typeof problemTaskStates;

export const allProblemTaskStates = Object.keys(
  problemTaskStates,
) as readonly ProblemTaskLifecycleState[];

export const openProblemTaskStates = ['new', 'assess', 'work-in-progress'] as const;

/** What each command may do to the state of a problem task, beside those of the blocks. */
export const problemTaskTransitions = {
  RegisterProblemTask: { from: [null], to: ['new'], guards: ['hasOpenProblem'] },
  AssessProblemTask: { from: ['new'], to: ['assess'] },
  StartProblemTaskWork: { from: ['assess'], to: ['work-in-progress'], guards: ['hasAssignee'] },
  CompleteProblemTask: {
    from: ['work-in-progress'],
    to: ['closed'],
    guards: ['hasCauseIfAnalysis'],
  },
  CancelProblemTask: { from: openProblemTaskStates, to: ['closed'] },
  MoveProblemTask: { from: allProblemTaskStates },
} as const satisfies Readonly<Record<string, Transition<ProblemTaskLifecycleState>>>;
