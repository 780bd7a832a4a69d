import { valueChecks, type Policy, type PolicyKind } from '@ledgerdesk/kernel';
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

const { fields, map, whole, word } = valueChecks;
const deadline = fields({ unit: word(['calendar-days', 'working-days']), days: whole(0, 3_650) });

const kind: PolicyKind = {
  name: 'review-deadlines',
  title: 'Deadlines of reviews of major incidents',
  faults: fields({ bySeverity: map(deadline, { max: 5 }), otherwise: deadline }),
  presets: {},
};

/** The deadlines that ship with the system. */
export const reviewDeadlinesV1: Policy<ReviewDeadlines> = {
  name: 'review-deadlines',
  version: 1,
  kind,
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
