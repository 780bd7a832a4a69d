import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Database } from 'better-sqlite3';

/** Marks the file as an event store of Ledgerdesk in its header: "LDES" in ASCII. */
const APPLICATION_ID = 0x4c444553;
const SCHEMA_VERSION = 1;

// The head of a stream is not stored: the unique index finds it with one seek, and a column for it
// would make each append write one more page.
// Ids are unique within a stream, not over the log: the index on both keeps the entries of a
// stream side by side, where one on random ids alone would write a page of its own for each event.
const SCHEMA = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE categories (
    name TEXT PRIMARY KEY,
    streams INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE types (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    type INTEGER NOT NULL,
    id BLOB NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_revision ON events (stream, revision);
  CREATE UNIQUE INDEX events_by_id ON events (stream, id);
  CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
  CREATE TABLE stream_metadata (
    stream TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Creates the schema in a new, empty file; otherwise checks it as {@link verifySchema} does, and
 * that no stream was taken away or added.
 */
export function prepareSchema(db: Database): void {
  const isNew = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (isNew && header(db, 'application_id') === 0 && header(db, 'user_version') === 0) {
    db.transaction(() => {
      db.exec(SCHEMA);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${SCHEMA_VERSION}`);
    }).immediate();
  }
  verifySchema(db);
  verifyCounts(db);
}

/**
 * Cheap checks on opening, of a cost that does not grow with the log. Errors:
 * `incompatible.event-store` for a file of another application or of a newer build,
 * `corrupt.event-store` for one whose newest event its indexes do not find. Counts that do not fit
 * stop writers alone: an auditor must be able to read what is left, and to name what was altered.
 */
export function verifySchema(db: Database): void {
  const application = header(db, 'application_id');
  if (application !== APPLICATION_ID) {
    throw new LedgerdeskError(
      'incompatible.event-store',
      `${db.name} is an SQLite file, but no event store of Ledgerdesk ` +
        `(application id ${application}, expected ${APPLICATION_ID}). Name another directory.`,
      { details: { file: db.name, application } },
    );
  }
  const version = header(db, 'user_version');
  if (version !== SCHEMA_VERSION) {
    throw new LedgerdeskError(
      'incompatible.event-store',
      `${db.name} has schema version ${version}; this build knows version ${SCHEMA_VERSION}. ` +
        'Run the build that wrote it, or a newer one.',
      { details: { file: db.name, version, known: SCHEMA_VERSION } },
    );
  }
  verifyNewest(db);
}

// Streams are numbered without gaps and never deleted, so the newest number is their count.
function verifyCounts(db: Database): void {
  const isWhole = db
    .prepare(
      `SELECT (SELECT coalesce(max(id), 0) FROM streams) =
              (SELECT coalesce(sum(streams), 0) FROM categories)`,
    )
    .pluck()
    .get();
  if (isWhole !== 1) throw contradiction(db, 'the streams are not as many as were counted');
}

// The newest event must be found by both of its indexes.
function verifyNewest(db: Database): void {
  const isFound = db
    .prepare(
      `SELECT NOT EXISTS (
        SELECT 1 FROM (SELECT * FROM events ORDER BY position DESC LIMIT 1) AS newest
        WHERE NOT EXISTS (SELECT 1 FROM events INDEXED BY events_by_revision
            WHERE stream = newest.stream AND revision = newest.revision)
          OR NOT EXISTS (SELECT 1 FROM events INDEXED BY events_by_id
            WHERE stream = newest.stream AND id = newest.id)
          OR NOT EXISTS (SELECT 1 FROM streams WHERE streams.id = newest.stream)
          OR NOT EXISTS (SELECT 1 FROM types WHERE types.id = newest.type))`,
    )
    .pluck()
    .get();
  if (isFound !== 1) throw contradiction(db, 'the newest event does not fit the indexes');
}

function contradiction(db: Database, what: string): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.event-store',
    `${db.name} contradicts itself: ${what}. Run \`ledgerdesk verify\`, keep the file as evidence ` +
      'and restore the last verified backup.',
    { details: { file: db.name } },
  );
}

function header(db: Database, name: 'application_id' | 'user_version'): number {
  return db.pragma(name, { simple: true }) as number;
}
