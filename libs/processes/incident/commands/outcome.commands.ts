import { IsBoolean } from 'class-validator';
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
} from '../../shared/fields';
import {
  cancelReasons,
  closeCauses,
  resolutionCodes,
  type CancelReason,
  type CloseCause,
  type ResolutionCode,
} from '../incident.vocabulary';

/** The most children that one command may name. */
const EXCLUDED_MAX = 200;

/** Says that the service works again, and how that was achieved. */
export class ResolveIncident {
  @OneOf(resolutionCodes)
  code!: ResolutionCode;

  @Prose()
  notes!: string;

  /** Needed where the service is not known yet. */
  @Optional()
  @Line()
  service?: string | null;

  /** When the service was restored, where that is known. */
  @Optional()
  @Instant()
  impactEndedAt?: string | null;

  /** What has come: refused where it waits for somebody or something else by now. */
  @Optional()
  @Line(textLimits.reference)
  awaited?: string | null;

  /** Ids or numbers of children that stay open on purpose. */
  @Optional()
  @Lines(EXCLUDED_MAX)
  excludedChildren?: string[] | null;

  /** The children that are still open, and not excluded, are resolved behind it in the same way. */
  @Optional()
  @IsBoolean()
  withChildren?: boolean | null;
}

/** Confirms the resolution as the caller, which closes the incident. */
export class ConfirmIncidentResolution {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Disputes the resolution as the caller, which reopens the incident. */
export class DisputeIncidentResolution {
  @Prose(textLimits.reason)
  comment!: string;
}

/** Takes up a resolved incident again, within the window since its resolution. */
export class ReopenIncident {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Ends a resolved incident for good. */
export class CloseIncident {
  /** Default: agent. */
  @Optional()
  @OneOf(closeCauses)
  cause?: CloseCause | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Ends an incident that is none, or that nobody needs. */
export class CancelIncident {
  @OneOf(cancelReasons)
  reason!: CancelReason;

  /** Id or number of the incident that is about the same. */
  @RequiredIf<CancelIncident>(
    ({ reason, duplicateOf }) => reason === 'duplicate' || isThere(duplicateOf),
    'reason is duplicate',
  )
  @Line(textLimits.reference)
  duplicateOf?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}
