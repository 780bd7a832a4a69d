import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvent } from '../event-store.port';

/** The columns of {@link EventRow}; to be selected from `events AS e` joined to `streams AS s`. */
export const EVENT_COLUMNS =
  'e.position, e.revision, e.type, lower(hex(e.id)), lower(hex(e.hash)), e.body, s.name';

export type EventRow = [
  position: number,
  revision: number,
  type: number,
  id: string,
  hash: string,
  body: string,
  stream: string,
];

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Nothing that the statement could have given stands behind this page. */
  readonly isLast: boolean;
}

/** A page ends with the event that takes it over this many UTF-16 units of bodies. */
const PAGE_LENGTH_MAX = 4 * 1024 * 1024;

/** Turns rows into events. Types are few and known by reference, so they are not joined. */
export class EventRows {
  private readonly types = new Map<number, string>();
  private readonly selectType: Statement;

  constructor(db: Database) {
    this.selectType = db.prepare('SELECT name FROM types WHERE id = ?').pluck();
  }

  /** As many rows as the statement gives, but no more than asked for and than memory allows. */
  collect(statement: Statement, parameters: readonly unknown[], eventsMax: number): EventPage {
    const events: StoredEvent[] = [];
    let length = 0;
    const rows = statement.iterate(...parameters, eventsMax) as IterableIterator<EventRow>;
    for (const row of rows) {
      events.push(this.toEvent(row));
      length += row[5].length;
      if (length > PAGE_LENGTH_MAX) return { events, isLast: false };
    }
    return { events, isLast: events.length < eventsMax };
  }

  private toEvent([position, revision, type, id, hash, body, stream]: EventRow): StoredEvent {
    return {
      stream,
      revision: BigInt(revision),
      position: BigInt(position),
      id: toUuid(id),
      type: this.typeName(type),
      body,
      hash,
    };
  }

  private typeName(ref: number): string {
    return this.types.get(ref) ?? this.loadType(ref);
  }

  private loadType(ref: number): string {
    const name = this.selectType.get(ref) as string | undefined;
    if (name === undefined) throw missingType(ref);
    this.types.set(ref, name);
    return name;
  }
}

function missingType(ref: number): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.event-store',
    `An event has type number ${ref}, which the table of types does not hold. ` +
      'Keep the file as evidence and restore the last verified backup.',
    { details: { type: ref } },
  );
}

function toUuid(hex: string): string {
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-` +
    `${hex.slice(16, 20)}-${hex.slice(20)}`
  );
}
