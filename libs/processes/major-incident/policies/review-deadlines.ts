import type { Policy } from '@ledgerdesk/kernel';
import { addCalendarDays, addWorkingDays } from '../../shared/working-days';

/** How long a review may take from the resolution. */
type ReviewDeadline =
  | { readonly unit: 'calendar-days'; readonly days: number }
  | { readonly unit: 'working-days'; readonly days: number };

/** By severity, 1 to 5, with the one for all that are not named. */
export interface ReviewDeadlines {
  readonly bySeverity: Readonly<Record<string, ReviewDeadline>>;
  readonly otherwise: ReviewDeadline;
}

/** The deadlines that ship with the system. */
export const reviewDeadlinesV1: Policy<ReviewDeadlines> = {
  name: 'review-deadlines',
  version: 1,
  value: {
    bySeverity: { 1: { unit: 'calendar-days', days: 3 } },
    otherwise: { unit: 'working-days', days: 5 },
  },
};

/** By when the review of a major incident of this severity, resolved then, is to be concluded. */
export function reviewDueAt(
  { value: { bySeverity, otherwise } }: Policy<ReviewDeadlines>,
  severity: number,
  resolvedAt: string,
): string {
  const { unit, days } = bySeverity[severity] ?? otherwise;
  return unit === 'calendar-days'
    ? addCalendarDays(resolvedAt, days)
    : addWorkingDays(resolvedAt, days);
}
