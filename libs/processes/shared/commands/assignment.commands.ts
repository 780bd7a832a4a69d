import { Line, Optional, Prose, textLimits } from '../fields';

export class Assign {
  @Line()
  group!: string;

  /** Default: nobody yet. */
  @Optional()
  @Line()
  assignee?: string | null;
}

export class Take {
  /** Needed where no group has it yet. */
  @Optional()
  @Line()
  group?: string | null;
}

export class HandOver {
  @Line()
  assignee!: string;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class Return {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}
