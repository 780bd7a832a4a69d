import { sealEvents, streamOf, uuid5, type Clock } from '@ledgerdesk/engine';
import type { EventStore, EventToAppend, StoredEvent } from '@ledgerdesk/event-store';
import {
  GENESIS_HASH,
  isLedgerdeskError,
  parseSealedEvent,
  type CommandMetadata,
  type EventRegistry,
} from '@ledgerdesk/kernel';
import type { ImportedIncident } from './imported-incident';
import type { IncidentRow, IncidentRows } from './incident-rows';
import { actorOf, rowEvents } from './row-events';
import { servicenowMapping } from './servicenow.mapping';

export interface IncidentImportOptions {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  readonly clock: Clock;
  readonly tenant: string;
  /** Name of the ServiceNow instance. */
  readonly source: string;
}

/** What became of one incident. */
export interface IncidentOutcome {
  readonly appended: number;
  /** Rows that were there already. */
  readonly repeatedRows: number;
  /** Columns that no event told, and how often. */
  readonly unmapped: ReadonlyMap<string, number>;
  /** Why its rows were not imported; absent where they were. */
  readonly refused?: string;
}

const PROCESS = 'incident';
const ORIGIN = {
  kind: 'import',
  id: 'servicenow',
  version: String(servicenowMapping.version),
} as const;

/** How often an append is tried when somebody else writes to the stream, or an answer is lost. */
const TRIES_MAX = 5;

/** The rows of an incident as one writer: what is stored already is left, the rest is appended. */
export class IncidentImport {
  constructor(private readonly options: IncidentImportOptions) {}

  /**
   * Imports the rows that are not there yet: each row's events are stored together or not at all,
   * the same rows again append nothing, and rows that contradict what is stored are refused.
   *
   * @throws LedgerdeskError `unavailable.*`, `limit.*`, `incompatible.event-type`.
   */
  async run(incident: IncidentRows): Promise<IncidentOutcome> {
    const stream = this.streamOf(incident.number);
    for (let tries = 1; ; tries += 1) {
      const stored = await this.storedPart(stream, incident);
      if (stored.refused !== undefined) return refusedBecause(stored.refused);
      if (stored.rows === incident.rows.length) return allStored(incident);
      const planned = this.plan(stream, incident, stored);
      try {
        if (await this.appendAll(stream, stored, planned.batches)) {
          return { ...planned, repeatedRows: stored.rows };
        }
      } catch (error) {
        if (tries >= TRIES_MAX || !isWorthReading(error)) throw error;
      }
    }
  }

  /** The id of the stream is the same in each import of that number from that source. */
  private streamOf(number: string): string {
    const { tenant, source } = this.options;
    return streamOf(PROCESS, uuid5(JSON.stringify([tenant, 'servicenow', source, number])));
  }

  /**
   * How much of the incident is stored: decided by the last event alone where an import wrote it.
   */
  private async storedPart(stream: string, incident: IncidentRows): Promise<StoredPart> {
    const { eventStore } = this.options;
    let last: StoredEvent | undefined;
    for await (const event of eventStore.readStream(stream, { direction: 'backwards', limit: 1 })) {
      last = event;
    }
    if (last === undefined) return NOTHING_STORED;
    const end = { revision: last.revision, hash: last.hash };
    const part = this.partOf(last, incident);
    if (part !== undefined) return { ...end, ...part };
    return this.partBeforeOthers(stream, incident, end);
  }

  /** Somebody went on with the incident here: then all of its rows must be there already. */
  private async partBeforeOthers(
    stream: string,
    incident: IncidentRows,
    end: Pick<StoredPart, 'revision' | 'hash'>,
  ): Promise<StoredPart> {
    let part: Pick<StoredPart, 'rows' | 'refused'> = { rows: 0 };
    for await (const event of this.options.eventStore.readStream(stream)) {
      part = this.partOf(event, incident) ?? part;
    }
    if (part.refused !== undefined || part.rows === incident.rows.length) {
      return { ...end, ...part };
    }
    const refused =
      'the incident was changed here since its last import; new rows would contradict';
    return { ...end, ...part, refused };
  }

  /** Undefined for an event that no import wrote. */
  private partOf(
    event: StoredEvent,
    incident: IncidentRows,
  ): Pick<StoredPart, 'rows' | 'refused'> | undefined {
    const { commandId, commandDigest } = parseSealedEvent(event);
    const prefix = this.commandPrefix(incident.number);
    if (!commandId.startsWith(prefix)) return undefined;
    const index = Number(commandId.slice(prefix.length));
    const rows = incident.rows.findIndex((row) => row.index === index) + 1;
    const row = incident.rows[rows - 1];
    if (row?.digest === commandDigest) return { rows };
    const refused =
      `what is stored of ${incident.number} differs from the rows of this file; ` +
      'an import only goes on where the rows before are the same';
    return { rows: 0, refused };
  }

