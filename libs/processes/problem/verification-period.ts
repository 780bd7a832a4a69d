import { refuse, type Policy, type PolicySet, type Refusal } from '@ledgerdesk/kernel';

/** How long a resolved problem is watched before it may close. */
export interface VerificationPeriod {
  /** Days of 24 hours from the resolution. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** The period that ships with the system. */
export const verificationPeriodOf7Days: Policy<VerificationPeriod> = {
  name: 'verification-period',
  version: 1,
  value: { days: 7 },
};

/** The period in force. */
export function verificationPeriodOf(policies: PolicySet): Policy<VerificationPeriod> {
  const set = policies['verificationPeriod'] as Policy<VerificationPeriod> | undefined;
  return set ?? verificationPeriodOf7Days;
}

/** True from the end of the period on, else the refusal `refused.verification-period`. */
export function isVerificationOver(
  period: Policy<VerificationPeriod>,
  resolvedAt: string | null,
  now: string,
): true | Refusal {
  if (resolvedAt === null) return true;
  const endsAt = Date.parse(resolvedAt) + period.value.days * DAY_MS;
  if (Date.parse(now) >= endsAt) return true;
  const end = new Date(endsAt).toISOString();
  return refuse(
    'verification-period',
    `it was resolved at ${resolvedAt} and is verified until ${end}; complete it then`,
    { resolvedAt, verifiedAt: end, days: period.value.days },
  );
}
