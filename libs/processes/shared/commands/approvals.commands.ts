import { EntryNumber, Instant, Line, Lines, Optional, Prose, textLimits } from '../fields';

/** The most people whom one round may ask. */
export const APPROVERS_MAX = 100;

export class RequestApproval {
  /** Name of the approval policy: it says who decides, and how many of them. */
  @Line()
  policy!: string;

  /**
   * The members of the group, where the policy asks one; in their order, where that matters.
   * Default: the members that are on record, but for those with a hand in the ticket.
   */
  @Optional()
  @Lines(APPROVERS_MAX)
  approvers?: readonly string[] | null;

  /** What the approvers are asked. It stays as it is: another question is another round. */
  @Prose(textLimits.reason)
  question!: string;
}

export class Approve {
  /** Default: the one round that waits for the actor. */
  @Optional()
  @EntryNumber()
  round?: number | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;

  /** What the signature stands for, where it is an electronic one: «reviewed», «authorised». */
  @Optional()
  @Line()
  meaning?: string | null;
}

export class Reject {
  /** Default: the one round that waits for the actor. */
  @Optional()
  @EntryNumber()
  round?: number | null;

  @Prose(textLimits.reason)
  reason!: string;

  @Optional()
  @Line()
  meaning?: string | null;
}

export class WithdrawApproval {
  @EntryNumber()
  round!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

export class DelegateApproval {
  @EntryNumber()
  round!: number;

  /** Who may answer in place of the actor; both names are kept. */
  @Line()
  delegate!: string;

  /** Until when; default until the round ends. */
  @Optional()
  @Instant()
  until?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}
