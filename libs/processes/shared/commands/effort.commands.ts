import { Matches } from 'class-validator';
import { Instant, OneOf, Optional, Prose, textLimits, Whole } from '../fields';

export const costKinds = ['labour', 'material', 'travel', 'supplier', 'fixed'] as const;

export type CostKind = (typeof costKinds)[number];

/** The most that one entry may book: a year of minutes, and a thousand million minor units. */
const MINUTES_MAX = 527_040;
const AMOUNT_MAX = 100_000_000_000;

export class LogTime {
  @Whole(1, MINUTES_MAX)
  minutes!: number;

  /** When the work was done; default now. */
  @Optional()
  @Instant()
  workedAt?: string | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

export class LogCost {
  @OneOf(costKinds)
  kind!: CostKind;

  /** In the minor unit of the currency: cents. Below zero it takes back what was booked wrongly. */
  @Whole(-AMOUNT_MAX, AMOUNT_MAX)
  amountMinor!: number;

  @Matches(/^[A-Z]{3}$/, { message: '$property must be a currency code of ISO 4217, such as EUR' })
  currency!: string;

  @Prose(textLimits.reason)
  description!: string;
}
