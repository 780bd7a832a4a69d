import type { Column, SourceRow } from './source-row';

/**
 * A row without what could not be known yet when it was written. The export fills the columns that
 * describe the end of an incident into all of its rows: from the first row on they tell its future.
 */
export type KnownRow = SourceRow;

const ENDED: ReadonlySet<string | null> = new Set(['Resolved', 'Closed']);

/**
 * Takes the future out of a row: what describes the resolution is known from the row on in which
 * the incident is resolved, and not before the time of that resolution; a time that lies behind the
 * row is known later. Pure.
 */
export function withoutFuture(row: SourceRow): KnownRow {
  const { cells, updatedAt } = row;
  const isClosed = cells.incident_state === 'Closed';
  const isResolutionKnown =
    isClosed || (ENDED.has(cells.incident_state) && isPast(cells.resolved_at, updatedAt));
  const hidden: Partial<Record<Column, null>> = {};
  if (!isPast(cells.opened_at, updatedAt)) hidden.opened_at = null;
  if (!isPast(cells.sys_created_at, updatedAt)) hidden.sys_created_at = null;
  if (!isResolutionKnown) {
    hidden.closed_code = null;
    hidden.resolved_by = null;
  }
  if (!isResolutionKnown || !isPast(cells.resolved_at, updatedAt)) hidden.resolved_at = null;
  if (!isClosed || !isPast(cells.closed_at, updatedAt)) hidden.closed_at = null;
  return { ...row, cells: { ...cells, ...hidden } };
}

function isPast(time: string | null, now: string): boolean {
  return time === null || time <= now;
}
