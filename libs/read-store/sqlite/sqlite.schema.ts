import type { CollectionDefinition, FieldKind } from '@ledgerdesk/kernel';

/** Layout of the file; another one is `incompatible.read-store`. */
export const LAYOUT = 3;

const LEASES = `
  CREATE TABLE IF NOT EXISTS leases (
    name TEXT PRIMARY KEY,
    holder TEXT,
    token INTEGER NOT NULL,
    beat INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** The tables that every file has. */
const CATALOG = `
  CREATE TABLE IF NOT EXISTS projections (
    name TEXT PRIMARY KEY,
    last_generation INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS generations (
    projection TEXT NOT NULL REFERENCES projections (name),
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    checkpoint TEXT NOT NULL,
    live INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    digest TEXT NOT NULL,
    storage TEXT NOT NULL,
    mark_position TEXT,
    mark_hash TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (projection, generation)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS one_live_generation ON generations (projection) WHERE live = 1;
  ${LEASES}
  PRAGMA user_version = ${LAYOUT};
`;

const ADD_MARKS = `
  ALTER TABLE generations ADD COLUMN mark_position TEXT;
  ALTER TABLE generations ADD COLUMN mark_hash TEXT;
`;
const ADD_FENCES = `
  ALTER TABLE generations ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
  ${LEASES}
  PRAGMA user_version = ${LAYOUT};
`;

/** By the layout that a file has, what brings it to {@link LAYOUT}; 0 is that of an empty file. */
export const UPGRADES: Readonly<Record<number, string>> = {
  0: CATALOG,
  1: ADD_MARKS + ADD_FENCES,
  2: ADD_FENCES,
};

const COLUMN_TYPES: Readonly<Record<FieldKind, string>> = {
  text: 'TEXT',
  number: 'REAL',
  boolean: 'INTEGER',
};

/** A collection of one generation, with its names in SQL, quoted. */
export interface CollectionTable {
  readonly definition: CollectionDefinition;
  readonly table: string;
  /** The table of search words; undefined for a collection without text fields. */
  readonly textTable: string | undefined;
  /** In the order of the declared fields. */
  readonly columns: readonly string[];
  /** Statements that are the same for each document. */
  readonly sql: TableStatements;
}

interface TableStatements {
  /** (id) gives doc. */
  readonly get: string;
  /** (JSON list of ids) gives id and doc of those that are there. */
  readonly getAll: string;
  /** (id) gives pk, words_digest and the columns. */
  readonly select: string;
  /** (id, words_digest, columns, doc); nothing where the id is there already. */
  readonly insert: string;
  /** (id, words_digest, columns, doc) */
  readonly upsert: string;
  /** (id) gives pk. */
  readonly delete: string;
  /** (pk, words) */
  readonly replaceWords: string;
}

/** Names are plain words, checked when the generation was created; quotes are for reserved ones. */
export function collectionTable(
  projection: string,
  generation: number,
  definition: CollectionDefinition,
): CollectionTable {
  const name = `${projection}__g${generation}__${definition.name}`;
  const table = `"${name}"`;
  const columns = Object.keys(definition.fields).map(columnOf);
  const hasText = (definition.textFields ?? []).length > 0;
  const textTable = hasText ? `"${name}__text"` : undefined;
  return { definition, table, textTable, columns, sql: tableStatements(table, textTable, columns) };
}

function tableStatements(
  table: string,
  textTable: string | undefined,
  columns: readonly string[],
): TableStatements {
  const names = ['id', 'words_digest', ...columns, 'doc'];
  const places = names.map(() => '?').join(', ');
  const insert = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`;
  const updates = names.slice(1).map((column) => `${column} = excluded.${column}`);
  return {
    get: `SELECT doc FROM ${table} WHERE id = ?`,
    getAll: `SELECT d.id, d.doc FROM json_each(?) AS w CROSS JOIN ${table} AS d ON d.id = w.value`,
    select: `SELECT ${['pk', 'words_digest', ...columns].join(', ')} FROM ${table} WHERE id = ?`,
    insert: `${insert} ON CONFLICT (id) DO NOTHING`,
    upsert: `${insert} ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')}`,
    delete: `DELETE FROM ${table} WHERE id = ? RETURNING pk`,
    replaceWords: `INSERT OR REPLACE INTO ${textTable ?? table} (rowid, words) VALUES (?, ?)`,
  };
}

/** Column of a declared field. */
export function columnOf(field: string): string {
  return `"f_${field}"`;
}

/**
 * `doc` comes last: a filter that has to look at a row then never touches its overflow pages.
 * `words_digest` tells whether the searched text changed.
 */
export function createTable({ definition, table }: CollectionTable): string {
  const columns = Object.entries(definition.fields).map(
    ([field, kind]) => `${columnOf(field)} ${COLUMN_TYPES[kind]}, `,
  );
  return `CREATE TABLE ${table} (pk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    words_digest TEXT, ${columns.join('')}doc TEXT NOT NULL) STRICT`;
}

/** One index for each field and one for each compound index, all with the id as tie-break. */
export function createIndexes({ definition, table }: CollectionTable): string[] {
  const singles = Object.keys(definition.fields).map((field) => [field]);
  return [...singles, ...(definition.compoundIndexes ?? [])].map((fields) => {
    const name = `"${table.slice(1, -1)}__by__${fields.join('__')}"`;
    const columns = fields.map(columnOf).join(', ');
    return `CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${columns}, id)`;
  });
}

/**
 * Words come folded and parted by spaces, and this tokeniser takes them as they are. Only which
 * document holds which word is kept, neither the text nor the places. Beginnings of up to three
 * letters have entries of their own: many words share them, and to merge all of those is slow.
 */
export function createTextTable(textTable: string): string {
  return `CREATE VIRTUAL TABLE ${textTable} USING fts5(words, content='', contentless_delete=1,
    detail=none, prefix='1 2 3', tokenize='ascii')`;
}

/** What undoes all of the above for one collection. */
export function dropTables({ table, textTable }: CollectionTable): string[] {
  const tables = textTable === undefined ? [table] : [table, textTable];
  return tables.map((name) => `DROP TABLE IF EXISTS ${name}`);
}
