import { mappedState, servicenowMapping } from './servicenow.mapping';

/** The columns of the incident log, in the order in which ServiceNow exports them. */
export const SERVICENOW_COLUMNS = [
  'number',
  'incident_state',
  'active',
  'reassignment_count',
  'reopen_count',
  'sys_mod_count',
  'made_sla',
  'caller_id',
  'opened_by',
  'opened_at',
  'sys_created_by',
  'sys_created_at',
  'sys_updated_by',
  'sys_updated_at',
  'contact_type',
  'location',
  'category',
  'subcategory',
  'u_symptom',
  'cmdb_ci',
  'impact',
  'urgency',
  'priority',
  'assignment_group',
  'assigned_to',
  'knowledge',
  'u_priority_confirmation',
  'notify',
  'problem_id',
  'rfc',
  'vendor',
  'caused_by',
  'closed_code',
  'resolved_by',
  'resolved_at',
  'closed_at',
] as const;

export type Column = (typeof SERVICENOW_COLUMNS)[number];

/** One row as the source wrote it. `?` stands for nothing, here null; times are ISO 8601 in UTC. */
export interface SourceRow {
  readonly cells: Readonly<Record<Column, string | null>>;
  readonly number: string;
  readonly updatedAt: string;
  readonly impact: number | null;
  readonly urgency: number | null;
  readonly priority: number | null;
  readonly reassignmentCount: number;
  readonly reopenCount: number;
  readonly version: number | null;
}

/** Where each column stands in a file. */
export type ColumnOrder = readonly { readonly column: Column; readonly index: number }[];

const TIME_COLUMNS: readonly Column[] = [
  'opened_at',
  'sys_created_at',
  'sys_updated_at',
  'resolved_at',
  'closed_at',
];
const MISSING = '?';
const NUMBER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const TIME = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/;
const LEVEL = /^([1-9]) - \S/;
const COUNT = /^\d{1,9}$/;
const CELL_LENGTH_MAX = 1000;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reads the cells of a row. Gives the reason where it cannot be imported. */
export function parseSourceRow(
  cells: readonly string[],
  columns: ColumnOrder,
): SourceRow | { readonly refused: string } {
  const row = {} as Record<Column, string | null>;
  for (const { column, index } of columns) {
    const cell = cells[index] ?? MISSING;
    if (cell.length > CELL_LENGTH_MAX || !cell.isWellFormed()) {
      return refused(`${column} is not text of at most ${CELL_LENGTH_MAX} characters`);
    }
    row[column] = cell === MISSING || cell === '' ? null : cell;
  }
  return rowOfCells(row);
}

function rowOfCells(cells: Record<Column, string | null>): SourceRow | { refused: string } {
  const { number } = cells;
  if (number === null || !NUMBER.test(number)) {
    return refused(`number is ${shown(number)}; give one such as INC0000045`);
  }
  for (const column of TIME_COLUMNS) {
    const cell = cells[column];
    if (cell === null) continue;
    const time = parseTime(cell);
    if (time === undefined) return refused(`${column} is ${shown(cell)}; give d/m/yyyy HH:MM`);
    cells[column] = time;
  }
  const updatedAt = cells.sys_updated_at;
  if (updatedAt === null) return refused('sys_updated_at is missing; give d/m/yyyy HH:MM');
  const fault = stateFault(cells.incident_state) ?? levelFault(cells) ?? countFault(cells);
  if (fault !== undefined) return refused(fault);
  return {
    cells,
    number,
    updatedAt,
    impact: levelOf(cells.impact),
    urgency: levelOf(cells.urgency),
    priority: levelOf(cells.priority),
    reassignmentCount: Number(cells.reassignment_count ?? 0),
    reopenCount: Number(cells.reopen_count ?? 0),
    version: cells.sys_mod_count === null ? null : Number(cells.sys_mod_count),
  };
}

function stateFault(state: string | null): string | undefined {
  const { states, invalidStates } = servicenowMapping.value;
  const isKnown =
    state !== null && (mappedState(state, null) !== undefined || invalidStates.includes(state));
  if (isKnown) return undefined;
  return `incident_state is ${shown(state)}; give one of ${Object.keys(states).join(', ')}`;
}

function levelFault(cells: Record<Column, string | null>): string | undefined {
  for (const column of ['impact', 'urgency', 'priority'] as const) {
    const cell = cells[column];
    if (cell !== null && !LEVEL.test(cell)) {
      return `${column} is ${shown(cell)}; give a level such as 2 - Medium`;
    }
  }
  return undefined;
}

function countFault(cells: Record<Column, string | null>): string | undefined {
  for (const column of ['reassignment_count', 'reopen_count', 'sys_mod_count'] as const) {
    const cell = cells[column];
    if (cell !== null && !COUNT.test(cell)) {
      return `${column} is ${shown(cell)}; give a whole number`;
    }
  }
  return undefined;
}

/** `29/2/2016 01:16` as ISO 8601 in UTC; undefined for what is no such time. */
export function parseTime(text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, day = '', month = '', year = '', hours = '', minutes = ''] = match;
  const last = DAYS_OF_MONTH[Number(month) - 1] ?? 0;
  const isLeapDay = month === '2' || month === '02' ? isLeapYear(Number(year)) : false;
  const isDay = Number(day) >= 1 && Number(day) <= last + (isLeapDay ? 1 : 0);
  if (!isDay || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return `${date}T${hours.padStart(2, '0')}:${minutes}:00.000Z`;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function levelOf(cell: string | null): number | null {
  return cell === null ? null : Number(cell.charAt(0));
}

function refused(reason: string): { readonly refused: string } {
  return { refused: reason };
}

function shown(cell: string | null): string {
  return cell === null ? 'missing' : JSON.stringify(cell.slice(0, 60));
}
