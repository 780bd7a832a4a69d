import { ArrayMinSize } from 'class-validator';
import { Line, Lines, Optional, Prose, textLimits } from '../shared/fields';
import { NamesTicket } from '../shared/named-tickets';

/** The items of one baseline are looked at in one decision, which bounds them. */
const ITEMS_MAX = 200;

/** Records how each of these items is now. */
export class TakeBaseline {
  @Line(textLimits.title)
  name!: string;

  /** Ids or numbers of the items, as the query of the scope found them. */
  @ArrayMinSize(1)
  @Lines(ITEMS_MAX)
  configurationItems!: string[];

  /** The query that found the items, for whoever takes the next baseline. */
  @Optional()
  @Prose(textLimits.reason)
  scope?: string | null;

  /** What it is taken for. */
  @Optional()
  @Prose(textLimits.reason)
  purpose?: string | null;

  /** Id or number of the change before or after which it is taken. */
  @Optional()
  @Line(textLimits.reference)
  @NamesTicket('change')
  change?: string | null;
}

/** Has a later baseline take its place. */
export class SupersedeBaseline {
  /** Id or number of the later baseline. */
  @Line(textLimits.reference)
  by!: string;
}

/** Says that the baseline is not to be used. */
export class WithdrawBaseline {
  @Prose(textLimits.reason)
  reason!: string;
}
