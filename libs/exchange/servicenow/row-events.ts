import type { NewEvent } from '@ledgerdesk/kernel';
import { assign } from './assignment-events';
import { describeIncident, link, prioritise } from './classification-events';
import { emit, type Draft, type ImportedIncident } from './imported-incident';
import { withoutFuture, type KnownRow } from './known-row';
import { mappedChannel, mappedState, type MappedState } from './servicenow.mapping';
import { moveTo } from './state-events';
import { unmappedFields, type UnmappedFields } from './unmapped-fields';
import type { SourceRow } from './source-row';

export interface RowEvents {
  /** At least one. */
  readonly events: readonly NewEvent[];
  readonly incident: ImportedIncident;
  readonly unmapped: UnmappedFields;
}

/** Where a row was read: what the recorded fact refers to. */
export interface RowOrigin {
  /** Name of the ServiceNow instance. */
  readonly source: string;
  /** Line in the file, the header is line 1. */
  readonly line: number;
}

/**
 * The events by which a row differs from the row before it. Each row leaves at least one: where
 * nothing of it maps, or more than maps has changed, the rest is kept as
 * `IncidentImportedRowRecorded`. No event knows more than the row could know when it was written.
 * Pure.
 */
export function rowEvents(
  before: ImportedIncident | null,
  sourceRow: SourceRow,
  origin: RowOrigin,
): RowEvents {
  const row = withoutFuture(sourceRow);
  const previous = before?.row ?? null;
  const draft: Draft = { events: [], incident: before ?? unregistered(row) };
  if (before === null) register(draft, row);
  describeIncident(draft, row, previous);
  prioritise(draft, row, previous);
  link(draft, row, previous);
  const target = targetOf(row, draft.incident);
  assign(draft, row, previous, target.state);
  moveTo(draft, row, target);
  const unmapped = unmappedFields(draft.incident, row, previous);
  if (draft.events.length === 0 || Object.keys(unmapped).length > 0) {
    emit(draft, 'IncidentImportedRowRecorded', {
      row: origin.line,
      source: origin.source,
      sourceVersion: row.version,
      unmapped,
      updatedBy: row.cells.sys_updated_by,
    });
  }
  return { events: draft.events, incident: { ...draft.incident, row }, unmapped };
}

/** Who acted: whoever updated the row; whoever opened the incident where it is the first. */
export function actorOf({ cells }: SourceRow, isFirst: boolean): string {
  const opener = isFirst ? (cells.opened_by ?? cells.sys_created_by) : null;
  return opener ?? cells.sys_updated_by ?? 'unknown';
}

function register(draft: Draft, { cells, number }: KnownRow): void {
  emit(draft, 'IncidentRegistered', {
    caller: cells.caller_id,
    channel: mappedChannel(cells.contact_type),
    configurationItem: cells.cmdb_ci,
    description: null,
    followsUp: null,
    impactBeganAt: null,
    location: cells.location,
    number,
    openedBy: cells.opened_by,
    service: null,
    source: null,
    sourceKey: null,
    splitFrom: null,
    title: null,
  });
}

function targetOf(row: KnownRow, { state, holdReason }: ImportedIncident): MappedState {
  const { incident_state: sourceState, assigned_to: assignee } = row.cells;
  return (
    (sourceState === null ? undefined : mappedState(sourceState, assignee)) ?? { state, holdReason }
  );
}

function unregistered(row: KnownRow): ImportedIncident {
  return {
    row,
    state: 'new',
    holdReason: null,
    reopenCount: 0,
    reassignmentCount: 0,
    impact: null,
    urgency: null,
    priority: null,
    links: {},
    linkCount: 0,
    resolution: null,
    closedAt: null,
  };
}
