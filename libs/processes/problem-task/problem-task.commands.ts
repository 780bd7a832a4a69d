import {
  Instant,
  isThere,
  Line,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  textLimits,
} from '../shared/fields';
import { problemTaskKinds, type ProblemTaskKind } from './problem-task.vocabulary';

/** Registers a piece of work on a problem. */
export class RegisterProblemTask {
  /** Id or number of the problem. */
  @Line(textLimits.reference)
  problem!: string;

  @OneOf(problemTaskKinds)
  kind!: ProblemTaskKind;

  @Line(textLimits.title)
  title!: string;

  @Optional()
  @Prose()
  description?: string | null;

  @RequiredIf<RegisterProblemTask>(({ assignee }) => isThere(assignee), 'assignee is there')
  @Line()
  assignmentGroup?: string | null;

  @Optional()
  @Line()
  assignee?: string | null;

  @Optional()
  @Instant()
  dueAt?: string | null;
}

/** Replaces what is said of the task; absent: as it is, null: taken away. */
export class EditProblemTask {
  @Optional()
  @Line(textLimits.title)
  title?: string | null;

  @Optional()
  @Prose()
  description?: string | null;
}

/** Takes the task up: it is clear what is to be done. */
export class AssessProblemTask {}

/** Begins the work, by the person who has the task. */
export class StartProblemTaskWork {}

/** Ends the task with what it found. */
export class CompleteProblemTask {
  @Prose()
  result!: string;

  /** The root cause, where the task was to find it. */
  @Optional()
  @Prose()
  causeNotes?: string | null;
}

/** Ends the task without a result. */
export class CancelProblemTask {
  @Prose(textLimits.reason)
  reason!: string;
}

/** On a task, as its problem turned out to be another one. */
export class MoveProblemTask {
  @Line(textLimits.reference)
  problem!: string;

  @Line(textLimits.reference)
  problemNumber!: string;
}
