import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { cabMeetingProcess } from './cab-meeting/cab-meeting.process';
import { changeLockdownProcess } from './change-lockdown/change-lockdown.process';
import { changeTemplateProcess } from './change-template/change-template.process';
import { changeProcess } from './change/change.process';
import { configurationBaselineProcess } from './configuration-baseline/configuration-baseline.process';
import { configurationItemProcess } from './configuration-item/configuration-item.process';
import { freezeWindowProcess } from './freeze-window/freeze-window.process';
import { incidentProcess } from './incident/incident.process';
import { knownErrorProcess } from './known-error/known-error.process';
import { majorIncidentProcess } from './major-incident/major-incident.process';
import { problemTaskProcess } from './problem-task/problem-task.process';
import { problemProcess } from './problem/problem.process';

/** Every process of the system. A new one adds its folder and its line here. */
export const processes: readonly ProcessDefinition[] = [
  // A list of processes forgets the types of their states; the engine hands each its own.
  incidentProcess as unknown as ProcessDefinition,
  majorIncidentProcess as unknown as ProcessDefinition,
  configurationItemProcess as unknown as ProcessDefinition,
  configurationBaselineProcess as unknown as ProcessDefinition,
  problemProcess as unknown as ProcessDefinition,
  knownErrorProcess as unknown as ProcessDefinition,
  problemTaskProcess as unknown as ProcessDefinition,
  changeProcess as unknown as ProcessDefinition,
  changeTemplateProcess as unknown as ProcessDefinition,
  cabMeetingProcess as unknown as ProcessDefinition,
  freezeWindowProcess as unknown as ProcessDefinition,
  changeLockdownProcess as unknown as ProcessDefinition,
];

