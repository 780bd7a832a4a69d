import { Line, Lines, OneOf, Optional, Prose, textLimits } from '../shared/fields';
import { NamesTicket } from '../shared/named-tickets';
import {
  errorDomains,
  retirementReasons,
  type ErrorDomain,
  type RetirementReason,
} from './known-error.vocabulary';

/** The most configuration items, and documents, of one known error. */
const ENTRIES_MAX = 200;

/** What may be said of a known error beside its symptom. */
abstract class KnownErrorFields {
  @Optional()
  @Line(textLimits.title)
  title?: string | null;

  @Optional()
  @Prose()
  rootCause?: string | null;

  @Optional()
  @Prose()
  workaround?: string | null;

  @Optional()
  @Prose()
  solution?: string | null;

  /** As a system shows it. */
  @Optional()
  @Line()
  errorCode?: string | null;

  @Optional()
  @OneOf(errorDomains)
  domain?: ErrorDomain | null;

  @Optional()
  @Line()
  vendor?: string | null;

  @Optional()
  @Line()
  model?: string | null;

  @Optional()
  @Line()
  version?: string | null;

  /** Ids or numbers of the items that have the error. */
  @Optional()
  @Lines(ENTRIES_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems?: readonly string[] | null;

  /** Addresses or numbers of documents about it. */
  @Optional()
  @Lines(ENTRIES_MAX)
  documents?: readonly string[] | null;
}

/** Replaces what is said of a known error; absent: as it is, null: taken away. */
export class EditKnownError extends KnownErrorFields {
  @Optional()
  @Prose()
  symptom?: string | null;
}

/** Drafts a known error of a problem. */
export class DraftKnownError extends KnownErrorFields {
  /** Id or number of the problem. */
  @Line(textLimits.reference)
  problem!: string;

  /** How the error shows itself. Default: the statement of the problem. */
  @Optional()
  @Prose()
  symptom?: string | null;
}

/** Makes a known error known to the service desk. */
export class PublishKnownError {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Puts another, published known error in the place of this one. */
export class SupersedeKnownError {
  /** Id or number of the known error that takes its place. */
  @Line(textLimits.reference)
  successor!: string;
}

/** On the successor, before the known error that it takes the place of ends. */
export class RecordKnownErrorPredecessor {
  @Line(textLimits.reference)
  knownError!: string;

  @Line(textLimits.reference)
  knownErrorNumber!: string;
}

/** Ends a known error that is of use no longer. */
export class RetireKnownError {
  @OneOf(retirementReasons)
  reason!: RetirementReason;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** On a known error, as its problem turned out to be another one. */
export class MoveKnownError {
  @Line(textLimits.reference)
  problem!: string;

  @Line(textLimits.reference)
  problemNumber!: string;
}
