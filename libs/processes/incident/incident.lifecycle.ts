import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of an incident, in the order in which a board shows them. */
export const incidentStates = {
  new: { title: 'New', category: 'open' },
  assigned: { title: 'Assigned', category: 'open' },
  'in-progress': { title: 'In progress', category: 'open' },
  'on-hold': { title: 'On hold', category: 'waiting' },
  resolved: { title: 'Resolved', category: 'done' },
  closed: { title: 'Closed', category: 'done', final: true },
  cancelled: { title: 'Cancelled', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of an incident. */
export type IncidentLifecycleState = keyof typeof incidentStates;

export const allIncidentStates = Object.keys(incidentStates) as readonly IncidentLifecycleState[];

/** Somebody still has to do something, or waits for it. */
export const unresolvedStates = [
  'new',
  'assigned',
  'in-progress',
  'on-hold',
] as const satisfies readonly IncidentLifecycleState[];

/** Not over for good: a resolved incident may come back. */
export const activeIncidentStates = [
  ...unresolvedStates,
  'resolved',
] as const satisfies readonly IncidentLifecycleState[];

const inHands = ['assigned', 'in-progress'] as const;

/**
 * What each command may do to the state of an incident. Those of the shared blocks are added where
 * the process is put together.
 */
export const incidentTransitions = {
  // Many incidents are born past New: solved on the call, or taken by the agent who answered.
  RegisterIncident: {
    from: [null],
    to: ['new', 'assigned', 'in-progress', 'on-hold', 'resolved'],
    guards: ['hasLevelsOfMatrix', 'isRegisteredForMembers', 'isImpactPast'],
  },
  ClassifyIncident: { from: unresolvedStates, guards: ['isUnclassified'] },
  ReclassifyIncident: { from: activeIncidentStates, guards: ['isClassified'] },
  PrioritiseIncident: { from: unresolvedStates, guards: ['hasLevelsOfMatrix'] },
  OverrideIncidentPriority: { from: unresolvedStates, guards: ['isPriorityOfMatrix'] },
  AssignIncident: {
    from: ['new', 'assigned'],
    to: ['assigned'],
    guards: ['isFreeToAssign', 'isAssigneeMemberOfTeam'],
  },
  ReassignIncident: {
    from: inHands,
    to: ['assigned'],
    guards: ['isOtherAssignment', 'isAssigneeMemberOfTeam'],
  },
  HandOverIncident: {
    from: [...inHands, 'on-hold'],
    guards: ['hasAssignee', 'isOtherPerson', 'isAssigneeMemberOfTeam'],
  },
  ReturnIncident: {
    from: inHands,
    to: ['assigned'],
    guards: ['hasAssignmentGroup', 'hasAssignee'],
  },
  StartIncidentWork: {
    from: ['assigned'],
    to: ['in-progress'],
    guards: ['hasAssignee', 'isMemberOfTeam'],
  },
  TakeIncident: {
    from: ['new', 'assigned'],
    to: ['in-progress'],
    guards: ['hasGroupToTake', 'isMemberOfTeam'],
  },
  HoldIncident: { from: ['in-progress'], to: ['on-hold'] },
  NameIncidentHoldTarget: { from: ['on-hold'], guards: ['isAwaitedUnnamed'] },
  ResumeIncident: { from: ['on-hold'], to: ['in-progress'], guards: ['isAwaited'] },
  ResolveIncident: {
    from: [...inHands, 'on-hold'],
    to: ['resolved'],
    guards: [
      'isAwaited',
      'hasServiceToResolve',
      'isImpactPast',
      'isResolvedByCommander',
      'hasMandatoryCustomFields',
      'areChildrenHandled',
    ],
  },
  ConfirmIncidentResolution: {
    from: ['resolved'],
    to: ['closed'],
    guards: ['isReviewedIfMajor'],
  },
  DisputeIncidentResolution: {
    from: ['resolved'],
    to: ['in-progress'],
    guards: ['isWithinReopenWindow'],
  },
  ReopenIncident: { from: ['resolved'], to: ['in-progress'], guards: ['isWithinReopenWindow'] },
  CloseIncident: {
    from: ['resolved'],
    to: ['closed'],
    guards: ['isReviewedIfMajor', 'isClosedByPersonIfMajor'],
  },
  CancelIncident: {
    from: unresolvedStates,
    to: ['cancelled'],
    guards: ['hasOriginalIfDuplicate'],
  },
  MarkIncidentDuplicate: { from: unresolvedStates, to: ['cancelled'], guards: ['hasOriginal'] },
  MergeIncident: { from: unresolvedStates, to: ['cancelled'], guards: ['hasMergeTarget'] },
  SplitIncident: { from: unresolvedStates },
  FollowUpIncident: { from: ['closed'] },
  SetIncidentParent: {
    from: unresolvedStates,
    guards: ['hasNoChildren', 'isNoMajorIncident', 'hasFittingParent'],
  },
  ClearIncidentParent: { from: allIncidentStates, guards: ['hasParent'] },
  EditIncidentTitle: { from: activeIncidentStates },
  EditIncidentDescription: { from: activeIncidentStates },
  ChangeIncidentCaller: { from: activeIncidentStates },
  RecordIncidentChild: { from: unresolvedStates, guards: ['hasNoParent'] },
  RemoveIncidentChild: { from: allIncidentStates },
  RecordIncidentMerge: { from: activeIncidentStates },
  RecordIncidentSplit: { from: unresolvedStates },
  RecordIncidentFollowUp: { from: ['closed'] },
  RecordIncidentMajorStatus: { from: allIncidentStates, guards: ['isFreeForMajorIncident'] },
} as const satisfies Readonly<Record<string, Transition<IncidentLifecycleState>>>;
