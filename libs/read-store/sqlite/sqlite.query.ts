import type { FieldKind } from '@ledgerdesk/kernel';
import type { Condition, FilterTree } from '../filter';
import type { CheckedQuery } from '../query-check';
import type { Scalar, Sort } from '../read-store.port';
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
 * The statements of one page, to be run one after the other until it is full: each gives
 * (id, sort value, doc) in order and takes its limit as last parameter. There are two where the
 * page may cross from missing to present values, because one condition for both would not be
 * served by an index.
 */
export function pageStatements(table: CollectionTable, query: CheckedQuery): SqlText[] {
  const where = whereOf(table, query);
  const { sort } = query;
  const value = sort === undefined ? 'NULL' : columnOf(sort.field);
  return segmentsOf(table, query).map((segment) => ({
    sql: `SELECT id, ${value}, doc FROM ${table.table} WHERE ${segment.sql} AND ${where.sql} ORDER BY ${orderOf(sort)} LIMIT ?`,
    parameters: [...segment.parameters, ...where.parameters],
  }));
}

/** A statement that gives one number. */
export function countStatement(table: CollectionTable, tree: FilterTree): SqlText {
  const where = whereOf(table, tree);
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

/** The search for words that all occur, the last one as a prefix. Words are letters and digits only. */
export function matchOf(words: readonly string[]): string {
  return `${words.map((word) => `"${word}"`).join(' AND ')}*`;
}

function orderOf(sort: Sort | undefined): string {
  if (sort === undefined) return 'id';
  const direction = sort.direction === 'ascending' ? 'ASC' : 'DESC';
  return `${columnOf(sort.field)} ${direction}, id ${direction}`;
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

function whereOf(table: CollectionTable, { condition, words }: FilterTree): SqlText {
  const filter = conditionOf(condition);
  if (words === undefined || table.textTable === undefined) return filter;
  return {
    sql: `pk IN (SELECT rowid FROM ${table.textTable} WHERE ${table.textTable} MATCH ?) AND ${filter.sql}`,
    parameters: [matchOf(words), ...filter.parameters],
  };
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
      // Not `IS ?`: a query plan is made before the value is known, and only `=` is sure to be an index's.
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
