import type { ImportedIncident } from './imported-incident';
import type { KnownRow } from './known-row';
import { mappedChannel, mappedState } from './servicenow.mapping';
import type { Column } from './source-row';

/** What a row says that no event does: from what the events let expect to what the row has. */
export type UnmappedFields = Readonly<Record<string, UnmappedField>>;

interface UnmappedField {
  readonly from: string | null;
  readonly to: string | null;
}

/** Columns without an event: recorded whenever they change. */
const FACTS_ALONE = [
  'made_sla',
  'knowledge',
  'u_priority_confirmation',
  'notify',
  'opened_at',
  'sys_created_by',
  'sys_created_at',
] as const satisfies readonly Column[];

/** Compares the row with what its events, up to and with its own, let a reader expect. Pure. */
export function unmappedFields(
  incident: ImportedIncident,
  row: KnownRow,
  previous: KnownRow | null,
): UnmappedFields {
  const fields: Record<string, UnmappedField> = {};
  const compare = (column: Column, from: string | null): void => {
    const to = row.cells[column];
    if (from !== to) fields[column] = { from, to };
  };
  for (const column of FACTS_ALONE) compare(column, previous?.cells[column] ?? null);
  compare('contact_type', previous === null ? toldChannel(row) : previous.cells.contact_type);
  compare('opened_by', previous === null ? row.cells.opened_by : previous.cells.opened_by);
  compare('active', incident.state === 'closed' ? 'false' : 'true');
  compare('incident_state', expectedState(row, previous));
  compare('reassignment_count', String(incident.reassignmentCount));
  compare('reopen_count', String(incident.reopenCount));
  compare('sys_mod_count', expectedVersion(previous));
  compareLevels(incident, row, previous, compare);
  compareEnd(incident, row, previous, compare);
  return fields;
}

/** The registration tells a contact type that has a channel of its own. */
function toldChannel({ cells }: KnownRow): string | null {
  return mappedChannel(cells.contact_type) === 'other' ? null : cells.contact_type;
}

/** A state that maps is told by the events; an invalid one, and the way out of it, is not. */
function expectedState(row: KnownRow, previous: KnownRow | null): string | null {
  const isTold = [row, previous ?? row].every(
    ({ cells }) => cells.incident_state !== null && mappedState(cells.incident_state, null),
  );
  return isTold ? row.cells.incident_state : (previous?.cells.incident_state ?? null);
}

/** A version is one more than the one before, unless versions were not exported. */
function expectedVersion(previous: KnownRow | null): string | null {
  if (previous === null) return '0';
  return previous.version === null ? null : String(previous.version + 1);
}

type Compare = (column: Column, from: string | null) => void;

/** Levels without a cell in the matrix have no event; told once, when they change. */
function compareLevels(
  incident: ImportedIncident,
  row: KnownRow,
  previous: KnownRow | null,
  compare: Compare,
): void {
  for (const level of ['impact', 'urgency', 'priority'] as const) {
    const isNew = row[level] !== (previous?.[level] ?? null);
    if (isNew && row[level] !== incident[level]) compare(level, previous?.cells[level] ?? null);
  }
}

/** What the row says of the end of the incident, where the events say otherwise; told once. */
function compareEnd(
  { resolution, closedAt }: ImportedIncident,
  { cells }: KnownRow,
  previous: KnownRow | null,
  compare: Compare,
): void {
  const told = {
    resolved_at: resolution?.at,
    closed_code: resolution?.code,
    resolved_by: resolution?.by,
    closed_at: closedAt,
  };
  for (const column of ['resolved_at', 'closed_code', 'resolved_by', 'closed_at'] as const) {
    const isNew = cells[column] !== (previous?.cells[column] ?? null);
    if (isNew && cells[column] !== null) compare(column, told[column] ?? null);
  }
}
