import { valueChecks, type Policy, type PolicyKind } from '@ledgerdesk/kernel';

/** How often an item is checked against reality. */
export interface VerificationInterval {
  /** Days of 24 hours, by the criticality of the item. */
  readonly daysByCriticality: Readonly<Record<string, number>>;
  /** For an item without a criticality. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

const period = valueChecks.whole(1, 36_500);

const kind: PolicyKind = {
  name: 'verification-interval',
  title: 'Verification of configuration items',
  faults: valueChecks.fields({
    days: period,
    daysByCriticality: valueChecks.map(period, { max: 100 }),
  }),
  presets: {},
};

/** In force unless the organisation publishes another. */
export const verificationInterval: Policy<VerificationInterval> = {
  name: 'verification-interval',
  version: 1,
  kind,
  value: { daysByCriticality: { high: 90, medium: 180, low: 365 }, days: 365 },
};

/** When an item that was checked now is due again. ISO 8601, UTC, milliseconds. */
export function nextVerification(
  { daysByCriticality, days }: VerificationInterval,
  criticality: string | null,
  now: string,
): string {
  const own = criticality === null ? undefined : daysByCriticality[criticality];
  return new Date(Date.parse(now) + (own ?? days) * DAY_MS).toISOString();
}
