import { Line, OneOf, Optional, textLimits } from '../fields';

/** How far the major incident has come that an incident is, or was proposed to be. */
export const majorStatuses = [
  'proposed',
  'rejected',
  'declared',
  'demoted',
  'cancelled',
  'resolved',
  'reviewed',
  'closed',
] as const;

/** One of {@link majorStatuses}. */
export type MajorStatus = (typeof majorStatuses)[number];

/**
 * On the incident, before the major incident itself goes on: here the two processes meet, neither
 * of which knows the other.
 */
export class RecordIncidentMajorStatus {
  /** Id of the major incident; its number may differ when the command is sent again. */
  @Line(textLimits.reference)
  majorIncident!: string;

  @OneOf(majorStatuses)
  status!: MajorStatus;

  /** The major incident manager in charge, once there is one. */
  @Optional()
  @Line()
  commander?: string | null;
}
