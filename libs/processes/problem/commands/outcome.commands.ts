import { Instant, Line, OneOf, Optional, Prose, textLimits } from '../../shared/fields';
import {
  acceptanceOutcomes,
  completionCauses,
  type AcceptanceOutcome,
  type CompletionCause,
} from '../problem.vocabulary';

/** Says that another problem is about the same, to which its tasks and known errors move. */
export class MarkProblemDuplicate {
  /** Id or number of the problem that goes on. */
  @Line(textLimits.reference)
  original!: string;
}

/** On the problem that goes on, before its duplicate ends. */
export class RecordProblemDuplicate {
  @Line(textLimits.reference)
  problem!: string;

  @Line(textLimits.reference)
  problemNumber!: string;
}

/** Ends what is no problem, or none worth an analysis. */
export class CancelProblem {
  @Prose(textLimits.reason)
  reason!: string;
}

/** Accepts to live with the problem, by an authority and until a review. */
export class AcceptProblemRisk {
  @Prose(textLimits.reason)
  reason!: string;

  /** The person or board that accepts the risk. */
  @Line()
  authority!: string;

  @Instant()
  reviewAt!: string;

  /** Default: closed. */
  @Optional()
  @OneOf(acceptanceOutcomes)
  outcome?: AcceptanceOutcome | null;
}

/** Says that the fix is applied. */
export class ResolveProblem {
  @Optional()
  @Prose()
  notes?: string | null;
}

/** Ends a resolved problem that did not come back in the verification period. */
export class CompleteProblem {
  /** Default: agent. */
  @Optional()
  @OneOf(completionCauses)
  cause?: CompletionCause | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Analyses a resolved or closed problem again. */
export class ReanalyseProblem {
  @Prose(textLimits.reason)
  reason!: string;
}
