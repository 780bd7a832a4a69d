import {
  EntryNumber,
  Instant,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  textLimits,
  Whole,
} from '../shared/fields';

/** What a board may say of a change. */
export const cabDecisions = [
  'approved',
  'rejected',
  'deferred',
  'withdrawn',
  'needs-information',
] as const;

/** One of {@link cabDecisions}. */
export type CabDecision = (typeof cabDecisions)[number];

/** What a member may say of a change. */
export const cabVotes = ['approve', 'reject', 'abstain'] as const;

/** One of {@link cabVotes}. */
export type CabVote = (typeof cabVotes)[number];

const MEMBERS_MAX = 100;

/** Plans a meeting, perhaps one of a series. */
export class PlanCabMeeting {
  @Line(textLimits.title)
  title!: string;

  @Instant()
  scheduledAt!: string;

  @Line()
  chair!: string;

  /** All who have a vote, the chair among them. */
  @Lines(MEMBERS_MAX)
  members!: readonly string[];

  /** Percentage of the members that must be there, rounded up. Default 50. */
  @Optional()
  @Whole(1, 100)
  quorumPercent?: number | null;

  /** Which changes the agenda is filled with, in words or as a filter of the list. */
  @Optional()
  @Line(textLimits.reason)
  agendaFilter?: string | null;

  /** Name of the recurring definition that it was made from. */
  @Optional()
  @Line(textLimits.reference)
  series?: string | null;
}

export class RescheduleCabMeeting {
  @Instant()
  scheduledAt!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Puts a change on the agenda. */
export class AddCabMeetingItem {
  /** Id or number. */
  @Line(textLimits.reference)
  change!: string;
}

export class RemoveCabMeetingItem {
  @EntryNumber()
  item!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Lets somebody sit and vote in the place of a member. */
export class DelegateCabMeetingSeat {
  /** Default: the actor. */
  @Optional()
  @Line()
  member?: string | null;

  @Line()
  delegate!: string;
}

export class PublishCabMeetingAgenda {}

/** Opens the meeting with those who are there. */
export class OpenCabMeeting {
  /** The members whose seats are taken, by themselves or their delegates. */
  @Lines(MEMBERS_MAX)
  present!: readonly string[];
}

export class RecordCabMeetingAttendance {
  @Line()
  member!: string;
}

export class DeclareCabMeetingConflictOfInterest {
  @EntryNumber()
  item!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

export class VoteOnCabMeetingItem {
  @EntryNumber()
  item!: number;

  @OneOf(cabVotes)
  vote!: CabVote;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class DecideCabMeetingItem {
  @EntryNumber()
  item!: number;

  @OneOf(cabDecisions)
  decision!: CabDecision;

  @Optional()
  @Prose(textLimits.reason)
  notes?: string | null;
}

export class DraftCabMeetingMinutes {
  @Prose()
  minutes!: string;
}

export class ReopenCabMeeting {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Accepts the minutes, and with it ends the meeting. */
export class CloseCabMeeting {}

export class CancelCabMeeting {
  @Prose(textLimits.reason)
  reason!: string;
}
