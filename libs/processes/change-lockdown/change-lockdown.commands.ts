import { Matches } from 'class-validator';
import { SpanEntry, SPANS_MAX } from '../shared/commands/spans.commands';
import { Line, Lines, ListOf, Optional, Prose, textLimits } from '../shared/fields';
import { NamesTicket } from '../shared/named-tickets';

/** The most changes that one lockdown may hold. */
export const LOCKED_CHANGES_MAX = 5_000;

const SCOPE_MAX = 1_000;

/** What a lockdown is about: both lists empty means every change. */
class LockdownScope {
  @Optional()
  @Lines(SCOPE_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems?: readonly string[] | null;

  @Optional()
  @Lines(SCOPE_MAX)
  services?: readonly string[] | null;
}

/** Drafts a stop for changes in flight. */
export class DraftChangeLockdown extends LockdownScope {
  @Line(textLimits.title)
  title!: string;

  @Prose(textLimits.reason)
  reason!: string;

  @ListOf(SPANS_MAX, () => SpanEntry)
  entries!: readonly SpanEntry[];
}

export class SetChangeLockdownEntries {
  @ListOf(SPANS_MAX, () => SpanEntry)
  entries!: readonly SpanEntry[];
}

export class SetChangeLockdownScope extends LockdownScope {}

/** What it would hold, as of a position of the log. */
class MatchingChanges {
  /** Ids of the changes. */
  @Lines(LOCKED_CHANGES_MAX)
  @NamesTicket('change')
  changes!: readonly string[];

  @Matches(/^\d{1,20}$/, { message: '$property must be a position of the log: digits' })
  position!: string;
}

export class PreviewChangeLockdown extends MatchingChanges {}

/** Asks for its approval. */
export class SubmitChangeLockdown {
  /** Any one of them may approve it. */
  @Lines(50)
  approvers!: readonly string[];
}

export class RevertChangeLockdown {
  @Prose(textLimits.reason)
  reason!: string;
}

export class ApproveChangeLockdown {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Puts it in force for the changes that match at that position. */
export class EnforceChangeLockdown extends MatchingChanges {}

/** Adds a change that was made or moved into the period. */
export class RecordChangeLockdownHold {
  @Line(textLimits.reference)
  @NamesTicket('change')
  change!: string;
}

export class CancelChangeLockdown {
  @Prose(textLimits.reason)
  reason!: string;
}
