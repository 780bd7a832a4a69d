import { Line, Optional, Prose, textLimits } from '../fields';

export class Correct {
  /** Name of the fact. */
  @Line()
  field!: string;

  /** The right value; null where there is none. */
  @Optional()
  @Prose()
  value?: string | null;

  @Prose(textLimits.reason)
  reason!: string;
}
