import { Instant, Line, OneOf, Optional, Prose, textLimits } from '../../shared/fields';
import { announcementKinds, type AnnouncementKind } from '../change.vocabulary';

/** Has the schedule looked at again for whatever stands in the way of the change. */
export class ScanChange {}

/** Tells those concerned when the change is to happen, or that it is not. */
export class AnnounceChange {
  @OneOf(announcementKinds)
  kind!: AnnouncementKind;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}

/** Asks somebody to look back at the change. */
export class RequestChangeReview {
  @Instant()
  dueAt!: string;

  /** Default: whoever answers for the change. */
  @Optional()
  @Line()
  reviewer?: string | null;
}
