import { Instant } from '../fields';

/** The most entries of one calendar. */
export const SPANS_MAX = 500;

/** An entry of a calendar; the end does not belong to it. */
export class SpanEntry {
  @Instant()
  start!: string;

  @Instant()
  end!: string;
}
