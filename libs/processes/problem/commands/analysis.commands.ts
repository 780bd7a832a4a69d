import {
  AbsentIf,
  Instant,
  Line,
  Lines,
  OneOf,
  Optional,
  Prose,
  RequiredIf,
  textLimits,
} from '../../shared/fields';
import {
  causeMethods,
  changeNeeds,
  workaroundEffects,
  workaroundValidities,
  type CauseMethod,
  type ChangeNeed,
  type WorkaroundEffect,
  type WorkaroundValidity,
} from '../problem.vocabulary';

/** The most pieces of evidence of one cause, and changes of one fix. */
const EVIDENCE_MAX = 50;
const CHANGES_MAX = 50;

/** Says why it happens, how that was found, and what proves it. */
export class RecordProblemCause {
  @OneOf(causeMethods)
  method!: CauseMethod;

  @Prose()
  notes!: string;

  /** Addresses or numbers of logs, documents, tickets. */
  @Lines(EVIDENCE_MAX)
  evidence!: readonly string[];
}

/** Says how to live with the problem until it is fixed. */
export class RecordProblemWorkaround {
  @Prose()
  steps!: string;

  @OneOf(workaroundEffects)
  effectiveness!: WorkaroundEffect;

  @OneOf(workaroundValidities)
  validity!: WorkaroundValidity;

  @RequiredIf<RecordProblemWorkaround>(
    ({ validity }) => validity === 'until-date',
    'validity is until-date',
  )
  @AbsentIf<RecordProblemWorkaround>(
    ({ validity }) => validity === 'until-fixed',
    'validity is until-fixed',
  )
  @Instant()
  validUntil?: string | null;
}

/** Begins to take the cause away. */
export class FixProblem {
  /** What is going to be done. */
  @Prose()
  notes!: string;

  @OneOf(changeNeeds)
  changeNeed!: ChangeNeed;

  /** Ids or numbers of changes to be linked with it; those linked before need no mention. */
  @Optional()
  @Lines(CHANGES_MAX)
  changes?: readonly string[] | null;
}

/** Looks at the changes of the fix again, as one of them ended, came, or was taken away. */
export class RecordProblemFixProgress {}

/** Goes back to the analysis, as the fix does not come about. */
export class AbandonProblemFix {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Tells the workaround to the open incidents of the problem. */
export class CommunicateProblemWorkaround {
  /** Default: the steps of the workaround. */
  @Optional()
  @Prose()
  text?: string | null;
}

/** Tells the fix to the open incidents of the problem. */
export class CommunicateProblemFix {
  /** Default: the notes of the fix. */
  @Optional()
  @Prose()
  text?: string | null;
}

/** On the problem, before one of its tasks is registered. */
export class RecordProblemTask {
  @Line(textLimits.reference)
  task!: string;

  @Line(textLimits.reference)
  taskNumber!: string;
}

/** On the problem, before one of its known errors is drafted. */
export class RecordProblemKnownError {
  @Line(textLimits.reference)
  knownError!: string;

  @Line(textLimits.reference)
  knownErrorNumber!: string;
}
