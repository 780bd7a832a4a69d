/** What made somebody look for a problem: incidents, a trend, or a notice of a vendor. */
export const problemOrigins = ['reactive', 'proactive', 'vendor'] as const;

/** One of {@link problemOrigins}. */
export type ProblemOrigin = (typeof problemOrigins)[number];

/** How a root cause was found. */
export const causeMethods = [
  'five-whys',
  'fishbone',
  'kepner-tregoe',
  'fault-tree',
  'pareto',
  'chronology',
  'pain-value',
  'technical-observation',
  'other',
] as const;

/** One of {@link causeMethods}. */
export type CauseMethod = (typeof causeMethods)[number];

/** How far a workaround restores the service. */
export const workaroundEffects = ['full', 'partial', 'temporary'] as const;

/** One of {@link workaroundEffects}. */
export type WorkaroundEffect = (typeof workaroundEffects)[number];

/** Until when a workaround may be used. */
export const workaroundValidities = ['until-fixed', 'until-date'] as const;

/** One of {@link workaroundValidities}. */
export type WorkaroundValidity = (typeof workaroundValidities)[number];

/** Whether a fix needs a change: one that is linked, one that is still to be drafted, or none. */
export const changeNeeds = ['linked', 'to-be-drafted', 'not-needed'] as const;

/** One of {@link changeNeeds}. */
export type ChangeNeed = (typeof changeNeeds)[number];

/** How a change of a fix stands: not over yet, or how it ended. */
export type FixStanding = 'pending' | 'successful' | 'unsuccessful' | 'cancelled' | 'missing';

/** How a problem ended. */
export const problemCloseCodes = [
  'fix-applied',
  'risk-accepted',
  'duplicate',
  'cancelled',
] as const;

/** One of {@link problemCloseCodes}. */
export type ProblemCloseCode = (typeof problemCloseCodes)[number];

/** Where a problem goes whose risk is accepted: to its end, or to be watched for a while first. */
export const acceptanceOutcomes = ['closed', 'resolved'] as const;

/** One of {@link acceptanceOutcomes}. */
export type AcceptanceOutcome = (typeof acceptanceOutcomes)[number];

/** What made a problem complete. */
export const completionCauses = ['agent', 'timer'] as const;

/** One of {@link completionCauses}. */
export type CompletionCause = (typeof completionCauses)[number];

/** Why incidents of a pattern belong to a problem no longer. */
export const patternReleaseCauses = ['closed', 'risk-accepted', 'cancelled', 'duplicate'] as const;

/** One of {@link patternReleaseCauses}. */
export type PatternReleaseCause = (typeof patternReleaseCauses)[number];
