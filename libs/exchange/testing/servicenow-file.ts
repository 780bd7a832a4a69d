import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { createEventRegistry, type EventRegistry } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import {
  parseSourceRow,
  SERVICENOW_COLUMNS,
  type Column,
  type SourceRow,
} from '../servicenow/source-row';

export type RowCells = Partial<Record<Column, string>>;

const TYPICAL: Record<Column, string> = {
  number: 'INC0000001',
  incident_state: 'New',
  active: 'true',
  reassignment_count: '0',
  reopen_count: '0',
  sys_mod_count: '0',
  made_sla: 'true',
  caller_id: 'Caller 1',
  opened_by: 'Opened by  1',
  opened_at: '1/3/2021 08:00',
  sys_created_by: 'Created by 1',
  sys_created_at: '1/3/2021 08:00',
  sys_updated_by: 'Updated by 1',
  sys_updated_at: '1/3/2021 08:00',
  contact_type: 'Phone',
  location: 'Location 1',
  category: 'Category 1',
  subcategory: 'Subcategory 1',
  u_symptom: 'Symptom 1',
  cmdb_ci: '?',
  impact: '2 - Medium',
  urgency: '2 - Medium',
  priority: '3 - Moderate',
  assignment_group: '?',
  assigned_to: '?',
  knowledge: 'false',
  u_priority_confirmation: 'false',
  notify: 'Do Not Notify',
  problem_id: '?',
  rfc: '?',
  vendor: '?',
  caused_by: '?',
  closed_code: '?',
  resolved_by: '?',
  resolved_at: '?',
  closed_at: '?',
};

const ORDER = SERVICENOW_COLUMNS.map((column, index) => ({ column, index }));

/** A row that can be imported, with these cells instead of the typical ones. */
export function servicenowRow(cells: RowCells = {}): SourceRow {
  const row = parseSourceRow(cellsOf(cells), ORDER);
  if ('refused' in row) throw new Error(row.refused);
  return row;
}

/** Writes an incident log with these rows; a text stands for a line as it is. */
export async function writeServiceNowFile(
  file: string,
  rows: readonly (RowCells | string)[],
  { isCompressed = false, header = SERVICENOW_COLUMNS.join(',') } = {},
): Promise<void> {
  const lines = rows.map((row) => (typeof row === 'string' ? row : cellsOf(row).join(',')));
  const text = `${[header, ...lines].join('\n')}\n`;
  await writeFile(file, isCompressed ? gzipSync(text) : text);
}

/** The event types of all processes. */
export function registryOfIncidents(): EventRegistry {
  return createEventRegistry(processes.map(({ events }) => events));
}

function cellsOf(cells: RowCells): readonly string[] {
  return SERVICENOW_COLUMNS.map((column) => cells[column] ?? TYPICAL[column]);
}
