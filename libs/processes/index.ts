import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { incidentProcess } from './incident/incident.process';

/** Every process of the system. A new one adds its folder and its line here. */
export const processes: readonly ProcessDefinition[] = [
  // A list of processes forgets the types of their states; the engine hands each its own.
  incidentProcess as unknown as ProcessDefinition,
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
