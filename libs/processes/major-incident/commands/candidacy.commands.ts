import { isThere, Line, Optional, Prose, RequiredIf, textLimits, Whole } from '../../shared/fields';
import { severityRange } from '../major-incident.vocabulary';

/** The mildest criticality that a service may have; 1 is the most critical. */
const CRITICALITY_MAX = 9;

/** Proposes an incident as a major one. */
export class ProposeMajorIncident {
  /** Id or number of the incident. */
  @Line(textLimits.reference)
  incident!: string;

  /** The trigger rule that asks for it; absent where a person does. */
  @Optional()
  @Line()
  rule?: string | null;

  @RequiredIf<ProposeMajorIncident>(({ rule }) => !isThere(rule), 'rule is absent')
  @Prose(textLimits.reason)
  reason?: string | null;

  /** Business criticality of the affected service, 1 is the most critical, where it is known. */
  @Optional()
  @Whole(1, CRITICALITY_MAX)
  serviceCriticality?: number | null;

  /** What it has in common with other incidents: `item:relay-1`. Default: its service. */
  @Optional()
  @Line()
  pattern?: string | null;
}

/** Accepts the proposal, which puts the actor in command. */
export class AcceptMajorIncident {
  /** From 1 to 5; 1 is the gravest. */
  @Whole(severityRange.first, severityRange.last)
  severity!: number;

  /** Another severity that it might have: in doubt the graver one counts. */
  @Optional()
  @Whole(severityRange.first, severityRange.last)
  inDoubtWith?: number | null;

  @Prose()
  businessImpact!: string;

  /** Kept as an internal note. */
  @Prose()
  workNote!: string;
}

/** Rejects the proposal; the incident goes on as a normal one. */
export class RejectMajorIncident {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Says that it is no major incident after all. */
export class DemoteMajorIncident {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Ends it, because its incident was cancelled. */
export class CancelMajorIncident {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}
