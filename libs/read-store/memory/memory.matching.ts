import type { CollectionDefinition, ReadDocument } from '@ledgerdesk/kernel';
import type { PageEnd } from '../cursor';
import { searchedText, type DocumentRow } from '../document-row';
import type { Comparison, Condition, FilterTree } from '../filter';
import type { Scalar, Sort } from '../read-store.port';
import { searchWords } from '../search-words';

/** A stored document as the reference model keeps it. */
export interface MemoryRow extends DocumentRow {
  readonly words: readonly string[];
}

/** Whether a filter finds the row: the port's rules word by word. */
export function matches(
  collection: CollectionDefinition,
  { condition, words }: FilterTree,
  row: MemoryRow,
): boolean {
  return (words === undefined || hasWords(row, words)) && holds(collection, condition, row);
}

/** Order of the rows of a page: by value, then by id, both in the one direction. */
export function pageOrder(sort: Sort | undefined): (a: PageEnd, b: PageEnd) => number {
  const sign = sort?.direction === 'descending' ? -1 : 1;
  return (a, b) => sign * (compare(a.value, b.value) || compare(a.id, b.id));
}

/** Value of a declared field; null for missing. */
export function valueOf(collection: CollectionDefinition, row: DocumentRow, field: string): Scalar {
  return row.values[Object.keys(collection.fields).indexOf(field)] ?? null;
}

/** A row with its search words. */
export function memoryRow(collection: CollectionDefinition, row: DocumentRow): MemoryRow {
  const document = JSON.parse(row.text ?? '{}') as ReadDocument;
  return { ...row, words: searchWords(searchedText(collection, document)) };
}

function holds(collection: CollectionDefinition, condition: Condition, row: MemoryRow): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(collection, part, row));
    case 'or':
      return condition.parts.some((part) => holds(collection, part, row));
    case 'compare':
      return meets(valueOf(collection, row, condition.field), condition);
  }
}

function meets(
  value: Scalar,
  { comparison, operand }: { comparison: Comparison; operand: Scalar | readonly Scalar[] },
): boolean {
  switch (comparison) {
    case '$eq':
      return value === operand;
    case '$ne':
      return value !== operand;
    case '$in':
      return Array.isArray(operand) && operand.includes(value);
    case '$exists':
      return (value !== null) === operand;
    default:
      return value !== null && isOrdered(compare(value, operand as Scalar), comparison);
  }
}

function isOrdered(order: number, comparison: '$gt' | '$gte' | '$lt' | '$lte'): boolean {
  switch (comparison) {
    case '$gt':
      return order > 0;
    case '$gte':
      return order >= 0;
    case '$lt':
      return order < 0;
    case '$lte':
      return order <= 0;
  }
}

function hasWords(row: MemoryRow, words: readonly string[]): boolean {
  const whole = words.slice(0, -1);
  const prefix = words.at(-1) ?? '';
  return (
    whole.every((word) => row.words.includes(word)) &&
    row.words.some((word) => word.startsWith(prefix))
  );
}

function compare(a: Scalar, b: Scalar): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) - Number(b);
}

// By code point, as bytes of UTF-8 sort; `<` would go by UTF-16 code units.
function compareText(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
