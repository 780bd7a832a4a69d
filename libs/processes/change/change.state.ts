import type { PolicyReference, ProcessState } from '@ledgerdesk/kernel';
import type { Stamp } from '../shared/ticket-log';
import type { AssignmentPart } from '../shared/blocks/assignment.block';
import type { CustomFieldsPart } from '../shared/blocks/custom-fields.block';
import type { ApprovalsPart } from '../shared/blocks/approvals.events';
import type { TicketParts } from '../shared/ticket-blocks';
import type { ChangeLifecycleState } from './change.lifecycle';
import type {
  AnnouncementKind,
  ChangeOutcome,
  ChangeType,
  ConflictKind,
  ConflictMode,
  ConflictSeverity,
  RiskLevel,
  WorkOrderState,
} from './change.vocabulary';
import type { ChangeModel } from './policies/change-models';

/** A conflict that a scan found; settled where an authority let the change go ahead. */
export interface ChangeConflict {
  readonly key: string;
  readonly kind: ConflictKind;
  readonly severity: ConflictSeverity;
  readonly configurationItem: string | null;
  readonly with: string;
  readonly resolved: (Stamp & { readonly reason: string }) | null;
}

/** The last conflict scan. */
export interface ConflictScan {
  readonly at: string;
  readonly mode: ConflictMode;
  readonly kinds: readonly string[];
  /** Position of the log as of which it was computed. */
  readonly position: string;
  /** False once the plan has changed since. */
  readonly isFresh: boolean;
  readonly conflicts: readonly ChangeConflict[];
}

/** A piece of work of a change. */
export interface ChangeWorkOrder {
  readonly id: number;
  readonly title: string;
  readonly instructions: string | null;
  readonly assignee: string | null;
  readonly plannedStart: string | null;
  readonly plannedEnd: string | null;
  readonly after: readonly number[];
  readonly state: WorkOrderState;
  /** Null until it is closed. */
  readonly outcome: string | null;
  readonly report: string | null;
  readonly startedAt: string | null;
  readonly closedAt: string | null;
}

/** Why a change is held; `lockdownId` is null where a person holds it. */
interface ChangeHold extends Stamp {
  readonly lockdownId: string | null;
  readonly reason: string;
}

/** What those concerned were told of the schedule. */
interface Announcement {
  readonly kind: AnnouncementKind;
  readonly plannedStart: string | null;
  readonly plannedEnd: string | null;
}

/** What lists, counters and rules know of a change: nothing of it grows with its history. */
export interface ChangeFacts extends ProcessState {
  readonly state: ChangeLifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  /** The beginning of the description. */
  readonly excerpt: string | null;
  readonly requester: string | null;
  readonly openedBy: string | null;
  readonly openedAt: string | null;
  readonly type: ChangeType | null;
  readonly modelName: string | null;
  /** The policy from which the model was taken. */
  readonly modelPolicy: PolicyReference | null;
  readonly service: string | null;
  readonly configurationItems: readonly string[];
  readonly impact: number | null;
  readonly risk: RiskLevel | null;
  readonly changeManager: string | null;
  readonly plannedStart: string | null;
  readonly plannedEnd: string | null;
  readonly template: string | null;
  readonly templateVersion: number | null;
  readonly majorIncident: string | null;
  readonly securityIncident: string | null;
  readonly primary: string | null;
  readonly isUnauthorised: boolean;
  readonly detectedAt: string | null;
  readonly isRetrospective: boolean;
  readonly isAuthorised: boolean;
  readonly authorisedAt: string | null;
  readonly startedAt: string | null;
  readonly startedBy: string | null;
  /** By when a change that began without approval must have it. */
  readonly approvalDueAt: string | null;
  readonly implementedAt: string | null;
  /** By when the review is to be over, once it was asked for. */
  readonly reviewDueAt: string | null;
  readonly isBackedOut: boolean;
  readonly isHeld: boolean;
  readonly outcome: ChangeOutcome | null;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
  readonly cancelReason: string | null;
}

/** What grows with the history of a change, or only the change itself shows. */
export interface ChangeRecord {
  readonly description: string | null;
  readonly justification: string | null;
  readonly implementationPlan: string | null;
  readonly testPlan: string | null;
  readonly backOutPlan: string | null;
  readonly affectedItems: readonly string[];
  readonly model: ChangeModel | null;
  readonly templateVariables: readonly string[];
  readonly emergencyReason: string | null;
  readonly riskAnswers: Readonly<Record<string, string>> | null;
  readonly riskFacts: Readonly<Record<string, number>>;
  readonly scan: ConflictScan | null;
  /** Ids of the freeze windows that it may happen in. */
  readonly freezeOverrides: readonly string[];
  readonly workOrders: readonly ChangeWorkOrder[];
  readonly itemUpdates: readonly (Stamp & {
    readonly configurationItem: string;
    readonly summary: string;
  })[];
  readonly holds: readonly ChangeHold[];
  readonly assessedBy: string | null;
  readonly reviewer: string | null;
  /** When what approvals are about was last submitted or edited. */
  readonly substanceAt: string | null;
  /** What those concerned were last told. */
  readonly announcement: Announcement | null;
  readonly reviewNotes: string | null;
  readonly isObjectiveMet: boolean | null;
  readonly incidentsCaused: readonly string[];
  readonly requestedChildren: number;
  readonly isGeneratingChildren: boolean;
}

/** A change as it is folded from its stream. */
export interface ChangeState
  extends ChangeFacts, ChangeRecord, AssignmentPart, ApprovalsPart, CustomFieldsPart, TicketParts {}

/** Before anything happened. */
export const initialChange: ChangeFacts & ChangeRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  excerpt: null,
  requester: null,
  openedBy: null,
  openedAt: null,
  type: null,
  modelName: null,
  modelPolicy: null,
  service: null,
  configurationItems: [],
  impact: null,
  risk: null,
  changeManager: null,
  plannedStart: null,
  plannedEnd: null,
  template: null,
  templateVersion: null,
  majorIncident: null,
  securityIncident: null,
  primary: null,
  isUnauthorised: false,
  detectedAt: null,
  isRetrospective: false,
  isAuthorised: false,
  authorisedAt: null,
  startedAt: null,
  startedBy: null,
  approvalDueAt: null,
  implementedAt: null,
  reviewDueAt: null,
  isBackedOut: false,
  isHeld: false,
  outcome: null,
  closedAt: null,
  closedBy: null,
  cancelReason: null,
  description: null,
  justification: null,
  implementationPlan: null,
  testPlan: null,
  backOutPlan: null,
  affectedItems: [],
  model: null,
  templateVariables: [],
  emergencyReason: null,
  riskAnswers: null,
  riskFacts: {},
  scan: null,
  freezeOverrides: [],
  workOrders: [],
  itemUpdates: [],
  holds: [],
  assessedBy: null,
  reviewer: null,
  substanceAt: null,
  announcement: null,
  reviewNotes: null,
  isObjectiveMet: null,
  incidentsCaused: [],
  requestedChildren: 0,
  isGeneratingChildren: false,
};
