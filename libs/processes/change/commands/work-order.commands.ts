import { ArrayUnique, IsArray, ArrayMaxSize, IsInt } from 'class-validator';
import { EntryNumber, Instant, Line, Optional, Prose, textLimits } from '../../shared/fields';

/** Adds a piece of work to the change. */
export class AddChangeWorkOrder {
  @Line(textLimits.title)
  title!: string;

  @Optional()
  @Prose()
  instructions?: string | null;

  @Optional()
  @Line()
  assignee?: string | null;

  @Optional()
  @Instant()
  plannedStart?: string | null;

  @Optional()
  @Instant()
  plannedEnd?: string | null;

  /** Work orders that must be over before this one begins. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsInt({ each: true })
  after?: readonly number[] | null;
}

export class AssignChangeWorkOrder {
  @EntryNumber()
  workOrder!: number;

  @Line()
  assignee!: string;
}

export class AcceptChangeWorkOrder {
  @EntryNumber()
  workOrder!: number;
}

export class MakeChangeWorkOrderReady {
  @EntryNumber()
  workOrder!: number;
}

export class StartChangeWorkOrder {
  @EntryNumber()
  workOrder!: number;
}

/** Ends a work order with what was to be achieved. */
export class CompleteChangeWorkOrder {
  @EntryNumber()
  workOrder!: number;

  @Optional()
  @Prose(textLimits.reason)
  report?: string | null;
}

/** Ends a work order without what was to be achieved. */
export class FailChangeWorkOrder {
  @EntryNumber()
  workOrder!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

export class CancelChangeWorkOrder {
  @EntryNumber()
  workOrder!: number;

  @Prose(textLimits.reason)
  reason!: string;
}
