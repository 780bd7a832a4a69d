import { Optional, Prose, textLimits, Whole } from '../fields';

/** The highest level or priority that any matrix may have. */
export const LEVEL_MAX = 9;

export class Prioritise {
  @Whole(1, LEVEL_MAX)
  impact!: number;

  @Whole(1, LEVEL_MAX)
  urgency!: number;

  /** Why; becomes an internal note. Some processes ask for it where the priority changes. */
  @Optional()
  @Prose()
  note?: string | null;
}

export class OverridePriority {
  @Whole(1, LEVEL_MAX)
  priority!: number;

  @Prose(textLimits.reason)
  reason!: string;
}
