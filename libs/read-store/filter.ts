import { invalidQuery } from './read-store.errors';
import type { Filter, Scalar } from './read-store.port';
import { searchWords } from './search-words';

/** How much one filter may ask. */
export const FILTER_LIMITS = {
  /** `$and` and `$or` inside each other; the outermost level is 1. */
  depthMax: 5,
  /** Comparisons in the whole filter, `$text` included. */
  conditionsMax: 50,
  /** Values of one `$in`. */
  inValuesMax: 500,
  searchWordsMax: 20,
} as const;

const COMPARISONS = ['$eq', '$ne', '$in', '$gt', '$gte', '$lt', '$lte', '$exists'] as const;

export type Comparison = (typeof COMPARISONS)[number];

/** A filter taken apart: what adapters translate or interpret. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly comparison: Comparison;
      readonly operand: Scalar | readonly Scalar[];
      /** Where it stands, for messages. */
      readonly path: string;
    };

export interface FilterTree {
  readonly condition: Condition;
  /** Of `$text`; all must occur, the last one as a prefix. Undefined without `$text`. */
  readonly words: readonly string[] | undefined;
}

interface Walk {
  conditions: number;
  words: readonly string[] | undefined;
}

/**
 * Checks the shape of a filter that came from outside, such as parsed JSON out of a URL. Which
 * fields exist and of what kind they are is checked by the query itself.
 *
 * @throws LedgerdeskError `invalid.query` with the place in `details.path`: unknown operators,
 * `__proto__`, operands of a wrong type, more than {@link FILTER_LIMITS} allows.
 */
export function parseFilter(json: unknown): Filter {
  filterTree(json);
  return json as Filter;
}

/** @throws LedgerdeskError `invalid.query` */
export function filterTree(filter: unknown): FilterTree {
  const walk: Walk = { conditions: 0, words: undefined };
  const condition = readLevel(filter, 'filter', 1, walk);
  return { condition, words: walk.words };
}

function readLevel(filter: unknown, path: string, depth: number, walk: Walk): Condition {
  if (depth > FILTER_LIMITS.depthMax) {
    throw invalidQuery(path, `nested deeper than ${FILTER_LIMITS.depthMax} levels`);
  }
  const parts: Condition[] = [];
  for (const [key, value] of entriesOf(filter, path)) {
    const place = `${path}.${key}`;
    if (key === '$and' || key === '$or') {
      parts.push(readGroup(key, value, place, depth, walk));
    } else if (key === '$text') {
      readText(value, place, depth, walk);
    } else if (key.startsWith('$') || key === '__proto__') {
      throw invalidQuery(place, 'unknown operator; a filter takes $and, $or, $text and fields', {
        operator: key,
      });
    } else {
      parts.push(...readField(key, value, place, walk));
    }
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'and', parts };
}

function readGroup(
  key: '$and' | '$or',
  value: unknown,
  path: string,
  depth: number,
  walk: Walk,
): Condition {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidQuery(path, 'takes a list of at least one filter');
  }
  const parts = value.map((part: unknown, i) => readLevel(part, `${path}[${i}]`, depth + 1, walk));
  return { kind: key === '$and' ? 'and' : 'or', parts };
}

function readText(value: unknown, path: string, depth: number, walk: Walk): void {
  countCondition(path, walk);
  if (depth > 1) throw invalidQuery(path, 'stands at the top level of a filter only');
  const entries = entriesOf(value, path);
  const search = entries[0]?.[1];
  if (entries.length !== 1 || entries[0]?.[0] !== '$search' || typeof search !== 'string') {
    throw invalidQuery(path, 'takes { "$search": "words" } and nothing else');
  }
  const words = searchWords(search);
  if (words.length === 0 || words.length > FILTER_LIMITS.searchWordsMax) {
    const { searchWordsMax } = FILTER_LIMITS;
    throw invalidQuery(path, `has ${words.length} words; search for 1 to ${searchWordsMax}`);
  }
  walk.words = words;
}

function readField(field: string, value: unknown, path: string, walk: Walk): Condition[] {
  if (isScalar(value)) {
    countCondition(path, walk);
    return [{ kind: 'compare', field, comparison: '$eq', operand: value, path }];
  }
  const entries = entriesOf(value, path);
  if (entries.length === 0) {
    throw invalidQuery(path, `names no operator; give a value or one of ${COMPARISONS.join(' ')}`);
  }
  return entries.map(([operator, operand]) => {
    const place = `${path}.${operator}`;
    countCondition(place, walk);
    const comparison = COMPARISONS.find((known) => known === operator);
    if (comparison === undefined) {
      throw invalidQuery(place, `unknown operator; a field takes ${COMPARISONS.join(' ')}`, {
        operator,
      });
    }
    const checked = operandOf(comparison, operand, place);
    return { kind: 'compare', field, comparison, operand: checked, path: place };
  });
}

function operandOf(
  comparison: Comparison,
  operand: unknown,
  path: string,
): Scalar | readonly Scalar[] {
  switch (comparison) {
    case '$in':
      return listOf(operand, path);
    case '$exists':
      if (typeof operand !== 'boolean') throw invalidQuery(path, 'takes true or false');
      return operand;
    case '$eq':
    case '$ne':
      if (!isScalar(operand)) throw invalidQuery(path, 'takes text, a number, a boolean or null');
      return operand;
    default:
      if (!isScalar(operand) || operand === null) {
        throw invalidQuery(path, 'takes text, a number or a boolean; null has no order');
      }
      return operand;
  }
}

function listOf(operand: unknown, path: string): readonly Scalar[] {
  const { inValuesMax } = FILTER_LIMITS;
  if (!Array.isArray(operand) || operand.length > inValuesMax || !operand.every(isScalar)) {
    throw invalidQuery(
      path,
      `takes a list of up to ${inValuesMax} texts, numbers, booleans, nulls`,
    );
  }
  return operand;
}

function countCondition(path: string, walk: Walk): void {
  walk.conditions += 1;
  if (walk.conditions > FILTER_LIMITS.conditionsMax) {
    throw invalidQuery(path, `a filter has at most ${FILTER_LIMITS.conditionsMax} conditions`);
  }
}

// An undefined value is refused as well: a condition lost on the way must not widen the answer.
function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidQuery(path, 'must be a JSON object');
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalidQuery(path, 'must be a plain JSON object');
  }
  return Object.entries(value);
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}
