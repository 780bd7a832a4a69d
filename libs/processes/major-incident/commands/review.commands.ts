import { IsBoolean } from 'class-validator';
import {
  EntryNumber,
  Instant,
  Line,
  OneOf,
  Optional,
  Prose,
  textLimits,
} from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import { actionRecordKinds, type ActionRecordKind } from '../major-incident.vocabulary';

/** Has somebody write the review. */
export class StartMajorIncidentReview {
  @Line()
  owner!: string;

  /** True where people outside were promised to hear of the outcome. Default false. */
  @Optional()
  @IsBoolean()
  isExternalMessagePromised?: boolean | null;
}

/** Says in the review whom it hit and how. */
export class DescribeMajorIncidentImpact {
  @Prose()
  impact!: string;
}

/** Names in the review something that contributed. */
export class AddMajorIncidentContributingFactor {
  @Prose(textLimits.reason)
  factor!: string;
}

/** Calls for an action in the review. */
export class AddMajorIncidentReviewAction {
  @Prose(textLimits.reason)
  text!: string;

  @Line()
  owner!: string;

  @Instant()
  dueAt!: string;
}

/** Says as what an action of the review is worked on. */
export class RecordMajorIncidentReviewAction {
  @EntryNumber()
  action!: number;

  @OneOf(actionRecordKinds)
  recordKind!: ActionRecordKind;

  /** Id or number of the record. */
  @Line(textLimits.reference)
  @NamesTicket<RecordMajorIncidentReviewAction>(
    ({ recordKind }) =>
      recordKind === 'problem' || recordKind === 'change' ? recordKind : undefined,
    { mayBeElsewhere: true },
  )
  record!: string;
}

/** Puts the review up for discussion. */
export class SubmitMajorIncidentReview {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Gives the review back into draft. */
export class ReturnMajorIncidentReview {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Accepts the review. */
export class ConcludeMajorIncidentReview {}

/** Ends the major incident, as all that the review called for is on its way. */
export class CloseMajorIncidentReview {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}
