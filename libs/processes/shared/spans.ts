import { refuse, type Refusal } from '@ledgerdesk/kernel';
import { utc } from './fields';

/** An entry of a calendar in UTC; the end does not belong to it. */
export interface Span extends Readonly<Record<string, string>> {
  readonly start: string;
  readonly end: string;
}

/** The entries in UTC, the earliest first. */
export function spansOf(
  entries: readonly Readonly<Pick<Span, 'start' | 'end'>>[],
): readonly Span[] {
  return entries
    .map(({ start, end }) => ({ start: utc(start), end: utc(end) }))
    .sort((one, other) => (one.start < other.start ? -1 : 1));
}

/** True where there is an entry, each ends after it begins, and not all of them are over. */
export function areSoundSpans(
  entries: readonly Readonly<Pick<Span, 'start' | 'end'>>[],
  now: string,
): true | Refusal {
  if (entries.length === 0) {
    return refuse('no-entries', 'a calendar needs at least one entry with start and end');
  }
  const wrong = entries.filter(({ start, end }) => Date.parse(end) <= Date.parse(start));
  if (wrong.length > 0) {
    return refuse('entry-order', 'an entry must end after it begins', {
      entries: wrong.map(({ start, end }) => ({ start, end })),
    });
  }
  return (
    entries.some(({ end }) => utc(end) > now) ||
    refuse('past-time', 'all entries lie in the past', { now })
  );
}
