import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a change, in the order in which a board shows them. */
export const changeStates = {
  new: { title: 'New', category: 'open' },
  assess: { title: 'Assess', category: 'open' },
  authorise: { title: 'Authorise', category: 'waiting' },
  scheduled: { title: 'Scheduled', category: 'waiting' },
  implement: { title: 'Implement', category: 'open' },
  review: { title: 'Review', category: 'open' },
  closed: { title: 'Closed', category: 'done', final: true },
  cancelled: { title: 'Cancelled', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a change. */
export type ChangeLifecycleState = keyof typeof changeStates;

export const allChangeStates = Object.keys(changeStates) as readonly ChangeLifecycleState[];

/** Before it begins. */
export const plannedStates = ['new', 'assess', 'authorise', 'scheduled'] as const;

/** In which it may still be cancelled. */
export const cancellableStates = [...plannedStates, 'implement'] as const;

/** Neither closed nor cancelled. */
export const openChangeStates = [...cancellableStates, 'review'] as const;

const drafting = ['new', 'assess', 'authorise'] as const;

/** Where approval may be asked for: an emergency change is approved also afterwards. */
export const approvalStates = [...drafting, 'implement', 'review'] as const;

/** The commands that not every model has in every state. */
export const modelledCommands = [
  'SubmitChange',
  'TechnicalApproveChange',
  'TechnicalRejectChange',
  'RevertChange',
  'StartChange',
] as const;

/** An edit of what was authorised sends a scheduled change back. */
export const editTargets = { scheduled: ['scheduled', 'authorise'] } as const;

/**
 * What each command may do to the state of a change, over all models; which of it holds for one
 * change, its model says (`hasModelStep…`). Those of the blocks are added where the process is
 * put together. While a change is held, most are refused (`isNotHeld`).
 */
export const changeTransitions = {
  DraftChange: { from: [null], to: ['new'], guards: ['hasPublishedTemplate', 'isWithinTemplate'] },
  RegisterUnauthorisedChange: {
    from: [null],
    to: ['authorise'],
    guards: ['isUnexplained', 'isPastQuietPeriod'],
  },
  ReclassifyChange: { from: ['new'], guards: ['isNotHeld', 'hasNoApproval', 'isNotStandard'] },
  SetChangeImpact: { from: ['new'], guards: ['isNotHeld', 'isWithinTemplate'] },
  PlanChangeWindow: { from: drafting, guards: ['isNotHeld', 'isSoundWindow'] },
  RescheduleChange: {
    from: ['scheduled'],
    to: ['scheduled', 'authorise'],
    guards: ['isNotHeld', 'isSoundWindow'],
  },
  AnswerChangeRisk: { from: drafting, guards: ['isNotHeld', 'isQuestionnaireKnown'] },
  RecordChangeRisk: { from: plannedStates, guards: ['isNotHeld'] },
  RecordChangeConflicts: { from: plannedStates, guards: ['isScanOfThisPlan'] },
  ScanChange: { from: plannedStates, guards: ['hasWindow'] },
  ResolveChangeConflict: {
    from: plannedStates,
    guards: ['isNotHeld', 'hasConflict', 'isAuthorityApart'],
  },
  OverrideChangeFreeze: { from: plannedStates, guards: ['isNotHeld', 'isFreezeAuthority'] },
  SubmitChange: {
    from: ['new'],
    to: ['assess', 'authorise', 'scheduled'],
    guards: [
      'isNotHeld',
      'hasModelStepSubmitChange',
      'isComplete',
      'hasMandatoryCustomFields',
      'isTemplateStillPublished',
      'isDownAlready',
    ],
  },
  TechnicalApproveChange: {
    from: ['assess'],
    to: ['authorise'],
    guards: ['isNotHeld', 'hasModelStepTechnicalApproveChange', 'isAssessorApart'],
  },
  TechnicalRejectChange: {
    from: ['assess'],
    to: ['new'],
    guards: ['isNotHeld', 'hasModelStepTechnicalRejectChange', 'isAssessorApart'],
  },
  RevertChange: {
    from: drafting,
    targets: { new: ['new'], assess: ['new'], authorise: ['new'] },
    guards: ['isNotHeld', 'hasModelStepRevertChange'],
  },
  StartChange: {
    from: ['authorise', 'scheduled'],
    to: ['implement'],
    guards: [
      'isNotHeld',
      'hasModelStepStartChange',
      'isApprovedToStart',
      'isStarterApart',
      'isWithinChangeWindow',
      'hasFreshScan',
      'hasNoHardConflict',
      'isFreeOfHardFreeze',
      'areWorkOrdersReady',
    ],
  },
  RecordChangeItemUpdate: {
    from: ['implement', 'review'],
    guards: ['isNotHeld', 'isItemOfChange'],
  },
  BackOutChange: {
    from: ['implement'],
    to: ['review'],
    guards: ['isNotHeld', 'hasBackOutPlan'],
  },
  FinishChange: {
    from: ['implement'],
    to: ['review', 'closed'],
    guards: ['isNotHeld', 'areWorkOrdersClosed', 'areItemUpdatesRecorded'],
  },
  ConcludeChangeReview: {
    from: ['review'],
    to: ['closed'],
    guards: ['isNotHeld', 'isOutcomePossible', 'isApprovalDecided'],
  },
  RequestChangeReview: { from: ['review'], guards: ['isNotHeld', 'isReviewTimeAhead'] },
  AnnounceChange: { from: allChangeStates, guards: ['isNews'] },
  AdoptCabDecision: {
    from: approvalStates,
    targets: { authorise: ['authorise', 'scheduled', 'new', 'review'] },
    guards: ['isNotHeld', 'hasBoardDecision', 'mayAuthoriseByBoard'],
  },
  CancelChange: { from: cancellableStates, to: ['cancelled'] },
  HoldChange: { from: openChangeStates, guards: ['isNotHeldSo'] },
  ReleaseChange: { from: openChangeStates, guards: ['isHeldSo'] },
  AddChangeWorkOrder: {
    from: cancellableStates,
    guards: ['isNotHeld', 'arePredecessorsKnown', 'isSoundWorkTime', 'isExecutorApart'],
  },
  AssignChangeWorkOrder: {
    from: cancellableStates,
    guards: ['isNotHeld', 'isWorkOrderOpen', 'isExecutorApart'],
  },
  AcceptChangeWorkOrder: {
    from: cancellableStates,
    guards: ['isNotHeld', 'isWorkOrderCreated', 'isAccepterApart'],
  },
  MakeChangeWorkOrderReady: {
    from: cancellableStates,
    guards: ['isNotHeld', 'isWorkOrderAccepted'],
  },
  StartChangeWorkOrder: {
    from: ['implement'],
    guards: ['isNotHeld', 'isWorkOrderReady', 'arePredecessorsOver'],
  },
  CompleteChangeWorkOrder: { from: ['implement'], guards: ['isNotHeld', 'isWorkOrderInProgress'] },
  FailChangeWorkOrder: { from: ['implement'], guards: ['isNotHeld', 'isWorkOrderInProgress'] },
  CancelChangeWorkOrder: { from: cancellableStates, guards: ['isNotHeld', 'isWorkOrderOpen'] },
  RequestChildChanges: { from: plannedStates, guards: ['isNotHeld', 'isPrimary'] },
  CompleteChildGeneration: { from: openChangeStates, guards: ['hasRequestedChildren'] },
} as const satisfies Readonly<Record<string, Transition<ChangeLifecycleState>>>;
