import { isDay, utcTimeOf } from '@ledgerdesk/kernel';
import type { Comparison, Condition } from './filter';
import { invalidQuery } from './read-store.errors';
import type { Scalar } from './read-store.port';

/**
 * A condition on a field of times, in the form in which times are stored. A day stands for its
 * first instant, or for its last one, in UTC, as the comparison means it.
 *
 * @throws LedgerdeskError `invalid.query` for an operand that is no time.
 */
export function onTimes(condition: Condition & { readonly kind: 'compare' }): Condition {
  const { comparison, operand, path } = condition;
  if (comparison === '$exists') return condition;
  const stored = (value: Scalar): Scalar =>
    typeof value === 'string' ? timeOf(value, comparison, path) : value;
  const isList = typeof operand === 'object' && operand !== null;
  return { ...condition, operand: isList ? operand.map(stored) : stored(operand) };
}

function timeOf(text: string, comparison: Comparison, path: string): string {
  if (isDay(text)) {
    if (comparison === '$gte' || comparison === '$lt') return `${text}T00:00:00.000Z`;
    if (comparison === '$lte' || comparison === '$gt') return `${text}T23:59:59.999Z`;
  }
  const time = utcTimeOf(text);
  if (time !== undefined) return time;
  throw invalidQuery(
    path,
    `"${text.slice(0, 40)}" is no time; give one with its offset (2016-03-01T12:00:00Z), or with ` +
      '$gt, $gte, $lt and $lte a day (2016-03-01)',
  );
}
