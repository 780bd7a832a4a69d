import type { ReadDocument } from '@ledgerdesk/kernel';
import { createHash } from 'node:crypto';
import { searchedText, type DocumentRow } from '../document-row';
import type { DocumentChange, Scalar } from '../read-store.port';
import { searchWords } from '../search-words';
import type { Row, SqliteConnection, SqlValue } from './sqlite.connection';
import { sqlValueOf } from './sqlite.query';
import type { CollectionTable } from './sqlite.schema';

/**
 * Writes one changed document, inside the caller's transaction. Cost: one write, and a write to
 * each index whose columns changed; a read where what stands there is not known; the words only
 * where the searched text changed.
 */
export function writeRow(
  connection: SqliteConnection,
  table: CollectionTable,
  row: DocumentRow,
  change: DocumentChange,
): void {
  if (row.text === null || change.document === null) {
    deleteRow(connection, table, row.id);
    return;
  }
  const { before, document } = change;
  const fresh = { id: row.id, values: row.values.map(sqlValueOf), doc: row.text };
  const searched = textOf(table, document);
  const isDone = before
    ? updateKnown(connection, table, fresh, { searched, before })
    : before === null && insert(connection, table, fresh, searched);
  if (!isDone) writeUnknown(connection, table, fresh, searched);
}

/** A row on its way into its table. */
interface FreshRow {
  readonly id: string;
  /** In the order of the columns. */
  readonly values: Row;
  /** JSON text. */
  readonly doc: string;
}

/** False where the id is there already. */
function insert(
  connection: SqliteConnection,
  table: CollectionTable,
  { id, values, doc }: FreshRow,
  searched: string | undefined,
): boolean {
  const pk = connection.insert(table.sql.insert, [id, digestOf(searched), ...values, doc]);
  if (pk === undefined) return false;
  if (searched !== undefined) connection.run(table.sql.replaceWords, [pk, wordsText(searched)]);
  return true;
}

/** False where there is no such row. */
function updateKnown(
  connection: SqliteConnection,
  table: CollectionTable,
  { id, values, doc }: FreshRow,
  { searched, before }: { readonly searched: string | undefined; readonly before: ReadDocument },
): boolean {
  const stored = Object.keys(table.definition.fields).map((field) =>
    sqlValueOf((before[field] ?? null) as Scalar),
  );
  const changes = changesOf(table, stored, { values, doc });
  const isSearchedAnew = searched !== textOf(table, before);
  if (isSearchedAnew) {
    changes.columns.push('words_digest');
    changes.values.push(digestOf(searched));
  }
  if (update(connection, table, changes, { column: 'id', value: id }) === 0) return false;
  if (isSearchedAnew && searched !== undefined) {
    const [pk = null] = connection.first(table.sql.select, [id]) ?? [];
    connection.run(table.sql.replaceWords, [pk, wordsText(searched)]);
  }
  return true;
}

function writeUnknown(
  connection: SqliteConnection,
  table: CollectionTable,
  fresh: FreshRow,
  searched: string | undefined,
): void {
  const row = connection.first(table.sql.select, [fresh.id]);
  if (row === undefined) {
    insert(connection, table, fresh, searched);
    return;
  }
  const [pk = null, storedDigest = null, ...stored] = row;
  const changes = changesOf(table, stored, fresh);
  const digest = digestOf(searched);
  if (digest !== storedDigest) {
    changes.columns.push('words_digest');
    changes.values.push(digest);
  }
  update(connection, table, changes, { column: 'pk', value: pk });
  if (searched === undefined || digest === storedDigest) return;
  connection.run(table.sql.replaceWords, [pk, wordsText(searched)]);
}

/**
 * The same while the indexes are still left out: one write and no read. The words are left to the
 * building of the indexes.
 */
export function loadRow(
  connection: SqliteConnection,
  table: CollectionTable,
  row: DocumentRow,
  change: DocumentChange,
): void {
  if (row.text === null || change.document === null) {
    connection.first(table.sql.delete, [row.id]);
    return;
  }
  const text = textOf(table, change.document);
  connection.run(table.sql.upsert, [
    row.id,
    digestOf(text),
    ...row.values.map(sqlValueOf),
    row.text,
  ]);
}

/** What the table of search words takes: each word once, parted by spaces. */
export function wordsText(searched: string): string {
  return searchWords(searched).join(' ');
}

function textOf(table: CollectionTable, document: ReadDocument): string | undefined {
  return table.textTable === undefined ? undefined : searchedText(table.definition, document);
}

interface ColumnChanges {
  readonly columns: string[];
  readonly values: SqlValue[];
}

// Only what changed is named: SQLite rewrites each index of a named column, also for an equal
// value.
function changesOf(
  { columns }: CollectionTable,
  stored: Row,
  { values, doc }: Pick<FreshRow, 'values' | 'doc'>,
): ColumnChanges {
  const changes: ColumnChanges = { columns: ['doc'], values: [doc] };
  for (const [i, column] of columns.entries()) {
    const value = values[i] ?? null;
    if (value === (stored[i] ?? null)) continue;
    changes.columns.push(column);
    changes.values.push(value);
  }
  return changes;
}

/** How many rows there were. */
function update(
  connection: SqliteConnection,
  { table }: CollectionTable,
  { columns, values }: ColumnChanges,
  by: { readonly column: 'id' | 'pk'; readonly value: SqlValue },
): number {
  const sql = `UPDATE ${table} SET ${columns.join(' = ?, ')} = ? WHERE ${by.column} = ?`;
  return connection.run(sql, [...values, by.value]);
}

function deleteRow(connection: SqliteConnection, table: CollectionTable, id: string): void {
  const deleted = connection.first(table.sql.delete, [id]);
  if (deleted === undefined || table.textTable === undefined) return;
  connection.run(`DELETE FROM ${table.textTable} WHERE rowid = ?`, [deleted[0] ?? null]);
}

function digestOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  return createHash('sha256').update(text).digest('base64');
}
