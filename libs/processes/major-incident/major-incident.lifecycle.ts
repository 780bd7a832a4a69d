import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a major incident: its candidacy, the response, then the review. */
export const majorIncidentStates = {
  proposed: { title: 'Proposed', category: 'open' },
  declared: { title: 'Declared', category: 'open' },
  responding: { title: 'Responding', category: 'open' },
  mitigated: { title: 'Mitigated', category: 'open' },
  resolved: { title: 'Resolved', category: 'waiting' },
  'review-draft': { title: 'Review in draft', category: 'open' },
  'in-review': { title: 'In review', category: 'open' },
  reviewed: { title: 'Reviewed', category: 'waiting' },
  closed: { title: 'Closed', category: 'done', final: true },
  rejected: { title: 'Rejected', category: 'done', final: true },
  demoted: { title: 'Demoted', category: 'done', final: true },
  cancelled: { title: 'Cancelled', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a major incident. */
export type MajorIncidentLifecycleState = keyof typeof majorIncidentStates;

export const allMajorIncidentStates = Object.keys(
  majorIncidentStates,
) as readonly MajorIncidentLifecycleState[];

/** Not over for good. */
export const activeMajorIncidentStates = [
  'proposed',
  'declared',
  'responding',
  'mitigated',
  'resolved',
  'review-draft',
  'in-review',
  'reviewed',
] as const satisfies readonly MajorIncidentLifecycleState[];

const inResponse = ['declared', 'responding', 'mitigated'] as const;
const fromDeclaration = [...inResponse, 'resolved', 'review-draft', 'in-review'] as const;

/** The first act of the response begins it; later ones leave the state as it is. */
const beginsResponse = {
  to: ['responding'],
  targets: { declared: ['responding'] },
} as const;

/**
 * What each command may do to the state of a major incident. Those of the shared blocks are added
 * where the process is put together.
 */
export const majorIncidentTransitions = {
  ProposeMajorIncident: {
    from: [null],
    to: ['proposed'],
    guards: ['hasActiveIncident', 'isFirstMatchingRule'],
  },
  AcceptMajorIncident: {
    from: ['proposed'],
    to: ['declared'],
    guards: ['isCandidateOfIncident'],
  },
  RejectMajorIncident: { from: ['proposed'], to: ['rejected'] },
  DemoteMajorIncident: { from: inResponse, to: ['demoted'], guards: ['isCommander'] },
  CancelMajorIncident: {
    from: ['proposed', ...inResponse],
    to: ['cancelled'],
    guards: ['isIncidentCancelled'],
  },
  AssignMajorIncidentRole: { from: inResponse, ...beginsResponse, guards: ['isNoHandOver'] },
  ReleaseMajorIncidentRole: { from: inResponse, guards: ['hasRole'] },
  HandOverMajorIncidentCommand: {
    from: fromDeclaration,
    ...beginsResponse,
    guards: ['isOtherCommander'],
  },
  OpenMajorIncidentBridge: { from: inResponse, ...beginsResponse, guards: ['isNewBridge'] },
  PostMajorIncidentUpdate: { from: [...fromDeclaration, 'reviewed'], ...beginsResponse },
  SetMajorIncidentSeverity: { from: inResponse, ...beginsResponse },
  SplitMajorIncidentSubTeam: { from: inResponse, ...beginsResponse, guards: ['isNewSubTeam'] },
  AddMajorIncidentTimelineEntry: { from: fromDeclaration, guards: ['isEntryOfThePast'] },
  MitigateMajorIncident: {
    from: ['responding'],
    to: ['mitigated'],
    guards: ['isImpactEndPlausible'],
  },
  ResolveMajorIncident: {
    from: ['mitigated'],
    to: ['resolved'],
    guards: ['isCommander', 'hasMandatoryCustomFields'],
  },
  ResumeMajorIncidentResponse: {
    from: ['mitigated', 'resolved'],
    to: ['responding'],
    guards: ['isStillOfIncident'],
  },
  StartMajorIncidentReview: { from: ['resolved'], to: ['review-draft'] },
  DescribeMajorIncidentImpact: { from: ['review-draft'] },
  AddMajorIncidentContributingFactor: { from: ['review-draft'], guards: ['isNewFactor'] },
  AddMajorIncidentReviewAction: { from: ['review-draft'] },
  SubmitMajorIncidentReview: {
    from: ['review-draft'],
    to: ['in-review'],
    guards: ['hasCompleteReview'],
  },
  ReturnMajorIncidentReview: { from: ['in-review'], to: ['review-draft'] },
  ConcludeMajorIncidentReview: {
    from: ['in-review'],
    to: ['reviewed'],
    guards: ['hasCompleteReview'],
  },
  RecordMajorIncidentReviewAction: {
    from: ['review-draft', 'in-review', 'reviewed'],
    guards: ['hasUnrecordedAction'],
  },
  CloseMajorIncidentReview: {
    from: ['reviewed'],
    to: ['closed'],
    guards: ['areActionsRecorded', 'isPromisedMessagePosted'],
  },
} as const satisfies Readonly<Record<string, Transition<MajorIncidentLifecycleState>>>;
