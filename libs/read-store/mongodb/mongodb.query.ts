import type { SortDirection } from 'mongodb';
import type { PageEnd } from '../cursor';
import type { Condition, FilterTree } from '../filter';
import type { CheckedQuery } from '../query-check';
import { storedField } from './mongodb.documents';
import { searchFilter, type SearchIndex, type StoredFilter } from './mongodb.search';

/** What a filter means on stored documents, served by the indexes that begin with `live`. */
export function storedFilter(
  { condition, words }: FilterTree,
  search: SearchIndex,
): StoredFilter & { readonly $and: readonly StoredFilter[] } {
  const searched = words === undefined ? { $and: [] } : searchFilter(words, search);
  return { live: true, ...searched, $and: [conditionFilter(condition), ...searched.$and] };
}

/** The order of a page: `f_field` and the id in one direction, or the id alone. */
export function pageSort({ sort }: CheckedQuery): Map<string, SortDirection> {
  if (sort === undefined) return new Map([['_id', 1]]);
  const direction = sort.direction === 'ascending' ? 1 : -1;
  return new Map([
    [storedField(sort.field), direction],
    ['_id', direction],
  ]);
}

/**
 * What lies behind the end of the page before, as conditions to be asked one after the other until
 * the page is full: each is one range of an index, where their "or" would be none.
 */
export function pageSegments({ sort, after }: CheckedQuery): readonly StoredFilter[] {
  if (after === undefined) return [{}];
  if (sort === undefined) return [{ _id: { $gt: after.id } }];
  const field = storedField(sort.field);
  return sort.direction === 'ascending' ? upwards(field, after) : downwards(field, after);
}

function upwards(field: string, { value, id }: PageEnd): readonly StoredFilter[] {
  const ties = { [field]: { $eq: value }, _id: { $gt: id } };
  return [ties, { [field]: value === null ? { $ne: null } : { $gt: value } }];
}

function downwards(field: string, { value, id }: PageEnd): readonly StoredFilter[] {
  const ties = { [field]: { $eq: value }, _id: { $lt: id } };
  // Missing values come last, and no `$lt` finds them.
  return value === null ? [ties] : [ties, { [field]: { $lt: value } }, { [field]: { $eq: null } }];
}

function conditionFilter(condition: Condition): StoredFilter {
  if (condition.kind !== 'compare') {
    const parts = condition.parts.map(conditionFilter);
    if (condition.kind === 'or') return { $or: parts };
    return parts.length === 0 ? {} : { $and: parts };
  }
  const { field, comparison, operand } = condition;
  const stored = storedField(field);
  if (comparison !== '$exists') return { [stored]: { [comparison]: operand } };
  return { [stored]: operand === true ? { $ne: null } : { $eq: null } };
}
