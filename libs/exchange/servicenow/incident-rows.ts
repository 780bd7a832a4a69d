import { sha256 } from '@ledgerdesk/engine';
import type { GoodLine, ReadLine } from './servicenow-csv';
import type { SourceRow } from './source-row';

/** One good row of an incident. */
export interface IncidentRow {
  readonly line: number;
  /** Its place among the rows of the incident, refused ones counted, from 0. */
  readonly index: number;
  readonly row: SourceRow;
  /** SHA-256 over this row and all good rows before it: two equal ones mean an equal history. */
  readonly digest: string;
}

/** The rows of one incident that stand together in the file. */
export interface IncidentRows {
  readonly number: string;
  readonly rows: readonly IncidentRow[];
}

export interface RefusedLine {
  readonly line: number;
  readonly number: string | null;
  readonly reason: string;
}

/** Rows of one incident that are held in memory. A longer history is cut off and refused. */
const INCIDENT_ROWS_MAX = 10_000;

/** Groups lines into incidents, one at a time. `seed` stands for what else decides the events. */
export class IncidentRowGroups {
  private number: string | null = null;
  private rows: IncidentRow[] = [];
  private seen = 0;

  constructor(
    private readonly seed: string,
    private readonly onRefused: (refused: RefusedLine) => void,
  ) {}

  /** Takes the next line; gives the incident before it once it is complete. */
  next(read: ReadLine): IncidentRows | undefined {
    const number = 'row' in read ? read.row.number : read.number;
    const complete = number === null || number === this.number ? undefined : this.flush();
    if (number !== null) this.number = number;
    if ('refused' in read) {
      this.onRefused({ line: read.line, number, reason: read.refused });
    } else if (this.rows.length === INCIDENT_ROWS_MAX) {
      const reason = `the incident has more than ${INCIDENT_ROWS_MAX} rows`;
      this.onRefused({ line: read.line, number, reason });
    } else {
      this.rows.push(this.chained(read));
    }
    if (number !== null) this.seen += 1;
    return complete;
  }

  /** The last incident, once the file has ended. */
  flush(): IncidentRows | undefined {
    const { number, rows } = this;
    this.number = null;
    this.rows = [];
    this.seen = 0;
    return number === null || rows.length === 0 ? undefined : { number, rows };
  }

  private chained({ line, row, text }: GoodLine): IncidentRow {
    const before = this.rows.at(-1)?.digest ?? this.seed;
    return { line, index: this.seen, row, digest: sha256(`${before}\n${text}`) };
  }
}
