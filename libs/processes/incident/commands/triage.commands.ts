import { Line, Optional, Prose, textLimits, Whole } from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import { LEVEL_MAX } from './registration.commands';

/** Says for the first time what kind of incident it is and what it affects. */
export class ClassifyIncident {
  @Line()
  category!: string;

  @Optional()
  @Line()
  subcategory?: string | null;

  @Optional()
  @Line()
  symptom?: string | null;

  /** What is absent here and below stays as it is. */
  @Optional()
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;

  @Optional()
  @Line()
  location?: string | null;
}

/** Replaces a classification; what is absent stays as it is. */
export class ReclassifyIncident {
  @Optional()
  @Line()
  category?: string | null;

  @Optional()
  @Line()
  subcategory?: string | null;

  @Optional()
  @Line()
  symptom?: string | null;

  @Optional()
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;

  @Optional()
  @Line()
  location?: string | null;
}

/** Sets impact and urgency, of which the matrix makes a priority. */
export class PrioritiseIncident {
  @Whole(1, LEVEL_MAX)
  impact!: number;

  @Whole(1, LEVEL_MAX)
  urgency!: number;
}

/** Sets a priority against the matrix; the next prioritisation ends it. */
export class OverrideIncidentPriority {
  @Whole(1, LEVEL_MAX)
  priority!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Replaces the title. */
export class EditIncidentTitle {
  @Line(textLimits.title)
  title!: string;
}

/** Replaces the description. */
export class EditIncidentDescription {
  @Prose()
  description!: string;
}

/** Names another caller. */
export class ChangeIncidentCaller {
  @Line()
  caller!: string;
}
