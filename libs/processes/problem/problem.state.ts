import type { ProcessState } from '@ledgerdesk/kernel';
import type { AssignmentPart } from '../shared/blocks/assignment.block';
import type { CustomFieldsPart } from '../shared/blocks/custom-fields.block';
import type { PriorityPart } from '../shared/blocks/priority.block';
import type { TicketParts } from '../shared/ticket-blocks';
import type { Stamp } from '../shared/ticket-log';
import type { ProblemLifecycleState } from './problem.lifecycle';
import type {
  CauseMethod,
  ChangeNeed,
  FixStanding,
  ProblemCloseCode,
  ProblemOrigin,
  WorkaroundEffect,
} from './problem.vocabulary';

/** What lists, counters and rules know of a problem: nothing of it grows with its history. */
export interface ProblemFacts extends ProcessState {
  readonly state: ProblemLifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  /** The beginning of the statement, for lists and searches. */
  readonly excerpt: string | null;
  readonly origin: ProblemOrigin | null;
  readonly organisation: string | null;
  readonly vendor: string | null;
  readonly vendorReference: string | null;
  readonly category: string | null;
  readonly subcategory: string | null;
  readonly service: string | null;
  readonly configurationItem: string | null;
  readonly openedBy: string | null;
  readonly openedAt: string | null;
  readonly assessedAt: string | null;
  readonly confirmedAt: string | null;
  /** The last recording of a root cause, and of a workaround. */
  readonly causeRecordedAt: string | null;
  readonly workaroundRecordedAt: string | null;
  readonly fixStartedAt: string | null;
  /** Of the end in force; null again after a new analysis. */
  readonly closeCode: ProblemCloseCode | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly closedBy: string | null;
  readonly closedAt: string | null;
  /** Until when an accepted risk may stand. */
  readonly riskReviewAt: string | null;
  readonly reopenCount: number;
  readonly reopenedAt: string | null;
  /** Id of another problem. */
  readonly duplicateOf: string | null;
}

/** Why the problem happens, as far as was found. */
export interface RootCause extends Stamp {
  readonly method: CauseMethod;
  readonly notes: string;
  /** Addresses or numbers of what proves it. */
  readonly evidence: readonly string[];
}

/** How to live with the problem. */
export interface Workaround extends Stamp {
  readonly steps: string;
  readonly effectiveness: WorkaroundEffect;
  /** Null: until the problem is fixed. */
  readonly validUntil: string | null;
}

/** How the cause is taken away. */
export interface ProblemFix extends Stamp {
  readonly notes: string;
  readonly changeNeed: ChangeNeed;
}

/** How a change of the fix stands. */
export interface FixChangeStanding {
  /** As it was linked. */
  readonly change: string;
  readonly number: string | null;
  readonly standing: FixStanding;
}

/** The decision to live with the problem. */
export interface AcceptedRisk extends Stamp {
  readonly reason: string;
  readonly authority: string;
  readonly reviewAt: string;
}

/** A new analysis, and the end that it undid. */
export interface Reanalysis extends Stamp {
  readonly reason: string;
  readonly previousCode: string | null;
  readonly resolvedAt: string | null;
  readonly closedAt: string | null;
}

/** What grows with the history of a problem. */
export interface ProblemRecord {
  readonly statement: string | null;
  /** The pattern that a proactive search came upon. */
  readonly trend: string | null;
  readonly rootCause: RootCause | null;
  readonly workaround: Workaround | null;
  readonly fix: ProblemFix | null;
  /** The changes of the fix as they stood when one of them last ended, came, or was taken away. */
  readonly fixProgress: readonly FixChangeStanding[];
  readonly risk: AcceptedRisk | null;
  readonly resolutionNotes: string | null;
  readonly cancelReason: string | null;
  /** Ids of the problem tasks, the known errors and the duplicates of this problem. */
  readonly tasks: readonly string[];
  readonly knownErrors: readonly string[];
  readonly duplicates: readonly string[];
  /** Patterns of incidents that are its, and are again once it is reopened. */
  readonly patterns: readonly string[];
  /** Linked changes of fixes that did not come about, or did not hold. */
  readonly pastChanges: readonly string[];
  readonly reanalyses: readonly Reanalysis[];
}

/** A problem as it is folded from its stream. */
export interface ProblemState
  extends
    ProblemFacts,
    ProblemRecord,
    TicketParts,
    PriorityPart,
    AssignmentPart,
    CustomFieldsPart {}

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialProblem: ProblemFacts & ProblemRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  excerpt: null,
  origin: null,
  organisation: null,
  vendor: null,
  vendorReference: null,
  category: null,
  subcategory: null,
  service: null,
  configurationItem: null,
  openedBy: null,
  openedAt: null,
  assessedAt: null,
  confirmedAt: null,
  causeRecordedAt: null,
  workaroundRecordedAt: null,
  fixStartedAt: null,
  closeCode: null,
  resolvedBy: null,
  resolvedAt: null,
  closedBy: null,
  closedAt: null,
  riskReviewAt: null,
  reopenCount: 0,
  reopenedAt: null,
  duplicateOf: null,
  statement: null,
  trend: null,
  rootCause: null,
  workaround: null,
  fix: null,
  fixProgress: [],
  risk: null,
  resolutionNotes: null,
  cancelReason: null,
  tasks: [],
  knownErrors: [],
  duplicates: [],
  patterns: [],
  pastChanges: [],
  reanalyses: [],
};