  private plan(stream: string, { number, rows }: IncidentRows, stored: StoredPart): Plan {
    const unmapped = new Map<string, number>();
    const batches = new Batches(this.options.eventStore.limits);
    const context = { stream, recordedAt: this.options.clock.now().toISOString() };
    let end = { revision: stored.revision, hash: stored.hash };
    let incident: ImportedIncident | null = null;
    for (const [position, row] of rows.entries()) {
      const origin = { source: this.options.source, line: row.line };
      const mapped = rowEvents(incident, row.row, origin);
      incident = mapped.incident;
      if (position < stored.rows) continue;
      for (const column of Object.keys(mapped.unmapped)) {
        unmapped.set(column, (unmapped.get(column) ?? 0) + 1);
      }
      const sealed = sealEvents(mapped.events, this.versionOf, {
        ...context,
        ...end,
        occurredAt: row.row.updatedAt,
        metadata: this.metadataOf(number, row, position === 0),
      });
      batches.add(sealed);
      end = {
        revision: end.revision + BigInt(sealed.length),
        hash: sealed.at(-1)?.hash ?? end.hash,
      };
    }
    return { unmapped, batches: batches.all, appended: Number(end.revision - stored.revision) };
  }

  private readonly versionOf = (type: string): number =>
    this.options.registry.definitionOf(type).version;

  private metadataOf(number: string, row: IncidentRow, isFirst: boolean): CommandMetadata {
    const commandId = `${this.commandPrefix(number)}${row.index}`;
    return {
      tenant: this.options.tenant,
      actor: actorOf(row.row, isFirst),
      onBehalfOf: null,
      origin: ORIGIN,
      correlationId: commandId,
      causationId: null,
      commandId,
      commandDigest: row.digest,
    };
  }

  private commandPrefix(number: string): string {
    return `import:servicenow:${this.options.source}:${number}:`;
  }

  /** False where the store held these ids already: they may be of other rows, so read again. */
  private async appendAll(
    stream: string,
    stored: StoredPart,
    batches: readonly (readonly EventToAppend[])[],
  ): Promise<boolean> {
    let { revision } = stored;
    for (const events of batches) {
      const { repeated } = await this.options.eventStore.append({
        stream,
        expectedRevision: revision < 0n ? 'no-stream' : revision,
        events,
      });
      if (repeated) return false;
      revision += BigInt(events.length);
    }
    return true;
  }
}

interface StoredPart {
  /** Of the last event of the stream; -1 and the genesis hash where there is none. */
  readonly revision: bigint;
  readonly hash: string;
  /** How many of the incident's rows are stored. */
  readonly rows: number;
  readonly refused?: string;
}

interface Plan {
  readonly appended: number;
  readonly unmapped: ReadonlyMap<string, number>;
  readonly batches: readonly (readonly EventToAppend[])[];
}

const NOTHING_STORED: StoredPart = { revision: -1n, hash: GENESIS_HASH, rows: 0 };

/** Cuts a long history into appends that the store takes, never in the middle of a row. */
class Batches {
  readonly all: EventToAppend[][] = [];
  private units = 0;

  constructor(private readonly limits: EventStore['limits']) {}

  add(events: readonly EventToAppend[]): void {
    // A UTF-16 unit takes up to three bytes of UTF-8.
    const units = events.reduce((sum, { body }) => sum + body.length * 3, 0);
    const current = this.all.at(-1);
    const fits =
      current !== undefined &&
      current.length + events.length <= this.limits.batchEventsMax &&
      this.units + units <= this.limits.batchBytesMax;
    if (fits) {
      current.push(...events);
      this.units += units;
    } else {
      this.all.push([...events]);
      this.units = units;
    }
  }
}

function isWorthReading(error: unknown): boolean {
  return (
    isLedgerdeskError(error) &&
    (error.code === 'conflict.revision' || error.kind === 'unknown-outcome')
  );
}

function allStored({ rows }: IncidentRows): IncidentOutcome {
  return { appended: 0, repeatedRows: rows.length, unmapped: new Map() };
}

function refusedBecause(refused: string): IncidentOutcome {
  return { appended: 0, repeatedRows: 0, unmapped: new Map(), refused };
}
