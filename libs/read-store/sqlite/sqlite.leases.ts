import type { Lease, LeaseStore } from '../lease.port';
import type { Row, SqliteConnection } from './sqlite.connection';

const COLUMNS = 'name, holder, token, beat';

/** Leases among the processes that have the file open. */
export class SqliteLeases implements LeaseStore {
  constructor(private readonly connection: SqliteConnection) {}

  async list(): Promise<readonly Lease[]> {
    return this.connection.all(`SELECT ${COLUMNS} FROM leases ORDER BY name`).map(leaseOf);
  }

  async take(name: string, holder: string, seen: Lease | undefined): Promise<Lease | undefined> {
    const row =
      seen === undefined
        ? this.connection.first(
            `INSERT INTO leases (${COLUMNS}) VALUES (?, ?, 1, 0)
             ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
            [name, holder],
          )
        : this.connection.first(
            `UPDATE leases SET holder = ?, token = token + 1, beat = 0
             WHERE name = ? AND token = ? AND beat = ? RETURNING ${COLUMNS}`,
            [holder, name, seen.token, seen.beat],
          );
    return row && leaseOf(row);
  }

  async renew(holder: string): Promise<readonly Lease[]> {
    const sql = `UPDATE leases SET beat = beat + 1 WHERE holder = ? RETURNING ${COLUMNS}`;
    const renewed = this.connection.all(sql, [holder]).map(leaseOf);
    return renewed.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async release(holder: string, names: readonly string[]): Promise<void> {
    this.connection.writing(() => {
      const sql = 'UPDATE leases SET holder = NULL, beat = beat + 1 WHERE name = ? AND holder = ?';
      for (const name of names) this.connection.run(sql, [name, holder]);
    });
  }
}

function leaseOf([name, holder, token, beat]: Row): Lease {
  return {
    name: String(name),
    holder: holder === null || holder === undefined ? null : String(holder),
    token: Number(token),
    beat: Number(beat),
  };
}
