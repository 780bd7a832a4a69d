import type { ProcessDefinition } from '@ledgerdesk/kernel';
import * as catalogue from './catalogue';

/**
 * Every process of the system, by name: the lines of the catalogue. A list of processes forgets the
 * types of their states; the engine hands each its own.
 */
export const processes = Object.values(catalogue) as unknown as readonly ProcessDefinition[];

export {
  incidentProcess,
  majorIncidentProcess,
  configurationItemProcess,
  configurationBaselineProcess,
  problemProcess,
  knownErrorProcess,
  problemTaskProcess,
} from './catalogue';
export {
  incidentEvents,
  type IncidentEvent,
  type RecordedIncidentEvent,
} from './incident/incident.events';
export type { IncidentFacts, IncidentState, Reopening } from './incident/incident.state';
export type { Attachment } from './shared/blocks/attachments.block';
export type { Correction } from './shared/blocks/correction.block';
export type { CostEntry, TimeEntry } from './shared/blocks/effort.block';
export type { Escalation } from './shared/blocks/escalation.block';
export type { TicketLink } from './shared/blocks/links.block';
export type { Note } from './shared/blocks/notes.block';
export { derivePriority, priorityMatrices, priorityRange } from './policies/priority-matrix';
export { isWithinReopenWindow, reopenWindowOf7Days } from './policies/reopen-window';
export { isMemberOfTeam, openTeams, type Team, type Teams } from './policies/teams';
export { addWorkingDays } from './shared/working-days';
export { defaultTicketPolicies, withPolicies, type TicketPolicies } from './policies/policy-set';
export { audiences } from './major-incident/major-incident.vocabulary';
export type {
  MajorIncidentEvent,
  RecordedMajorIncidentEvent,
} from './major-incident/major-incident.events';
export type { MajorIncidentState } from './major-incident/major-incident.state';
export type { MajorIncidentPolicies } from './major-incident/policies/major-incident-policies';
export {
  firstTriggerRule,
  type TriggerFacts,
  type TriggerRule,
} from './major-incident/policies/trigger-rules';
export type { MajorStatus } from './shared/commands/incident-major-status.commands';
export type { SuspectedCause } from './shared/blocks/suspected-causes.block';
export type { CustomFieldSchema } from './policies/custom-fields';
export type { CIState, Discrepancy } from './configuration-item/configuration-item.state';
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
  type ImpactNode,
  type RedundancyRule,
} from './configuration-item/impact-graph';
export {
  ciClassSchema,
  concreteClasses,
  type CIClass,
  type CIClasses,
} from './configuration-item/policies/ci-classes';
export { defaultCIPolicies, type CIPolicies } from './configuration-item/policies/ci-policies';
export { relationTypeOf, type RelationType } from './configuration-item/policies/relation-types';
export type { BaselineState } from './configuration-baseline/configuration-baseline.state';
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
export type {
  AcceptedRisk,
  ProblemFix,
  ProblemState,
  Reanalysis,
  RootCause,
  Workaround,
} from './problem/problem.state';
export type { VerificationPeriod } from './problem/verification-period';
export type {
  KnownErrorFacts,
  KnownErrorRecord,
  KnownErrorState,
} from './known-error/known-error.state';
export type {
  ProblemTaskFacts,
  ProblemTaskRecord,
  ProblemTaskState,
} from './problem-task/problem-task.state';
export type { ConflictKind, ConflictSeverity } from './change/change.vocabulary';
export { defaultChangePolicies } from './change/policies/change-policies';
export {
  detectConflicts,
  type PlannedChange,
  type Surroundings,
} from './change/scheduling/conflicts';
export { nextFreeSlot, SLOT_SEARCH_DAYS } from './change/scheduling/free-slot';
export {
  surroundingsOf,
  type CalendarWindow,
  type FoundSurroundings,
  type KnownItem,
} from './change/scheduling/surroundings';
