import { Line, OneOf, Optional, Prose, RequiredIf, textLimits } from '../../shared/fields';
import { NamesTicket } from '../../shared/named-tickets';
import {
  awaitedProcesses,
  holdReasons,
  holdReferences,
  resumeCauses,
  type HoldReason,
  type ResumeCause,
} from '../incident.vocabulary';

/** Gives a new incident to a group, and perhaps to a person of it. */
export class AssignIncident {
  @Line()
  group!: string;

  @Optional()
  @Line()
  assignee?: string | null;
}

/** Gives the incident to another group, another person, or both. */
export class ReassignIncident {
  /** Default: the group that has it. */
  @Optional()
  @Line()
  group?: string | null;

  /** Default: nobody yet. */
  @Optional()
  @Line()
  assignee?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Has another person of the same group go on, in whatever state it is. */
export class HandOverIncident {
  @Line()
  assignee!: string;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Gives the incident back to the group. */
export class ReturnIncident {
  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Begins work by the person who has the incident. */
export class StartIncidentWork {}

/** Makes the actor the assignee and begins work. */
export class TakeIncident {
  /** Needed where no group has it yet. */
  @Optional()
  @Line()
  group?: string | null;
}

/** Stops work to wait for somebody or something. */
export class HoldIncident {
  @OneOf(holdReasons)
  reason!: HoldReason;

  @RequiredIf<HoldIncident>(
    ({ reason }) => holdReferences[reason] !== undefined,
    'reason is awaiting-change, awaiting-problem (its number) or awaiting-vendor (the contract)',
  )
  @Line(textLimits.reference)
  @NamesTicket<HoldIncident>(({ reason }) => awaitedProcesses[reason], { mayBeElsewhere: true })
  reference?: string | null;

  /** For a caller: what is asked. */
  @RequiredIf<HoldIncident>(
    ({ reason }) => reason === 'awaiting-caller',
    'reason is awaiting-caller',
  )
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Goes on with work, as what was waited for has come. */
export class ResumeIncident {
  /** Default: agent. */
  @Optional()
  @OneOf(resumeCauses)
  cause?: ResumeCause | null;

  /** What has come: refused where it waits for somebody or something else by now. */
  @Optional()
  @Line(textLimits.reference)
  awaited?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Names the record that it waits for, once there is one. */
export class NameIncidentHoldTarget {
  /** What it waited for so far, as it was typed. */
  @Line(textLimits.reference)
  previousReference!: string;

  /** Number of the change or problem. */
  @Line(textLimits.reference)
  reference!: string;

  /** Its id. */
  @Line(textLimits.reference)
  awaited!: string;
}
