import {
  Instant,
  Line,
  ListOf,
  OneOf,
  Optional,
  Prose,
  Scalar,
  textLimits,
} from '../../shared/fields';
import { allCIStates, type CILifecycleState } from '../configuration-item.lifecycle';
import type { AttributeValue } from '../policies/ci-classes';
import { Authorised } from './authority';

/** How many sources may tell of one attribute at once. */
const CANDIDATES_MAX = 20;

/** Gives an attribute another value. */
export class ChangeCIAttribute extends Authorised {
  @Line(textLimits.name)
  attribute!: string;

  /** Null takes the value away. */
  @Optional()
  @Scalar()
  value?: AttributeValue | null;

  /** The name of the discovery tool, as the priority of sources knows it. */
  @Optional()
  @Line(textLimits.name)
  source?: string | null;
}

/** Puts the record of an attribute right. */
export class CorrectCIAttribute {
  @Line(textLimits.name)
  attribute!: string;

  /** Null takes the value away. */
  @Optional()
  @Scalar()
  value?: AttributeValue | null;

  @Prose(textLimits.reason)
  reason!: string;
}

/** What one source says of an attribute. */
interface SourceValue {
  readonly source: string;
  readonly value: AttributeValue;
}

/** What one source says of an attribute, as it is validated. */
class ReconciliationCandidate implements SourceValue {
  @Line(textLimits.name)
  source!: string;

  @Scalar()
  value!: AttributeValue;
}

/** Has the priority of sources decide between several values of an attribute. */
export class ReconcileCI {
  @Line(textLimits.name)
  attribute!: string;

  /** The value on record takes part as well, under the source that it came from. */
  @ListOf(CANDIDATES_MAX, () => ReconciliationCandidate)
  candidates!: readonly SourceValue[];

  @Line(textLimits.reference)
  discoveryRun!: string;
}

/** Has the item go on in its life. */
export class MoveCILifecycle {
  @OneOf(allCIStates)
  to!: CILifecycleState;

  /** Id or number of the change that moves it, where there is one. */
  @Optional()
  @Line(textLimits.reference)
  change?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}

/** A change is to touch the item; recorded again, its window has moved. */
export class RecordCIChangeOpened {
  @Line(textLimits.reference)
  change!: string;

  @Optional()
  @Instant()
  plannedStart?: string | null;

  @Optional()
  @Instant()
  plannedEnd?: string | null;
}

/** A change that was to touch the item is over. */
export class RecordCIChangeClosed {
  @Line(textLimits.reference)
  change!: string;
}
