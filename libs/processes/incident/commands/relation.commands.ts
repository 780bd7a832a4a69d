import { Line, Optional, Prose, textLimits } from '../../shared/fields';

/** Says that another incident is about the same, which ends this one. */
export class MarkIncidentDuplicate {
  /** Id or number of the incident that is about the same. */
  @Line(textLimits.reference)
  original!: string;
}

/** Makes the addressed incident a part of another one, with its bookings and watchers. */
export class MergeIncident {
  /** Id or number of the incident that goes on. */
  @Line(textLimits.reference)
  target!: string;
}

/** Handles the incident under another one. */
export class SetIncidentParent {
  /** Id or number of the incident under which this one is handled. */
  @Line(textLimits.reference)
  parent!: string;
}

/** Handles the incident on its own again. */
export class ClearIncidentParent {
  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}

/** On the parent, before its child names it. */
export class RecordIncidentChild {
  @Line(textLimits.reference)
  child!: string;

  @Line(textLimits.reference)
  childNumber!: string;
}

/** On the former parent, before its child forgets it. */
export class RemoveIncidentChild {
  @Line(textLimits.reference)
  child!: string;
}

/** On the incident that goes on, before the merged one ends. */
export class RecordIncidentMerge {
  @Line(textLimits.reference)
  incident!: string;

  @Line(textLimits.reference)
  incidentNumber!: string;
}

/** On the incident that is split, before the new one begins. */
export class RecordIncidentSplit {
  @Line(textLimits.reference)
  incident!: string;
}

/** On the closed incident, before the one that follows it up begins. */
export class RecordIncidentFollowUp {
  @Line(textLimits.reference)
  incident!: string;
}
