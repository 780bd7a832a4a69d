import { IsBoolean } from 'class-validator';
import {
  Instant,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  textLimits,
} from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import {
  changeCancelReasons,
  changeOutcomes,
  type ChangeCancelReason,
  type ChangeOutcome,
} from '../change.vocabulary';

/** Hands the change in for what its model asks for next. */
export class SubmitChange {
  /** True where an emergency change begins before it is authorised. */
  @Optional()
  @IsBoolean()
  retrospective?: boolean | null;

  /** Since when the service is down: only that allows to authorise afterwards. */
  @RequiredIf<SubmitChange>(({ retrospective }) => retrospective === true, 'retrospective is true')
  @Instant()
  serviceDownSince?: string | null;
}

export class TechnicalApproveChange {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class TechnicalRejectChange {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Takes the change back to its draft; approvals are void. */
export class RevertChange {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Begins the change. */
export class StartChange {
  /** Freeze windows in force, by id or number: each is looked at again at this instant. */
  @Optional()
  @Lines(50)
  freezeWindows?: readonly string[] | null;
}

/** Records what the change made of a configuration item. */
export class RecordChangeItemUpdate {
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem!: string;

  @Prose(textLimits.reason)
  summary!: string;
}

/** Says that the change failed, and that its back-out plan was carried out. */
export class BackOutChange {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Says that all is done. */
export class FinishChange {
  /** Whether configuration items differ now; recorded ones must be there if so. */
  @OneOf(['recorded', 'none'])
  itemUpdates!: 'recorded' | 'none';

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Ends the post-implementation review, and with it the change. */
export class ConcludeChangeReview {
  @OneOf(changeOutcomes)
  outcome!: ChangeOutcome;

  @Prose()
  notes!: string;

  @IsBoolean()
  isObjectiveMet!: boolean;

  /** Numbers of the incidents that it caused. */
  @Lines(200)
  @NamesTicket('incident')
  incidentsCaused!: readonly string[];
}

/** Ends the change before it is done. */
export class CancelChange {
  @OneOf(changeCancelReasons)
  reason!: ChangeCancelReason;

  @Prose(textLimits.reason)
  comment!: string;
}

/** Stops the change where it stands. */
export class HoldChange {
  @Prose(textLimits.reason)
  reason!: string;

  /** Id of the lockdown that holds it, where one does. */
  @Optional()
  @Line(textLimits.reference)
  @NamesTicket('change-lockdown')
  lockdown?: string | null;
}

/** Ends a hold; the change goes on once nothing else holds it. */
export class ReleaseChange {
  /** Only the hold of this lockdown; absent, the one that a person placed. */
  @Optional()
  @Line(textLimits.reference)
  @NamesTicket('change-lockdown')
  lockdown?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}
