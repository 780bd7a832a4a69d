import {
  EntryNumber,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  Scalar,
  textLimits,
} from '../../shared/fields';
import {
  discrepancyResolutions,
  verificationMethods,
  type DiscrepancyResolution,
  type VerificationMethod,
} from '../configuration-item.vocabulary';
import type { AttributeValue } from '../policies/ci-classes';

/** How many attributes one verification may name. */
const ATTRIBUTES_MAX = 200;

/** The record was compared with reality. */
export class VerifyCI {
  @OneOf(verificationMethods)
  method!: VerificationMethod;

  /** The attributes that were looked at; all where it is absent. */
  @Optional()
  @Lines(ATTRIBUTES_MAX)
  attributes?: string[] | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** The owner declares that the record is right. */
export class AttestCI {
  @Prose(textLimits.reason)
  statement!: string;
}

/** Reality differs from the record. */
export class RecordCIDiscrepancy {
  @Line(textLimits.name)
  attribute!: string;

  /** What reality has; null where it has nothing. */
  @Optional()
  @Scalar()
  found?: AttributeValue | null;

  @OneOf(verificationMethods)
  method!: VerificationMethod;

  @Optional()
  @Line(textLimits.reference)
  discoveryRun?: string | null;
}

/** A difference between the record and reality came to its end. */
export class ResolveCIDiscrepancy {
  @EntryNumber()
  discrepancy!: number;

  @OneOf(discrepancyResolutions)
  resolution!: DiscrepancyResolution;

  @RequiredIf(
    ({ resolution }: ResolveCIDiscrepancy) => resolution === 'accepted',
    'resolution is accepted',
  )
  @Prose(textLimits.reason)
  comment?: string | null;
}
