import { systemClock, type Clock } from '@ledgerdesk/engine';
import type { EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type EventRegistry } from '@ledgerdesk/kernel';
import { IncidentImport, type IncidentOutcome } from './incident-import';
import { IncidentRowGroups, type IncidentRows, type RefusedLine } from './incident-rows';
import { readServiceNowCsv } from './servicenow-csv';
import { servicenowMapping } from './servicenow.mapping';

export interface ServiceNowImportOptions {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  /** Path of the CSV file, plain or gzip. */
  readonly file: string;
  /** Name of the ServiceNow instance: part of each incident's id. Default `servicenow`. */
  readonly source?: string;
  readonly tenant?: string;
  readonly clock?: Clock;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ImportProgress {
  /** Of the file, compressed where it is. */
  readonly bytesRead: number;
  readonly rows: number;
  readonly events: number;
}

export interface ImportReport {
  readonly file: string;
  readonly source: string;
  /** Rows read, the header not counted. */
  readonly rows: number;
  readonly incidents: number;
  readonly eventsAppended: number;
  /** Rows that an earlier run had imported. */
  readonly rowsRepeated: number;
  readonly rowsRefused: number;
  /** In the order in which they were found; at most {@link REFUSED_LISTED_MAX}. */
  readonly refused: readonly RefusedLine[];
  /** How often each column said something that no event tells. */
  readonly unmapped: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly eventsPerSecond: number;
}

/** Refused rows that a report lists; further ones are only counted. */
export const REFUSED_LISTED_MAX = 1000;

/** Incidents that are on their way to the disk at a time; the store commits them in groups. */
const IN_FLIGHT_MAX = 128;

const PROGRESS_ROWS = 500;
const SOURCE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/**
 * Imports an incident log of ServiceNow. Each row becomes the events by which it differs from the
 * row before it, at its own time and by its own actor. Rows that cannot be read are refused one by
 * one, the rest goes on. Running it again, also after it was killed, appends what is missing and
 * nothing twice. Memory: one part of the file and the incidents in flight.
 *
 * @throws LedgerdeskError `invalid.import-source`, `missing.import-file`, `malformed.import-
 * header`, `malformed.import-truncated`, `malformed.import-file`, `unavailable.*`; what was
 * appended before stays.
 */
export async function importServiceNow(options: ServiceNowImportOptions): Promise<ImportReport> {
  return new Run(options).all();
}

class Run {
  private readonly clock: Clock;
  private readonly source: string;
  private readonly startedMs: number;
  private readonly incidentImport: IncidentImport;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly refused: RefusedLine[] = [];
  private readonly unmapped = new Map<string, number>();
  private failure: { readonly error: unknown } | undefined;
  private bytesRead = 0;
  private rows = 0;
  private incidents = 0;
  private eventsAppended = 0;
  private rowsRepeated = 0;
  private rowsRefused = 0;

  constructor(private readonly options: ServiceNowImportOptions) {
    const { eventStore, registry, tenant = 'default', source = 'servicenow' } = options;
    if (!SOURCE.test(source)) throw invalidSource(source);
    this.clock = options.clock ?? systemClock;
    this.source = source;
    this.startedMs = this.clock.now().getTime();
    const { clock } = this;
    this.incidentImport = new IncidentImport({ eventStore, registry, clock, tenant, source });
  }

  async all(): Promise<ImportReport> {
    const groups = new IncidentRowGroups(this.seed(), (refused) => this.refuse(refused));
    try {
      for await (const line of this.lines()) {
        this.countRow();
        const complete = groups.next(line);
        if (complete !== undefined) await this.take(complete);
      }
      const last = groups.flush();
      if (last !== undefined) await this.take(last);
    } finally {
      await Promise.all(this.inFlight);
    }
    this.throwFailure();
    this.tellProgress();
    return this.report();
  }

  private lines(): ReturnType<typeof readServiceNowCsv> {
    const { file, signal } = this.options;
    return readServiceNowCsv(file, {
      onBytes: (bytes) => (this.bytesRead += bytes),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Events depend on the mapping: rows that another version imported are not the same history. */
  private seed(): string {
    return `${servicenowMapping.name} ${servicenowMapping.version}`;
  }

  private async take(incident: IncidentRows): Promise<void> {
    this.options.signal?.throwIfAborted();
    while (this.inFlight.size >= IN_FLIGHT_MAX) await Promise.race(this.inFlight);
    this.throwFailure();
    const running: Promise<void> = this.import(incident).finally(() => {
      this.inFlight.delete(running);
    });
    this.inFlight.add(running);
  }

  /** Never rejects: a failure stops the reading at its next step. */
  private async import(incident: IncidentRows): Promise<void> {
    try {
      this.count(incident, await this.incidentImport.run(incident));
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private count(incident: IncidentRows, outcome: IncidentOutcome): void {
    if (outcome.refused !== undefined) {
      for (const { line } of incident.rows) {
        this.refuse({ line, number: incident.number, reason: outcome.refused });
      }
      return;
    }
    this.incidents += 1;
    this.eventsAppended += outcome.appended;
    this.rowsRepeated += outcome.repeatedRows;
    for (const [column, times] of outcome.unmapped) {
      this.unmapped.set(column, (this.unmapped.get(column) ?? 0) + times);
    }
  }

  private refuse(refused: RefusedLine): void {
    this.rowsRefused += 1;
    if (this.refused.length < REFUSED_LISTED_MAX) this.refused.push(refused);
  }

  private countRow(): void {
    this.rows += 1;
    if (this.rows % PROGRESS_ROWS === 0) this.tellProgress();
  }

  private tellProgress(): void {
    const { bytesRead, rows, eventsAppended: events } = this;
    this.options.onProgress?.({ bytesRead, rows, events });
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private report(): ImportReport {
    const durationMs = Math.max(this.clock.now().getTime() - this.startedMs, 0);
    return {
      file: this.options.file,
      source: this.source,
      rows: this.rows,
      incidents: this.incidents,
      eventsAppended: this.eventsAppended,
      rowsRepeated: this.rowsRepeated,
      rowsRefused: this.rowsRefused,
      refused: this.refused,
      unmapped: Object.fromEntries([...this.unmapped].sort(([a], [b]) => (a < b ? -1 : 1))),
      durationMs,
      eventsPerSecond: Math.round((this.eventsAppended * 1000) / Math.max(durationMs, 1)),
    };
  }
}

function invalidSource(source: string): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.import-source',
    `${JSON.stringify(source.slice(0, 60))} cannot name a source; ` +
      'give 1 to 60 letters, digits, dots, dashes or underscores',
    { details: { source: source.slice(0, 60) } },
  );
}
