/** What kind of thing has the error. */
export const errorDomains = ['network', 'server', 'application', 'desktop'] as const;

/** One of {@link errorDomains}. */
export type ErrorDomain = (typeof errorDomains)[number];

/** Why a known error is of use no longer. */
export const retirementReasons = ['fixed', 'obsolete', 'not-an-error', 'duplicate'] as const;

/** One of {@link retirementReasons}. */
export type RetirementReason = (typeof retirementReasons)[number];
