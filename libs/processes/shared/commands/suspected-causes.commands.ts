import { EntryNumber, Instant, Line, Optional, Prose, textLimits, Whole } from '../fields';
import { NamesTicket } from '../named-tickets';

/** How long before the ticket a change may have ended to be suspected: a year of hours. */
const WITHIN_HOURS_MAX = 8_784;

export class RecordSuspectedCause {
  /** Id or number of the change; it need not be known here. */
  @Line(textLimits.reference)
  @NamesTicket('change', { mayBeElsewhere: true })
  change!: string;

  /** The configuration item that was changed. */
  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;

  /** When the change was made. */
  @Optional()
  @Instant()
  changedAt?: string | null;

  /** The window in which a rule looked for changes. */
  @Optional()
  @Whole(1, WITHIN_HOURS_MAX)
  withinHours?: number | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class ConfirmSuspectedCause {
  @EntryNumber()
  cause!: number;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class DismissSuspectedCause {
  @EntryNumber()
  cause!: number;

  @Prose(textLimits.reason)
  reason!: string;
}
