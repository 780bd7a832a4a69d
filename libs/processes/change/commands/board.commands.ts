import { Line, textLimits } from '../../shared/fields';

/** Takes what a meeting of the advisory board decided for the answer to its round of approval. */
export class AdoptCabDecision {
  /** Id or number of the meeting. */
  @Line(textLimits.reference)
  meeting!: string;
}
