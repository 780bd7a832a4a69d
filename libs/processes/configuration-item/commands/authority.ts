import { isThere, Line, Optional, RequiredIf, textLimits } from '../../shared/fields';

/** By what right the record is changed: a change that is under way, or a discovery run. */
export class Authorised {
  /** Id or number of a change that is authorised and in implementation. */
  @RequiredIf(({ discoveryRun }: Authorised) => !isThere(discoveryRun), 'discoveryRun is absent')
  @Line(textLimits.reference)
  change?: string | null;

  /** The run of a discovery tool that saw it; what it found counts as unverified. */
  @Optional()
  @Line(textLimits.reference)
  discoveryRun?: string | null;
}
