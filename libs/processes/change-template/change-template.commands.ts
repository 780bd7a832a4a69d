import { Line, Lines, Optional, Prose, textLimits, Whole } from '../shared/fields';

/** The fields of a change that a template decides, unless it leaves them open as variables. */
export const templateVariables = [
  'description',
  'justification',
  'implementationPlan',
  'testPlan',
  'backOutPlan',
  'impact',
  'configurationItems',
  'affectedItems',
] as const;

const CHANGES_MAX = 1_000_000;

/** Proposes a template for changes that need no approval of their own. */
export class ProposeChangeTemplate {
  @Line(textLimits.title)
  title!: string;

  @Prose()
  description!: string;

  @Optional()
  @Prose()
  justification?: string | null;

  @Optional()
  @Prose()
  implementationPlan?: string | null;

  @Optional()
  @Prose()
  testPlan?: string | null;

  @Optional()
  @Prose()
  backOutPlan?: string | null;

  /** 1 is the gravest. */
  @Optional()
  @Whole(1, 5)
  impact?: number | null;

  /** Fields that a change may set for itself. */
  @Optional()
  @Lines(templateVariables.length)
  variables?: readonly string[] | null;

  /** Groups that may use it; none: everybody. */
  @Optional()
  @Lines(200)
  audience?: readonly string[] | null;

  /** Below this percentage of successful changes it is demoted. Default 90. */
  @Optional()
  @Whole(0, 100)
  successRateMin?: number | null;
}

/** Edits the template field by field. */
export class EditChangeTemplate {
  @Optional()
  @Line(textLimits.title)
  title?: string | null;

  @Optional()
  @Prose()
  description?: string | null;

  @Optional()
  @Prose()
  justification?: string | null;

  @Optional()
  @Prose()
  implementationPlan?: string | null;

  @Optional()
  @Prose()
  testPlan?: string | null;

  @Optional()
  @Prose()
  backOutPlan?: string | null;

  @Optional()
  @Lines(200)
  audience?: readonly string[] | null;
}

export class SetChangeTemplateVariables {
  @Lines(templateVariables.length)
  variables!: readonly string[];
}

export class SetChangeTemplateImpact {
  /** 1 is the gravest. */
  @Whole(1, 5)
  impact!: number;
}

export class ApproveChangeTemplate {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class RejectChangeTemplate {
  @Prose(textLimits.reason)
  reason!: string;
}

export class PublishChangeTemplate {}

export class ReviewChangeTemplate {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Takes it out of use as too many of its changes failed. */
export class DemoteChangeTemplate {
  @Whole(0, CHANGES_MAX)
  successful!: number;

  /** How many of its changes were looked at. */
  @Whole(1, CHANGES_MAX)
  total!: number;
}

/** Ends a review that found nothing to change. */
export class ConfirmChangeTemplate {
  @Prose(textLimits.reason)
  finding!: string;
}

export class RetireChangeTemplate {
  @Prose(textLimits.reason)
  reason!: string;
}
