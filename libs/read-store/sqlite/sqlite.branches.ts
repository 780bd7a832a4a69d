import type { CollectionDefinition } from '@ledgerdesk/kernel';
import type { Condition } from '../filter';
import type { Scalar, Sort } from '../read-store.port';

/** So many index seeks are merged into one page at the most. */
const BRANCHES_MAX = 20;

type Compare = Extract<Condition, { kind: 'compare' }>;

/**
 * Splits a `$in` into one condition for each value where an index then gives each branch in the
 * order of the page: the page is merged from a few index seeks, each no longer than the page.
 * SQLite left to itself would read and sort every match. One condition where that does not apply.
 */
export function branchesOf(
  definition: CollectionDefinition,
  condition: Condition,
  sort: Sort | undefined,
): readonly Condition[] {
  const conjuncts = condition.kind === 'and' ? condition.parts : [condition];
  const equal = new Set(conjuncts.filter(isEquality).map(({ field }) => field));
  for (const conjunct of conjuncts) {
    const values = valuesOf(conjunct);
    if (conjunct.kind !== 'compare' || values.length === 0 || values.length > BRANCHES_MAX) {
      continue;
    }
    if (!isOrderedByIndex(definition, conjunct.field, equal, sort)) continue;
    return values.map((operand) => ({
      kind: 'and',
      parts: conjuncts.map((part) =>
        part === conjunct ? { ...conjunct, comparison: '$eq', operand } : part,
      ),
    }));
  }
  return [condition];
}

/** Whether an index has the field, other fields of one value, then the sort field. */
function isOrderedByIndex(
  { compoundIndexes = [] }: CollectionDefinition,
  field: string,
  equal: ReadonlySet<string>,
  sort: Sort | undefined,
): boolean {
  // Each field's own index goes on with the id.
  if (sort === undefined || sort.field === field) return true;
  return compoundIndexes.some((index) => {
    const before = index.slice(0, Math.max(0, index.indexOf(sort.field)));
    return before.includes(field) && before.every((name) => name === field || equal.has(name));
  });
}

function isEquality(condition: Condition): condition is Compare {
  return condition.kind === 'compare' && condition.comparison === '$eq';
}

/** The distinct values of a `$in`. */
function valuesOf(condition: Condition): readonly Scalar[] {
  if (condition.kind !== 'compare' || condition.comparison !== '$in') return [];
  return Array.isArray(condition.operand) ? [...new Set(condition.operand as Scalar[])] : [];
}