export { incidentProcess };
export { incidentEvents } from './incident/incident.events';
export type {
  IncidentEvent,
  IncidentEventTable,
  RecordedIncidentEvent,
} from './incident/incident.events';
export { incidentStates, type IncidentLifecycleState } from './incident/incident.lifecycle';
export type {
  IncidentFacts,
  IncidentRecord,
  IncidentState,
  MergedIncident,
  Reopening,
} from './incident/incident.state';
export {
  cancelReasons,
  closeCauses,
  holdReasons,
  incidentChannels,
  resolutionCodes,
  resumeCauses,
  type CancelReason,
  type CloseCause,
  type HoldReason,
  type IncidentChannel,
  type ResolutionCode,
  type ResumeCause,
} from './incident/incident.vocabulary';
export {
  FollowUpIncident,
  RegisterIncident,
  SplitIncident,
} from './incident/commands/registration.commands';
export {
  ChangeIncidentCaller,
  ClassifyIncident,
  EditIncidentDescription,
  EditIncidentTitle,
  OverrideIncidentPriority,
  PrioritiseIncident,
  ReclassifyIncident,
} from './incident/commands/triage.commands';
export {
  AssignIncident,
  HandOverIncident,
  HoldIncident,
  ReassignIncident,
  ResumeIncident,
  ReturnIncident,
  StartIncidentWork,
  TakeIncident,
} from './incident/commands/work.commands';
export {
  CancelIncident,
  CloseIncident,
  ConfirmIncidentResolution,
  DisputeIncidentResolution,
  ReopenIncident,
  ResolveIncident,
} from './incident/commands/outcome.commands';
export {
  ClearIncidentParent,
  MarkIncidentDuplicate,
  MergeIncident,
  SetIncidentParent,
} from './incident/commands/relation.commands';
export type { Attachment } from './shared/blocks/attachments.block';
export type { Correction } from './shared/blocks/correction.block';
export type { CostEntry, TimeEntry } from './shared/blocks/effort.block';
export type { Escalation } from './shared/blocks/escalation.block';
export type { TicketLink } from './shared/blocks/links.block';
export type { Note } from './shared/blocks/notes.block';
export {
  derivePriority,
  priorityMatrices,
  priorityRange,
  type PriorityMatrix,
} from './policies/priority-matrix';
export {
  isWithinReopenWindow,
  reopenWindowOf7Days,
  type ReopenWindow,
} from './policies/reopen-window';
export { isMemberOfTeam, openTeams, type Team, type Teams } from './policies/teams';
export { defaultTicketPolicies, withPolicies, type TicketPolicies } from './policies/policy-set';
export { majorIncidentProcess };
export {
  majorIncidentEvents,
  type MajorIncidentEvent,
  type MajorIncidentEventTable,
  type RecordedMajorIncidentEvent,
} from './major-incident/major-incident.events';
export {
  majorIncidentStates,
  type MajorIncidentLifecycleState,
} from './major-incident/major-incident.lifecycle';
export type {
  MajorIncidentFacts,
  MajorIncidentRecord,
  MajorIncidentState,
} from './major-incident/major-incident.state';
export {
  defaultMajorIncidentPolicies,
  type MajorIncidentPolicies,
} from './major-incident/policies/major-incident-policies';
export {
  firstTriggerRule,
  type TriggerFacts,
  type TriggerRule,
  type TriggerRules,
} from './major-incident/policies/trigger-rules';
export type { CommunicationPlan, UpdatesDue } from './major-incident/policies/communication-plan';
export {
  AcceptMajorIncident,
  CancelMajorIncident,
  DemoteMajorIncident,
  ProposeMajorIncident,
  RejectMajorIncident,
} from './major-incident/commands/candidacy.commands';
export {
  AssignMajorIncidentRole,
  HandOverMajorIncidentCommand,
  MitigateMajorIncident,
  OpenMajorIncidentBridge,
  PostMajorIncidentUpdate,
  ResolveMajorIncident,
  ResumeMajorIncidentResponse,
  SetMajorIncidentSeverity,
} from './major-incident/commands/response.commands';
export {
  CloseMajorIncidentReview,
  ConcludeMajorIncidentReview,
  RecordMajorIncidentReviewAction,
  StartMajorIncidentReview,
  SubmitMajorIncidentReview,
} from './major-incident/commands/review.commands';
export type { MajorStatus } from './shared/commands/incident-major-status.commands';
export type { SuspectedCause } from './shared/blocks/suspected-causes.block';
export {
  customFieldsV1,
  type CustomField,
  type CustomFieldSchema,
  type CustomFieldValue,
} from './policies/custom-fields';
export { configurationBaselineProcess, configurationItemProcess };
export { ciEvents, type CIEventTable } from './configuration-item/configuration-item.events';
export { ciStates, type CILifecycleState } from './configuration-item/configuration-item.lifecycle';
export type {
  CIFacts,
  CIRecord,
  CIRelation,
  CIState,
  Custody,
  Discrepancy,
  Provenance,
} from './configuration-item/configuration-item.state';
export {
  assetSubstates,
  type AssetState,
  type AssetSubstate,
} from './configuration-item/configuration-item.vocabulary';
export {
  impactDown,
  impactUp,
  singlePointsOfFailure,
  type DownwardImpact,
  type ImpactCause,
  type ImpactedItem,
  type ImpactLimits,
  type ShieldedItem,
  type UpwardImpact,
  type UpwardItem,
} from './configuration-item/impact';
export {
  impactEdgeOf,
  indexImpactGraph,
  type ImpactEdge,
  type ImpactGraph,
  type ImpactIndex,
  type ImpactNode,
  type RedundancyRule,
} from './configuration-item/impact-graph';
export {
  ciClassSchema,
  concreteClasses,
  type AttributeValue,
  type CIAttribute,
  type CIClass,
  type CIClasses,
  type CIClassSchema,
} from './configuration-item/policies/ci-classes';
export { defaultCIPolicies, type CIPolicies } from './configuration-item/policies/ci-policies';
export {
  relationTypeOf,
  type RelationType,
  type RelationTypes,
} from './configuration-item/policies/relation-types';
export type { SourcePriorities } from './configuration-item/policies/source-priorities';
export type { VerificationInterval } from './configuration-item/policies/verification-interval';
export { RegisterCI } from './configuration-item/commands/registration.commands';
export {
  ChangeCIAttribute,
  CorrectCIAttribute,
  MoveCILifecycle,
  ReconcileCI,
  RecordCIChangeClosed,
  RecordCIChangeOpened,
} from './configuration-item/commands/configuration.commands';
export {
  ClearCIRedundancy,
  CorrectCIRelation,
  RelateCI,
  SetCIRedundancy,
  UnrelateCI,
} from './configuration-item/commands/relation.commands';
export {
  AttestCI,
  RecordCIDiscrepancy,
  ResolveCIDiscrepancy,
  VerifyCI,
} from './configuration-item/commands/verification.commands';
export {
  AssignAsset,
  DisposeAsset,
  MoveAsset,
  ReturnAsset,
  TransferAsset,
} from './configuration-item/commands/asset.commands';
export {
  SupersedeBaseline,
  TakeBaseline,
  WithdrawBaseline,
} from './configuration-baseline/configuration-baseline.commands';
export type {
  BaselineFacts,
  BaselineRecord,
  BaselineState,
} from './configuration-baseline/configuration-baseline.state';
export {
  baselineItemOf,
  compareBaseline,
  configurationDifference,
  configurationDigest,
  type BaselineComparison,
  type BaselineItem,
  type ChangedItem,
  type ConfigurationDifference,
  type ConfigurationView,
} from './configuration-baseline/baseline-comparison';
export { knownErrorProcess, problemProcess, problemTaskProcess };
export { problemEvents, type ProblemEventTable } from './problem/problem.events';
export { problemStates, type ProblemLifecycleState } from './problem/problem.lifecycle';
export type {
  AcceptedRisk,
  ProblemFacts,
  ProblemFix,
  ProblemRecord,
  ProblemState,
  Reanalysis,
  RootCause,
  Workaround,
} from './problem/problem.state';
export {
  acceptanceOutcomes,
  causeMethods,
  changeNeeds,
  completionCauses,
  problemCloseCodes,
  problemOrigins,
  workaroundEffects,
  workaroundValidities,
  type AcceptanceOutcome,
  type CauseMethod,
  type ChangeNeed,
  type CompletionCause,
  type ProblemCloseCode,
  type ProblemOrigin,
  type WorkaroundEffect,
  type WorkaroundValidity,
} from './problem/problem.vocabulary';
export {
  AssessProblem,
  ConfirmProblem,
  EditProblem,
  RegisterProblem,
} from './problem/commands/registration.commands';
export {
  AbandonProblemFix,
  CommunicateProblemFix,
  CommunicateProblemWorkaround,
  FixProblem,
  RecordProblemCause,
  RecordProblemWorkaround,
} from './problem/commands/analysis.commands';
export {
  AcceptProblemRisk,
  CancelProblem,
  CompleteProblem,
  MarkProblemDuplicate,
  ReanalyseProblem,
  ResolveProblem,
} from './problem/commands/outcome.commands';
export { verificationPeriodOf7Days, type VerificationPeriod } from './problem/verification-period';
export { knownErrorEvents, type KnownErrorEventTable } from './known-error/known-error.events';
export {
  knownErrorStates,
  type KnownErrorLifecycleState,
} from './known-error/known-error.lifecycle';
export type {
  KnownErrorFacts,
  KnownErrorRecord,
  KnownErrorState,
} from './known-error/known-error.state';
export {
  errorDomains,
  retirementReasons,
  type ErrorDomain,
  type RetirementReason,
} from './known-error/known-error.vocabulary';
export {
  DraftKnownError,
  EditKnownError,
  PublishKnownError,
  RetireKnownError,
  SupersedeKnownError,
} from './known-error/known-error.commands';
export { problemTaskEvents, type ProblemTaskEventTable } from './problem-task/problem-task.events';
export {
  problemTaskStates,
  type ProblemTaskLifecycleState,
} from './problem-task/problem-task.lifecycle';
export type {
  ProblemTaskFacts,
  ProblemTaskRecord,
  ProblemTaskState,
} from './problem-task/problem-task.state';
export {
  problemTaskKinds,
  type ProblemTaskCloseCode,
  type ProblemTaskKind,
} from './problem-task/problem-task.vocabulary';
export {
  AssessProblemTask,
  CancelProblemTask,
  CompleteProblemTask,
  EditProblemTask,
  RegisterProblemTask,
  StartProblemTaskWork,
} from './problem-task/problem-task.commands';

export {
  cabMeetingProcess,
  changeLockdownProcess,
  changeProcess,
  changeTemplateProcess,
  freezeWindowProcess,
};
export type { ChangeEventTable } from './change/change.events';
export type { ChangeFacts, ChangeState } from './change/change.state';
export type { ConflictKind, ConflictMode, ConflictSeverity } from './change/change.vocabulary';
export { deriveRisk, successScore } from './change/policies/change-risk';
export { defaultChangePolicies } from './change/policies/change-policies';
export {
  detectConflicts,
  type PlannedChange,
  type Surroundings,
} from './change/scheduling/conflicts';
export { nextFreeSlot } from './change/scheduling/free-slot';
