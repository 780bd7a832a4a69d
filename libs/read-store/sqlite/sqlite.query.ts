import type { FieldKind } from '@ledgerdesk/kernel';
import type { Condition, FilterTree } from '../filter';
import type { CheckedQuery } from '../query-check';
import type { Scalar, Sort } from '../read-store.port';
import { branchesOf } from './sqlite.branches';
import type { SqlValue } from './sqlite.connection';
import { columnOf, type CollectionTable } from './sqlite.schema';

/** SQL with what is bound to its parameters; values never stand in the text. */
export interface SqlText {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

const EVERYTHING: SqlText = { sql: '1', parameters: [] };
const OPERATORS = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;
// Each kind's smallest value: as a bound it means «not null» and is served by the index,
// which IS NOT NULL is not.
const SMALLEST: Readonly<Record<FieldKind, string>> = {
  text: `''`,
  number: '-9e999',
  boolean: '0',
};

/**
 * Whether a search finds so much that walking the sort's index is faster than sorting the matches.
 */
export type SearchReach = 'narrow' | 'wide';

/** More matches than this are `wide`. */
export const NARROW_MATCHES_MAX = 2000;

/** Gives the number of matches, counted no further than needed to tell the reach. */
export function reachStatement(textTable: string, words: readonly string[]): SqlText {
  return {
    sql: `SELECT count(*) FROM (SELECT rowid FROM ${textTable} WHERE ${textTable} MATCH ? LIMIT ${NARROW_MATCHES_MAX + 1})`,
    parameters: [matchOf(words)],
  };
}

/**
 * The statements of one page, to be run one after the other until it is full: each gives
 * (id, sort value, doc) in order and takes its limit as parameter `@limit`. There are two where the
 * page may cross from missing to present values, because one condition for both would not be
 * served by an index.
 */
export function pageStatements(
  table: CollectionTable,
  query: CheckedQuery,
  reach: SearchReach = 'narrow',
): SqlText[] {
  const { condition, words, sort } = query;
  // With a search, each branch would search again.
  const conditions =
    words === undefined ? branchesOf(table.definition, condition, sort) : [condition];
  const wheres = conditions.map((branch) => whereOf(table, { condition: branch, words }, reach));
  return segmentsOf(table, query).map((segment) => {
    const branches = wheres.map((where) => branchOf(table, segment, where, sort));
    return branches.length === 1 && branches[0] !== undefined
      ? branches[0]
      : mergeOf(branches, sort);
  });
}

/** A statement that gives one number. */
export function countStatement(table: CollectionTable, tree: FilterTree): SqlText {
  const { textTable } = table;
  if (tree.words !== undefined && textTable !== undefined && isEverything(tree.condition)) {
    return {
      sql: `SELECT count(*) FROM ${textTable} WHERE ${textTable} MATCH ?`,
      parameters: [matchOf(tree.words)],
    };
  }
  const where = whereOf(table, tree, 'narrow');
  return {
    sql: `SELECT count(*) FROM ${table.table} WHERE ${where.sql}`,
    parameters: where.parameters,
  };
}

/** How a value of a declared field is stored. */
export function sqlValueOf(value: Scalar): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** A stored value as it was declared. */
export function scalarOf(value: SqlValue, kind: FieldKind): Scalar {
  return kind === 'boolean' && value !== null ? value !== 0 : value;
}

/**
 * The search for words that all occur, the last one as a prefix. Words are letters and digits only.
 */
function matchOf(words: readonly string[]): string {
  return `${words.map((word) => `"${word}"`).join(' AND ')}*`;
}

function branchOf(
  { table }: CollectionTable,
  segment: SqlText,
  where: SqlText,
  sort: Sort | undefined,
): SqlText {
  const column = sort === undefined ? 'NULL' : columnOf(sort.field);
  return {
    sql: `SELECT id, ${column} AS value, doc FROM ${table} WHERE ${segment.sql} AND ${where.sql}
      ORDER BY ${orderOf(sort, column)} LIMIT @limit`,
    parameters: [...segment.parameters, ...where.parameters],
  };
}

// Only a nested SELECT may have an order of its own inside a union.
function mergeOf(branches: readonly SqlText[], sort: Sort | undefined): SqlText {
  const union = branches.map(({ sql }) => `SELECT * FROM (${sql})`).join(' UNION ALL ');
  return {
    sql: `SELECT * FROM (${union}) ORDER BY ${orderOf(sort, 'value')} LIMIT @limit`,
    parameters: branches.flatMap(({ parameters }) => parameters),
  };
}

function orderOf(sort: Sort | undefined, column: string): string {
  if (sort === undefined) return 'id';
  const direction = sort.direction === 'ascending' ? 'ASC' : 'DESC';
  return `${column} ${direction}, id ${direction}`;
}

function segmentsOf(table: CollectionTable, { sort, after }: CheckedQuery): SqlText[] {
  if (after === undefined) return [EVERYTHING];
  const { id } = after;
  if (sort === undefined) return [{ sql: 'id > ?', parameters: [id] }];
  const column = columnOf(sort.field);
  const isAscending = sort.direction === 'ascending';
  const compare = isAscending ? '>' : '<';
  const value = sqlValueOf(after.value);
  if (value !== null) {
    const rest = { sql: `(${column}, id) ${compare} (?, ?)`, parameters: [value, id] };
    // Missing sorts lowest, so it comes at the end of a descending list.
    return isAscending ? [rest] : [rest, { sql: `${column} IS NULL`, parameters: [] }];
  }
  const missing = { sql: `${column} IS NULL AND id ${compare} ?`, parameters: [id] };
  const kind = table.definition.fields[sort.field] ?? 'text';
  const present = { sql: `${column} >= ${SMALLEST[kind]}`, parameters: [] };
  return isAscending ? [missing, present] : [missing];
}

function whereOf(
  table: CollectionTable,
  { condition, words }: FilterTree,
  reach: SearchReach,
): SqlText {
  const filter = conditionOf(condition);
  const { textTable } = table;
  if (words === undefined || textTable === undefined) return filter;
  // The plus keeps SQLite from starting at the matches: they are only looked up.
  const pk = reach === 'wide' ? '+pk' : 'pk';
  return {
    sql: `${pk} IN (SELECT rowid FROM ${textTable} WHERE ${textTable} MATCH ?) AND ${filter.sql}`,
    parameters: [matchOf(words), ...filter.parameters],
  };
}

function isEverything(condition: Condition): boolean {
  return condition.kind === 'and' && condition.parts.length === 0;
}

function conditionOf(condition: Condition): SqlText {
  if (condition.kind === 'compare') return comparisonOf(condition);
  const parts = condition.parts.map(conditionOf);
  if (parts.length === 0) return EVERYTHING;
  const joined = parts.map((part) => part.sql).join(condition.kind === 'and' ? ' AND ' : ' OR ');
  return { sql: `(${joined})`, parameters: parts.flatMap((part) => part.parameters) };
}

function comparisonOf(condition: Extract<Condition, { kind: 'compare' }>): SqlText {
  const column = columnOf(condition.field);
  const { comparison, operand } = condition;
  if (isList(operand)) return membershipOf(column, operand);
  const value = sqlValueOf(operand);
  switch (comparison) {
    case '$in':
    case '$eq':
      // Not `IS ?`: a query plan is made before the value is known, and only `=` is sure to be an
      // index's.
      return value === null ? isNull(column, true) : { sql: `${column} = ?`, parameters: [value] };
    case '$ne':
      return value === null
        ? isNull(column, false)
        : { sql: `(${column} <> ? OR ${column} IS NULL)`, parameters: [value] };
    case '$exists':
      return isNull(column, operand !== true);
    default:
      return { sql: `${column} ${OPERATORS[comparison]} ?`, parameters: [value] };
  }
}

function membershipOf(column: string, values: readonly Scalar[]): SqlText {
  const present = values.filter((value) => value !== null).map(sqlValueOf);
  const places = present.map(() => '?').join(', ');
  const sql = `${column} IN (${places})`;
  return {
    sql: present.length === values.length ? sql : `(${sql} OR ${column} IS NULL)`,
    parameters: present,
  };
}

function isNull(column: string, is: boolean): SqlText {
  return { sql: `${column} IS ${is ? '' : 'NOT '}NULL`, parameters: [] };
}

function isList(operand: Scalar | readonly Scalar[]): operand is readonly Scalar[] {
  return Array.isArray(operand);
}
