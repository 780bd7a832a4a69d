import { refuse, type Policy, type Refusal } from '@ledgerdesk/kernel';

/** How long a resolved ticket may be reopened. */
export interface ReopenWindow {
  /** Days of 24 hours from the resolution: a later comment or edit does not prolong it. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** The window that ships with the system. */
export const reopenWindowOf7Days: Policy<ReopenWindow> = {
  name: 'reopen-window',
  version: 1,
  value: { days: 7 },
};

/** True up to the last millisecond of the window, else the refusal `refused.reopen-window`. */
export function isWithinReopenWindow(
  window: Policy<ReopenWindow>,
  resolvedAt: string | null,
  now: string,
): true | Refusal {
  if (resolvedAt === null) return true;
  const endsAt = Date.parse(resolvedAt) + window.value.days * DAY_MS;
  if (Date.parse(now) <= endsAt) return true;
  const end = new Date(endsAt).toISOString();
  return refuse(
    'reopen-window',
    `it was resolved at ${resolvedAt} and could be reopened until ${end}; register a new one`,
    { resolvedAt, reopenableUntil: end, days: window.value.days },
  );
}
