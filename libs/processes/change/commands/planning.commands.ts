import { ArrayMinSize } from 'class-validator';
import {
  Instant,
  isThere,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  textLimits,
  Whole,
} from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import { changeTypes, type ChangeType } from '../change.vocabulary';

/** The most configuration items of one change, and of one list of affected ones. */
export const ITEMS_MAX = 500;

/** Drafts a change; it is submitted once everything that its model asks for is there. */
export class DraftChange {
  @Line(textLimits.title)
  title!: string;

  @Line()
  requester!: string;

  @OneOf(changeTypes)
  type!: ChangeType;

  @RequiredIf<DraftChange>(
    ({ configurationItems }) => !isThere(configurationItems) || configurationItems.length === 0,
    'configurationItems is absent',
  )
  @Line()
  service?: string | null;

  @Optional()
  @Lines(ITEMS_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems?: readonly string[] | null;

  /** Items that it touches beside those that it changes. */
  @Optional()
  @Lines(ITEMS_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  affectedItems?: readonly string[] | null;

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

  /** 1 is the gravest. */
  @Optional()
  @Whole(1, 5)
  impact?: number | null;

  /** Who answers for the change; asked by approval policies that read this field. */
  @Optional()
  @Line()
  changeManager?: string | null;

  /** Id or number of a published template. */
  @RequiredIf<DraftChange>(({ type }) => type === 'standard', 'type is standard')
  @Line(textLimits.reference)
  template?: string | null;

  @RequiredIf<DraftChange>(({ type }) => type === 'emergency', 'type is emergency')
  @Prose(textLimits.reason)
  emergencyReason?: string | null;

  @RequiredIf<DraftChange>(
    ({ type, securityIncident }) => type === 'emergency' && !isThere(securityIncident),
    'type is emergency and securityIncident is absent',
  )
  @Line(textLimits.reference)
  @NamesTicket('major-incident')
  majorIncident?: string | null;

  @Optional()
  @Line(textLimits.reference)
  securityIncident?: string | null;

  /** The scaled change whose child this is. */
  @Optional()
  @Line(textLimits.reference)
  @NamesTicket('change')
  primary?: string | null;
}

/** Records a change that was found on an item without any that would explain it. */
export class RegisterUnauthorisedChange {
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem!: string;

  /** What was found to differ. */
  @Prose()
  finding!: string;

  @Instant()
  detectedAt!: string;

  /** What found it: a discovery run, a monitoring system. */
  @Line()
  detectedBy!: string;

  /** The changes of the item that could explain it, by id or number: none may do so. */
  @Optional()
  @Lines(100)
  consideredChanges?: readonly string[] | null;

  /** The last unauthorised change of the item, where there is one. */
  @Optional()
  @Line(textLimits.reference)
  previousDetection?: string | null;
}

/** Edits a draft field by field. */
export class EditChange {
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
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  changeManager?: string | null;

  @Optional()
  @Lines(ITEMS_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems?: readonly string[] | null;

  @Optional()
  @Lines(ITEMS_MAX)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  affectedItems?: readonly string[] | null;
}

/** Turns a draft into a change of another type, with the model of that type. */
export class ReclassifyChange {
  @OneOf(changeTypes.filter((type) => type !== 'standard'))
  type!: ChangeType;

  @RequiredIf<ReclassifyChange>(({ type }) => type === 'emergency', 'type is emergency')
  @Prose(textLimits.reason)
  emergencyReason?: string | null;

  @RequiredIf<ReclassifyChange>(
    ({ type, securityIncident }) => type === 'emergency' && !isThere(securityIncident),
    'type is emergency and securityIncident is absent',
  )
  @Line(textLimits.reference)
  @NamesTicket('major-incident')
  majorIncident?: string | null;

  @Optional()
  @Line(textLimits.reference)
  securityIncident?: string | null;
}

export class SetChangeImpact {
  /** 1 is the gravest. */
  @Whole(1, 5)
  impact!: number;
}

/** Sets the window in which the change is to happen. */
export class PlanChangeWindow {
  @Instant()
  plannedStart!: string;

  @Instant()
  plannedEnd!: string;
}

/** Moves the window of a scheduled change. */
export class RescheduleChange {
  @Instant()
  plannedStart!: string;

  @Instant()
  plannedEnd!: string;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Asks for one change for each of many configuration items. */
export class RequestChildChanges {
  @ArrayMinSize(1)
  @Lines(2_000)
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItems!: readonly string[];
}

/** Says what came of the changes that were asked for. */
export class CompleteChildGeneration {
  @Whole(0, 2_000)
  drafted!: number;

  /** The items for which none could be drafted. */
  @Lines(2_000)
  failed!: readonly string[];
}
