import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a problem, in the order in which a board shows them. */
export const problemStates = {
  new: { title: 'New', category: 'open' },
  assess: { title: 'Assess', category: 'open' },
  'root-cause-analysis': { title: 'Root cause analysis', category: 'open' },
  'fix-in-progress': { title: 'Fix in progress', category: 'open' },
  resolved: { title: 'Resolved', category: 'done' },
  // Not final: a problem that comes back is analysed again.
  closed: { title: 'Closed', category: 'done' },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a problem. */
export type ProblemLifecycleState = keyof typeof problemStates;

export const allProblemStates = Object.keys(problemStates) as readonly ProblemLifecycleState[];

const untriedStates = ['new', 'assess'] as const;

const analysedStates = ['root-cause-analysis', 'fix-in-progress'] as const;

/** Somebody still has to find the cause, or to take it away. */
export const unsolvedProblemStates = [...untriedStates, ...analysedStates] as const;

/** Not over: a resolved problem is still verified. */
export const activeProblemStates = [...unsolvedProblemStates, 'resolved'] as const;

const knownStates = [...analysedStates, 'resolved', 'closed'] as const;

/** What each command may do to the state of a problem, beside those of the blocks. */
export const problemTransitions = {
  RegisterProblem: {
    from: [null],
    to: ['new'],
    guards: ['hasLevelsOfMatrix', 'areIncidentsKnown'],
  },
  AssessProblem: { from: ['new'], to: ['assess'], guards: ['hasSubject'] },
  ConfirmProblem: {
    from: ['assess'],
    to: ['root-cause-analysis'],
    guards: ['hasTeamAndCoordinator'],
  },
  MarkProblemDuplicate: { from: ['assess'], to: ['closed'], guards: ['hasOriginal'] },
  CancelProblem: { from: untriedStates, to: ['closed'] },
  RecordProblemCause: { from: ['root-cause-analysis'] },
  // A better workaround may be found while the fix is under way.
  RecordProblemWorkaround: { from: analysedStates, guards: ['isValidityAhead'] },
  FixProblem: {
    from: ['root-cause-analysis'],
    to: ['fix-in-progress'],
    guards: ['hasRootCause', 'areChangesKnown', 'hasChangeIfLinked'],
  },
  RecordProblemFixProgress: { from: ['fix-in-progress'] },
  AbandonProblemFix: { from: ['fix-in-progress'], to: ['root-cause-analysis'] },
  AcceptProblemRisk: {
    from: analysedStates,
    to: ['closed', 'resolved'],
    guards: ['isReviewAhead', 'hasPublishedKnownError'],
  },
  ResolveProblem: {
    from: ['fix-in-progress'],
    to: ['resolved'],
    guards: ['hasMandatoryCustomFields', 'hasFixChange', 'areChangesSuccessful'],
  },
  CompleteProblem: { from: ['resolved'], to: ['closed'], guards: ['isVerified'] },
  ReanalyseProblem: {
    from: ['resolved', 'closed'],
    to: ['root-cause-analysis'],
    guards: ['wasAnalysed'],
  },
  CommunicateProblemWorkaround: {
    from: knownStates,
    guards: ['hasWorkaround', 'isWorkaroundValid'],
  },
  CommunicateProblemFix: {
    from: ['fix-in-progress', 'resolved', 'closed'],
    guards: ['hasFix'],
  },
  RecordProblemTask: { from: activeProblemStates },
  RecordProblemKnownError: { from: allProblemStates },
  RecordProblemDuplicate: { from: allProblemStates },
} as const satisfies Readonly<Record<string, Transition<ProblemLifecycleState>>>;
