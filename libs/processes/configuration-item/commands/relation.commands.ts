import { Line, OneOf, Optional, Prose, Whole, textLimits } from '../../shared/fields';
import { redundancyKinds, type RedundancyKind } from '../configuration-item.vocabulary';
import { Authorised } from './authority';

/** The highest number of impactors that a rule can ask for. */
const MINIMUM_MAX = 10_000;

/** Relates the item to another one. */
export class RelateCI extends Authorised {
  /** How this item stands to the other: `runs-on`. */
  @Line(textLimits.name)
  type!: string;

  /** Id or number of the other item. */
  @Line(textLimits.reference)
  target!: string;
}

/** Takes a relation away. */
export class UnrelateCI extends Authorised {
  @Line(textLimits.name)
  type!: string;

  /** Id or number of the other item. */
  @Line(textLimits.reference)
  target!: string;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}

/** Whether a correction adds a relation that reality has, or takes away one that it has not. */
export const relationCorrections = ['add', 'remove'] as const;

/** Puts the record of a relation right. */
export class CorrectCIRelation {
  @OneOf(relationCorrections)
  correction!: (typeof relationCorrections)[number];

  @Line(textLimits.name)
  type!: string;

  /** Id or number of the other item. */
  @Line(textLimits.reference)
  target!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

/** By what right the relation on the other item came or went. */
class RecordedAuthority {
  @Optional()
  @Line(textLimits.reference)
  change?: string | null;

  @Optional()
  @Line(textLimits.reference)
  discoveryRun?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}

/** On the other item, before this one names it. */
export class RecordCIRelation extends RecordedAuthority {
  /** How the item that notes it stands to the one that names it. */
  @Line(textLimits.name)
  type!: string;

  /** Id of the item that names this one. */
  @Line(textLimits.reference)
  source!: string;

  @Line(textLimits.reference)
  sourceNumber!: string;
}

/** On the other item, before this one forgets it. */
export class RecordCIRelationRemoval extends RecordedAuthority {
  @Line(textLimits.name)
  type!: string;

  @Line(textLimits.reference)
  source!: string;

  @Line(textLimits.reference)
  sourceNumber!: string;
}

/** Says how many of its impactors must work for the item to work. */
export class SetCIRedundancy extends Authorised {
  /** The impactors that stand so to the item (`has-member`); null for all that have no rule. */
  @Optional()
  @Line(textLimits.name)
  relation?: string | null;

  @OneOf(redundancyKinds)
  kind!: RedundancyKind;

  /** A number of impactors, or a percentage of them from 1 to 100. */
  @Whole(1, MINIMUM_MAX)
  minimum!: number;
}

/** Ends a redundancy rule. */
export class ClearCIRedundancy extends Authorised {
  @Optional()
  @Line(textLimits.name)
  relation?: string | null;
}
