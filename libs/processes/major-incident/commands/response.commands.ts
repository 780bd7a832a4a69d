import {
  Instant,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  textLimits,
  Whole,
} from '../../shared/fields';
import {
  audiences,
  bridgeKinds,
  majorIncidentRoles,
  severityRange,
  updateChannels,
  type Audience,
  type BridgeKind,
  type MajorIncidentRole,
  type UpdateChannel,
} from '../major-incident.vocabulary';

/** The longest update in UTF-16 code units. */
const MESSAGE_MAX = 8_000;

const MEMBERS_MAX = 100;

/** Gives somebody a role in the response. */
export class AssignMajorIncidentRole {
  @OneOf(majorIncidentRoles)
  role!: MajorIncidentRole;

  @Line()
  person!: string;
}

/** Takes a role from somebody. */
export class ReleaseMajorIncidentRole {
  @OneOf(majorIncidentRoles)
  role!: MajorIncidentRole;

  @Line()
  person!: string;
}

/** Puts somebody else in command, from this instant on. */
export class HandOverMajorIncidentCommand {
  @Line()
  commander!: string;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Opens a place where responders meet. */
export class OpenMajorIncidentBridge {
  @OneOf(bridgeKinds)
  kind!: BridgeKind;

  /** A link, a number or a room. */
  @Line(500)
  address!: string;
}

/** Tells an audience how things stand. */
export class PostMajorIncidentUpdate {
  @OneOf(audiences)
  audience!: Audience;

  @OneOf(updateChannels)
  channel!: UpdateChannel;

  @Prose(MESSAGE_MAX)
  message!: string;
}

/** Makes it graver or milder. */
export class SetMajorIncidentSeverity {
  /** From 1 to 5; 1 is the gravest. */
  @Whole(severityRange.first, severityRange.last)
  severity!: number;

  /** Another severity that it might have: in doubt the graver one counts. */
  @Optional()
  @Whole(severityRange.first, severityRange.last)
  inDoubtWith?: number | null;

  @Prose(textLimits.reason)
  reason!: string;
}

/** Has a part of the responders work on a task of its own. */
export class SplitMajorIncidentSubTeam {
  @Line()
  name!: string;

  @Line()
  lead!: string;

  @Prose(textLimits.reason)
  task!: string;

  @Optional()
  @Lines(MEMBERS_MAX)
  members?: string[] | null;
}

/** Writes down what happened when. */
export class AddMajorIncidentTimelineEntry {
  /** Default: now. */
  @Optional()
  @Instant()
  at?: string | null;

  @Prose(textLimits.reason)
  text!: string;
}

/** Says that the service no longer suffers, and since when. */
export class MitigateMajorIncident {
  @Instant()
  impactEndedAt!: string;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Ends the response; the incident and its children may then be resolved. */
export class ResolveMajorIncident {
  @Prose()
  notes!: string;
}

/** Goes on with the response, as the impact came back. */
export class ResumeMajorIncidentResponse {
  @Prose(textLimits.reason)
  reason!: string;
}
