import type { ReadDocument } from '@ledgerdesk/kernel';
import { createHash } from 'node:crypto';
import { searchedText, type DocumentRow } from '../document-row';
import type { DocumentChange } from '../read-store.port';
import { searchWords } from '../search-words';
import type { Row, SqliteConnection, SqlValue } from './sqlite.connection';
import { sqlValueOf } from './sqlite.query';
import type { CollectionTable } from './sqlite.schema';

/**
 * Writes one changed document, inside the caller's transaction. Cost: one read and one write, and
 * a write to each index whose columns changed; the words only where the searched text changed.
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
  const text = textOf(table, change.document);
  const digest = text === undefined ? null : digestOf(text);
  const values = row.values.map(sqlValueOf);
  const stored = connection.first(table.sql.select, [row.id]);
  let pk = stored?.[0] ?? null;
  if (stored === undefined) {
    pk = connection.first(table.sql.insert, [row.id, digest, ...values, row.text])?.[0] ?? null;
  } else {
    update(connection, table, stored, { values, digest, text: row.text });
  }
  if (text !== undefined && stored?.[1] !== digest) {
    connection.run(table.sql.replaceWords, [pk, wordsText(text)]);
  }
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
  const digest = text === undefined ? null : digestOf(text);
  connection.run(table.sql.upsert, [row.id, digest, ...row.values.map(sqlValueOf), row.text]);
}

/** What the table of search words takes: each word once, parted by spaces. */
export function wordsText(searched: string): string {
  return searchWords(searched).join(' ');
}

function textOf(table: CollectionTable, document: ReadDocument): string | undefined {
  return table.textTable === undefined ? undefined : searchedText(table.definition, document);
}

function update(
  connection: SqliteConnection,
  { table, columns }: CollectionTable,
  stored: Row,
  fresh: { readonly values: Row; readonly digest: SqlValue; readonly text: string },
): void {
  const { values, digest, text } = fresh;
  // Only what changed is named: SQLite rewrites each index of a named column, also for an equal
  // value.
  let assignments = 'doc = ?, words_digest = ?';
  const parameters: SqlValue[] = [text, digest];
  for (const [i, column] of columns.entries()) {
    const value = values[i] ?? null;
    if (value === stored[i + 2]) continue;
    assignments += `, ${column} = ?`;
    parameters.push(value);
  }
  parameters.push(stored[0] ?? null);
  connection.run(`UPDATE ${table} SET ${assignments} WHERE pk = ?`, parameters);
}

function deleteRow(connection: SqliteConnection, table: CollectionTable, id: string): void {
  const deleted = connection.first(table.sql.delete, [id]);
  if (deleted === undefined || table.textTable === undefined) return;
  connection.run(`DELETE FROM ${table.textTable} WHERE rowid = ?`, [deleted[0] ?? null]);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
