import type { ReadDocument } from '@ledgerdesk/kernel';
import { searchedText } from '../document-row';
import type { SqliteConnection } from './sqlite.connection';
import { createIndexes, createTextTable, type CollectionTable } from './sqlite.schema';
import { wordsText } from './sqlite.writer';

/**
 * Documents of one transaction while search words are filled in: other writers get their turn
 * between.
 */
const DOCUMENTS_PER_STEP = 2000;

/**
 * Makes what a deferred generation left out, index by index, so that other writers wait for one of
 * them at most. Begun again after a crash, it starts the search words afresh and keeps the indexes.
 */
export function buildTableIndexes(connection: SqliteConnection, table: CollectionTable): void {
  for (const statement of createIndexes(table)) connection.execute(statement);
  const { textTable } = table;
  if (textTable === undefined) return;
  connection.execute(`DROP TABLE IF EXISTS ${textTable}`);
  connection.execute(createTextTable(textTable));
  let last: number | undefined = 0;
  while (last !== undefined) {
    const after: number = last;
    last = connection.writing(() => fillWords(connection, table, textTable, after));
  }
}

/**
 * Counts how distinct the values of each index are, so that the query planner takes the most
 * selective one. Looks at a bounded sample. The view is made anew because other connections read
 * the counts again only when the schema changes.
 */
export function refreshStatistics(
  connection: SqliteConnection,
  tables: readonly CollectionTable[],
): void {
  connection.writing(() => {
    for (const { table } of tables) connection.execute(`ANALYZE ${table}`);
    connection.execute(
      'DROP VIEW IF EXISTS statistics_renewed; CREATE VIEW statistics_renewed AS SELECT 1',
    );
  });
}

/** The last row that was filled in; undefined when there are no more. */
function fillWords(
  connection: SqliteConnection,
  table: CollectionTable,
  textTable: string,
  after: number,
): number | undefined {
  const rows = connection.all(
    `SELECT pk, doc FROM ${table.table} WHERE pk > ? ORDER BY pk LIMIT ${DOCUMENTS_PER_STEP}`,
    [after],
  );
  const insert = `INSERT INTO ${textTable} (rowid, words) VALUES (?, ?)`;
  for (const [pk, doc] of rows) {
    const document = JSON.parse(String(doc)) as ReadDocument;
    connection.run(insert, [pk ?? null, wordsText(searchedText(table.definition, document))]);
  }
  const last = rows.at(-1)?.[0];
  return last === undefined ? undefined : Number(last);
}
