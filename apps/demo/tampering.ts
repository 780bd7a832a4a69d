import Database from 'better-sqlite3';
import { join } from 'node:path';

export interface AlteredByte {
  readonly position: number;
  readonly stream: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Plays an administrator who edits the database file behind the engine's back: one letter of one
 * stored event, by plain SQL, after disarming the trigger that forbids it. It exists to be found
 * out by `ledgerdesk verify`.
 */
export class Tampering {
  private readonly database: Database.Database;

  constructor(directory: string) {
    this.database = new Database(join(directory, 'events.sqlite'), { fileMustExist: true });
  }

  /** Makes `dolved-…` of the `solved-…` in the resolution code of one resolved incident. */
  alterOneByte(): AlteredByte {
    const row = this.database
      .prepare(
        `SELECT e.position, s.name AS stream, e.body
           FROM events e JOIN streams s ON s.id = e.stream JOIN types t ON t.id = e.type
          WHERE t.name = 'IncidentResolved' ORDER BY e.position LIMIT 1 OFFSET 20`,
      )
      .get() as { position: number; stream: string; body: string };
    const altered = row.body.replace('"solved-', '"dolved-');
    this.write(row.position, altered);
    return {
      position: row.position,
      stream: row.stream,
      before: quoted(row.body, 'solved-'),
      after: quoted(altered, 'dolved-'),
    };
  }

  restore(altered: AlteredByte): void {
    const body = this.database
      .prepare('SELECT body FROM events WHERE position = ?')
      .pluck()
      .get(altered.position) as string;
    this.write(altered.position, body.replace('"dolved-', '"solved-'));
  }

  close(): void {
    this.database.close();
  }

  private write(position: number, body: string): void {
    const trigger = 'events_are_never_changed';
    const definition = this.database
      .prepare('SELECT sql FROM sqlite_schema WHERE name = ?')
      .pluck()
      .get(trigger) as string;
    this.database
      .transaction(() => {
        this.database.exec(`DROP TRIGGER ${trigger}`);
        this.database.prepare('UPDATE events SET body = ? WHERE position = ?').run(body, position);
        this.database.exec(definition);
      })
      .immediate();
  }
}

function quoted(body: string, word: string): string {
  const at = body.indexOf(`"${word}`);
  return body.slice(at, body.indexOf('"', at + 1) + 1);
}
