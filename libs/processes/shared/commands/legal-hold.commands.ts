import { Line, Prose, textLimits } from '../fields';

export class PlaceOnLegalHold {
  /** The case or order that asks for it. */
  @Line(textLimits.reference)
  reference!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

export class ReleaseFromLegalHold {
  @Prose(textLimits.reason)
  reason!: string;
}
