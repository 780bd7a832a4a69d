import type { ProcessState } from '@ledgerdesk/kernel';
import type { CustomFieldsPart } from '../shared/blocks/custom-fields.block';
import type { TicketParts } from '../shared/ticket-blocks';
import type { Stamp } from '../shared/ticket-log';
import type { MajorIncidentLifecycleState } from './major-incident.lifecycle';
import type { ActionRecordKind, BridgeKind, MajorIncidentRole } from './major-incident.vocabulary';
import type { UpdatesDue } from './policies/communication-plan';

/** How the telling of people stands: it ends with the major incident. */
export type CommunicationState = 'new' | 'work-in-progress' | 'resolved' | 'closed' | 'cancelled';

/** What lists, counters and rules know: nothing of it grows with the history. */
export interface MajorIncidentFacts extends ProcessState {
  readonly state: MajorIncidentLifecycleState | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  /** Id and number of the incident that it is about. */
  readonly incident: string | null;
  readonly incidentNumber: string | null;
  readonly service: string | null;
  /** What further incidents of the matter have in common: `service:mail`; null if unknown. */
  readonly pattern: string | null;
  /** The trigger rule that proposed it; null where a person did. */
  readonly rule: string | null;
  readonly proposedBy: string | null;
  readonly proposedAt: string | null;
  /** 1 is the gravest; null until it is declared. */
  readonly severity: number | null;
  /** In command, and so the major incident manager; null before it is declared. */
  readonly commander: string | null;
  readonly declaredAt: string | null;
  readonly respondedAt: string | null;
  readonly impactBeganAt: string | null;
  readonly impactEndedAt: string | null;
  readonly mitigatedAt: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly communication: CommunicationState | null;
  /** By when each audience is to hear next; empty once the response is over. */
  readonly updatesDue: UpdatesDue;
  readonly updateCount: number;
  readonly reviewOwner: string | null;
  readonly reviewDueAt: string | null;
  readonly reviewConcludedAt: string | null;
  readonly isExternalMessagePromised: boolean;
  /** An update for customers or the public since the review began. */
  readonly isExternalMessagePosted: boolean;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
}

/** Somebody with a role in the response. */
export interface AssignedRole {
  readonly role: MajorIncidentRole;
  readonly person: string;
  readonly assigned: Stamp;
}

/** A place where responders meet. */
interface Bridge {
  readonly id: number;
  readonly kind: BridgeKind;
  readonly address: string;
  readonly opened: Stamp;
}

/** What an audience was told. */
interface StatusUpdate {
  readonly id: number;
  readonly audience: string;
  readonly channel: string;
  readonly message: string;
  readonly posted: Stamp;
}

/** Responders with a task of their own. */
interface SubTeam {
  readonly name: string;
  readonly lead: string;
  readonly task: string;
  readonly members: readonly string[];
}

/** What happened when. */
interface TimelineEntry {
  readonly id: number;
  readonly at: string;
  readonly text: string;
}

/** What the review calls for, and as what it is recorded. */
interface ReviewAction {
  readonly id: number;
  readonly text: string;
  readonly owner: string;
  readonly dueAt: string;
  readonly recordKind: ActionRecordKind | null;
  /** Id or number of the record; null until there is one. */
  readonly record: string | null;
}

/** What grows with the history of a major incident. */
export interface MajorIncidentRecord {
  readonly reason: string | null;
  readonly businessImpact: string | null;
  readonly resolutionNotes: string | null;
  readonly roles: readonly AssignedRole[];
  readonly bridges: readonly Bridge[];
  readonly updates: readonly StatusUpdate[];
  readonly subTeams: readonly SubTeam[];
  readonly timeline: readonly TimelineEntry[];
  readonly reviewImpact: string | null;
  readonly contributingFactors: readonly string[];
  readonly actions: readonly ReviewAction[];
}

/** A major incident as it is folded from its stream. */
export interface MajorIncidentState
  extends MajorIncidentFacts, MajorIncidentRecord, TicketParts, CustomFieldsPart {}

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialMajorIncident: MajorIncidentFacts & MajorIncidentRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  incident: null,
  incidentNumber: null,
  service: null,
  pattern: null,
  rule: null,
  proposedBy: null,
  proposedAt: null,
  severity: null,
  commander: null,
  declaredAt: null,
  respondedAt: null,
  impactBeganAt: null,
  impactEndedAt: null,
  mitigatedAt: null,
  resolvedBy: null,
  resolvedAt: null,
  communication: null,
  updatesDue: {},
  updateCount: 0,
  reviewOwner: null,
  reviewDueAt: null,
  reviewConcludedAt: null,
  isExternalMessagePromised: false,
  isExternalMessagePosted: false,
  endedBy: null,
  endedAt: null,
  reason: null,
  businessImpact: null,
  resolutionNotes: null,
  roles: [],
  bridges: [],
  updates: [],
  subTeams: [],
  timeline: [],
  reviewImpact: null,
  contributingFactors: [],
  actions: [],
};
