import type { CollectionDefinition, FieldKind } from '@ledgerdesk/kernel';
import { decodeCursor, queryDigest, type PageEnd } from './cursor';
import { describeKind, isOfKind } from './document-row';
import { filterTree, type Condition, type FilterTree } from './filter';
import { invalidQuery } from './read-store.errors';
import type { Filter, Query, Sort } from './read-store.port';
import { onTimes } from './time-operand';

/** How many documents a page holds: by default, at the least and at the most. */
export const PAGE_LIMITS = { default: 50, max: 1000 } as const;

/** A query that every adapter can serve: all fields declared, all operands of their kind. */
export interface CheckedQuery extends FilterTree {
  /** Undefined: by id alone, ascending. */
  readonly sort: Sort | undefined;
  readonly limit: number;
  /** The page starts behind this. */
  readonly after: PageEnd | undefined;
  readonly digest: string;
}

/** @throws LedgerdeskError `invalid.query` with the place in `details.path`. */
export function checkQuery(collection: CollectionDefinition, query: Query): CheckedQuery {
  const { limit = PAGE_LIMITS.default } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMITS.max) {
    throw invalidQuery('limit', `${String(limit)} given; give a whole number from 1 to 1000`);
  }
  const tree = checkFilter(collection, query.filter);
  const sort = checkSort(collection, query.sort);
  const digest = queryDigest(collection.name, tree.condition, tree.words, sort);
  const kind = sort && collection.fields[sort.field];
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, digest, kind);
  return { ...tree, sort, limit, after, digest };
}

/** @throws LedgerdeskError `invalid.query` with the place in `details.path`. */
export function checkFilter(collection: CollectionDefinition, filter: Filter = {}): FilterTree {
  const tree = filterTree(filter);
  const condition = checkedCondition(collection, tree.condition);
  if (tree.words !== undefined && (collection.textFields ?? []).length === 0) {
    throw invalidQuery('filter.$text', `${collection.name} declares no text fields to search`);
  }
  return { ...tree, condition };
}

function checkedCondition(collection: CollectionDefinition, condition: Condition): Condition {
  if (condition.kind !== 'compare') {
    const parts = condition.parts.map((part) => checkedCondition(collection, part));
    return { ...condition, parts };
  }
  const { field, comparison, operand, path } = condition;
  const kind = kindOf(collection, field, path);
  if (comparison === '$exists') return condition;
  const operands: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  for (const value of operands) {
    if (value === null || isOfKind(value, kind)) continue;
    throw invalidQuery(
      path,
      `${collection.name}.${field} is of kind ${kind}; compare it with ${describeKind(kind)}`,
      { field, kind },
    );
  }
  checkWords(collection, condition);
  return collection.timeFields?.includes(field) === true ? onTimes(condition) : condition;
}

function checkWords(
  { wordFields }: CollectionDefinition,
  { field, comparison, operand, path }: Extract<Condition, { kind: 'compare' }>,
): void {
  const words = wordFields && Object.hasOwn(wordFields, field) ? wordFields[field] : undefined;
  if (words === undefined || !['$eq', '$ne', '$in'].includes(comparison)) return;
  const unknown = [operand].flat().find((word) => word !== null && !words.includes(String(word)));
  if (unknown === undefined) return;
  throw invalidQuery(
    path,
    `no ${field} is "${String(unknown).slice(0, 40)}"; it is one of ${words.join(', ')}`,
    { field, words },
  );
}

function checkSort(collection: CollectionDefinition, sort: Sort | undefined): Sort | undefined {
  if (sort === undefined) return undefined;
  const { field, direction } = sort;
  kindOf(collection, field, 'sort.field');
  if (!['ascending', 'descending'].includes(direction)) {
    throw invalidQuery('sort.direction', `"${direction}" given; give ascending or descending`);
  }
  return { field, direction };
}

function kindOf(collection: CollectionDefinition, field: string, path: string): FieldKind {
  const kind = Object.hasOwn(collection.fields, field) ? collection.fields[field] : undefined;
  if (kind !== undefined) return kind;
  const indexed = Object.keys(collection.fields);
  throw invalidQuery(
    path,
    `${collection.name} has no index on "${field}"; indexed are ${indexed.join(', ')}`,
    { field, indexed },
  );
}
