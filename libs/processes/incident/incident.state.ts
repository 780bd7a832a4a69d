import type { PolicyReference, ProcessState } from '@ledgerdesk/kernel';
import type { Stamp } from '../shared/ticket-log';
import type { CustomFieldsPart } from '../shared/blocks/custom-fields.block';
import type { SuspectedCausesPart } from '../shared/blocks/suspected-causes.block';
import type { MajorStatus } from '../shared/commands/incident-major-status.commands';
import type { TicketParts } from '../shared/ticket-blocks';
import type { IncidentLifecycleState } from './incident.lifecycle';

/** What lists, counters and rules know of an incident: nothing of it grows with its history. */
export interface IncidentFacts extends ProcessState {
  readonly state: IncidentLifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  /** The beginning of the description, for lists and searches. */
  readonly excerpt: string | null;
  readonly channel: string | null;
  readonly caller: string | null;
  /** The monitoring system or other machine that reported it, and its own key for the matter. */
  readonly source: string | null;
  readonly sourceKey: string | null;
  readonly openedBy: string | null;
  readonly openedAt: string | null;
  readonly service: string | null;
  readonly configurationItem: string | null;
  readonly location: string | null;
  readonly category: string | null;
  readonly subcategory: string | null;
  readonly symptom: string | null;
  readonly impact: number | null;
  readonly urgency: number | null;
  /** 1 is the gravest. */
  readonly priority: number | null;
  /** The matrix that gave the priority, null where a person set it. */
  readonly priorityMatrix: PolicyReference | null;
  readonly isPriorityOverridden: boolean;
  readonly assignmentGroup: string | null;
  readonly assignee: string | null;
  readonly reassignmentCount: number;
  /** The first start of work: what a response target looks at. */
  readonly workStartedAt: string | null;
  readonly holdReason: string | null;
  readonly holdReference: string | null;
  /** Whom or what it waits for: the caller, or the id of the change or problem, if it is known. */
  readonly holdAwaited: string | null;
  readonly heldAt: string | null;
  readonly impactBeganAt: string | null;
  readonly impactEndedAt: string | null;
  /** Of the resolution in force; null again after a reopening. */
  readonly resolutionCode: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly isResolutionConfirmed: boolean;
  readonly closedBy: string | null;
  readonly closedAt: string | null;
  readonly reopenCount: number;
  readonly reopenedBy: string | null;
  readonly reopenedAt: string | null;
  readonly cancelReason: string | null;
  readonly cancelledBy: string | null;
  readonly cancelledAt: string | null;
  /** Ids or numbers of other incidents. */
  readonly duplicateOf: string | null;
  readonly mergedInto: string | null;
  readonly parent: string | null;
  readonly followsUp: string | null;
  readonly splitFrom: string | null;
  /** Id of the major incident that it is, or was last proposed to be, and how far that has come. */
  readonly majorIncident: string | null;
  readonly majorStatus: MajorStatus | null;
  /** The major incident manager in charge. */
  readonly majorCommander: string | null;
}

/** One reopening, and the resolution that it undid. */
export interface Reopening extends Stamp {
  readonly reason: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly resolutionCode: string | null;
  readonly resolutionNotes: string | null;
  readonly closedAt: string | null;
}

/** An incident that became a part of another one, and what it brought along. */
export interface MergedIncident {
  readonly id: string;
  readonly number: string;
  readonly minutesLogged: number;
  readonly costMinorByCurrency: Readonly<Record<string, number>>;
}

/** What grows with the history of an incident. */
export interface IncidentRecord {
  readonly description: string | null;
  readonly holdComment: string | null;
  readonly resolutionNotes: string | null;
  readonly reopenings: readonly Reopening[];
  /** Ids of the incidents handled under this one. */
  readonly children: readonly string[];
  readonly mergedFrom: readonly MergedIncident[];
  /** Ids of the incidents that were split off this one, or follow it up. */
  readonly splitInto: readonly string[];
  readonly followedUpBy: readonly string[];
  /** How many rows of an import say more than the events can. */
  readonly importedRows: number;
}

/** An incident as it is folded from its stream. */
export interface IncidentState
  extends IncidentFacts, IncidentRecord, TicketParts, SuspectedCausesPart, CustomFieldsPart {}

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialIncident: IncidentFacts & IncidentRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  excerpt: null,
  channel: null,
  caller: null,
  source: null,
  sourceKey: null,
  openedBy: null,
  openedAt: null,
  service: null,
  configurationItem: null,
  location: null,
  category: null,
  subcategory: null,
  symptom: null,
  impact: null,
  urgency: null,
  priority: null,
  priorityMatrix: null,
  isPriorityOverridden: false,
  assignmentGroup: null,
  assignee: null,
  reassignmentCount: 0,
  workStartedAt: null,
  holdReason: null,
  holdReference: null,
  holdAwaited: null,
  heldAt: null,
  impactBeganAt: null,
  impactEndedAt: null,
  resolutionCode: null,
  resolvedBy: null,
  resolvedAt: null,
  isResolutionConfirmed: false,
  closedBy: null,
  closedAt: null,
  reopenCount: 0,
  reopenedBy: null,
  reopenedAt: null,
  cancelReason: null,
  cancelledBy: null,
  cancelledAt: null,
  duplicateOf: null,
  mergedInto: null,
  parent: null,
  followsUp: null,
  splitFrom: null,
  majorIncident: null,
  majorStatus: null,
  majorCommander: null,
  description: null,
  holdComment: null,
  resolutionNotes: null,
  reopenings: [],
  children: [],
  mergedFrom: [],
  splitInto: [],
  followedUpBy: [],
  importedRows: 0,
};
