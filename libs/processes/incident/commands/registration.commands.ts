import { IsBoolean } from 'class-validator';
import {
  AbsentIf,
  Instant,
  isThere,
  Line,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  textLimits,
  Whole,
} from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import {
  awaitedProcesses,
  holdReasons,
  holdReferences,
  incidentChannels,
  resolutionCodes,
  type HoldReason,
  type IncidentChannel,
  type ResolutionCode,
} from '../incident.vocabulary';

/** The highest level or priority that any matrix may have. */
export const LEVEL_MAX = 9;

// An incident that is resolved at once waits for nothing.
const isResolvedAtOnce = ({ resolutionCode }: RegisterIncident): boolean => isThere(resolutionCode);
// What belongs to a hold would be lost without one.
const isNotHeld = (command: RegisterIncident): boolean =>
  isResolvedAtOnce(command) || !isThere(command.holdReason);

/** Reports an incident, which may be assigned, worked on, waiting or even resolved by then. */
export class RegisterIncident {
  /** Default: the first line of the description. */
  @Optional()
  @Line(textLimits.title)
  title?: string | null;

  @Prose()
  description!: string;

  @OneOf(incidentChannels)
  channel!: IncidentChannel;

  @RequiredIf<RegisterIncident>(({ source }) => !isThere(source), 'source is absent')
  @Line()
  caller?: string | null;

  /** The monitoring system or other machine that reports it. */
  @Optional()
  @Line()
  source?: string | null;

  /**
   * The source's own key for the matter. With the source it names the incident once for all: a
   * second one is refused, also when the first is over or its key was corrected.
   */
  @Optional()
  @Line(textLimits.reference)
  sourceKey?: string | null;

  @RequiredIf<RegisterIncident>(
    ({ configurationItem, resolutionCode }) =>
      !isThere(configurationItem) || isThere(resolutionCode),
    'configurationItem is absent, or the incident is resolved at once',
  )
  @Line()
  service?: string | null;

  @Optional()
  @Line()
  @NamesTicket('configuration-item', { mayBeElsewhere: true })
  configurationItem?: string | null;

  @Optional()
  @Line()
  location?: string | null;

  @RequiredIf<RegisterIncident>(({ subcategory }) => isThere(subcategory), 'subcategory is there')
  @Line()
  category?: string | null;

  @Optional()
  @Line()
  subcategory?: string | null;

  @Optional()
  @Line()
  symptom?: string | null;

  @RequiredIf<RegisterIncident>(({ urgency }) => isThere(urgency), 'urgency is there')
  @Whole(1, LEVEL_MAX)
  impact?: number | null;

  @RequiredIf<RegisterIncident>(({ impact }) => isThere(impact), 'impact is there')
  @Whole(1, LEVEL_MAX)
  urgency?: number | null;

  /** When the service began to suffer, where that is known. */
  @Optional()
  @Instant()
  impactBeganAt?: string | null;

  @RequiredIf<RegisterIncident>(
    ({ assignee, startWork, holdReason }) =>
      isThere(assignee) || startWork === true || isThere(holdReason),
    'assignee, startWork or holdReason is there',
  )
  @Line()
  assignmentGroup?: string | null;

  @Optional()
  @Line()
  assignee?: string | null;

  /** True where work goes on from here; the assignee is the actor unless named. */
  @Optional()
  @IsBoolean()
  startWork?: boolean | null;

  @Optional()
  @AbsentIf<RegisterIncident>(isResolvedAtOnce, 'resolutionCode is there')
  @OneOf(holdReasons)
  holdReason?: HoldReason | null;

  @RequiredIf<RegisterIncident>(
    ({ holdReason }) => holdReason === 'awaiting-caller',
    'holdReason is awaiting-caller',
  )
  @AbsentIf<RegisterIncident>(isNotHeld, 'holdReason is absent, or resolutionCode is there')
  @Prose(textLimits.reason)
  holdComment?: string | null;

  @RequiredIf<RegisterIncident>(
    ({ holdReason }) => isThere(holdReason) && isThere(holdReferences[holdReason as HoldReason]),
    'holdReason is awaiting-change, awaiting-problem or awaiting-vendor',
  )
  @AbsentIf<RegisterIncident>(isNotHeld, 'holdReason is absent, or resolutionCode is there')
  @Line(textLimits.reference)
  @NamesTicket<RegisterIncident>(
    ({ holdReason }) => (isThere(holdReason) ? awaitedProcesses[holdReason] : undefined),
    { mayBeElsewhere: true },
  )
  holdReference?: string | null;

  @RequiredIf<RegisterIncident>(
    ({ resolutionNotes }) => isThere(resolutionNotes),
    'resolutionNotes is there',
  )
  @OneOf(resolutionCodes)
  resolutionCode?: ResolutionCode | null;

  @RequiredIf<RegisterIncident>(
    ({ resolutionCode }) => isThere(resolutionCode),
    'resolutionCode is there',
  )
  @Prose()
  resolutionNotes?: string | null;
}

/** Makes an incident of its own out of a part of the addressed one. */
export class SplitIncident {
  @Line(textLimits.title)
  title!: string;

  @Prose()
  description!: string;
}

/** Opens a new incident where the addressed, closed one comes back. */
export class FollowUpIncident {
  @Prose()
  description!: string;

  /** Default: the title of the closed incident. */
  @Optional()
  @Line(textLimits.title)
  title?: string | null;
}
