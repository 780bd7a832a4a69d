import { LedgerdeskError } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import {
  listTickets,
  listWork,
  ticketListName,
  WORK,
  type TicketListPage,
  type TicketListQuery,
} from '@ledgerdesk/read-models';
import { parseFilter } from '@ledgerdesk/read-store';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { withReadStores } from '../stores';
import { bringUpToDate } from '../up-to-date';
import { wholeNumber } from '../option-values';
import { answer, type VerbContext } from '../verb';

export interface ListOptions {
  readonly process: string;
  readonly all?: boolean;
  readonly filter?: string;
  readonly text?: string;
  readonly sort?: string;
  readonly limit: string;
  readonly cursor?: string;
}

const WORK_COLUMNS = ['process', 'number', 'title', 'state', 'priority', 'assignee'] as const;

const COLUMNS = [
  'number',
  'state',
  'priority',
  'assignmentGroup',
  'assignee',
  'updatedAt',
] as const;

/** `ledgerdesk list`: one page of the tickets of a process, or of the work of all of them. */
export async function list(context: VerbContext, options: ListOptions): Promise<number> {
  const { location, io } = context;
  if (options.all === true) return listAll(context, options);
  const process = processes.find(({ name }) => name === options.process);
  if (process === undefined) throw unknownProcess(options.process);
  const query = queryOf(options);
  await withReadStores(location, async (stores) => {
    await bringUpToDate(stores, [ticketListName(process)], location, io);
    const page = await listTickets(stores.readStore, process, query);
    answer(context, page, () => asText(page));
  });
  return EXIT.ok;
}

async function listAll(context: VerbContext, options: ListOptions): Promise<number> {
  const { location, io } = context;
  const query = queryOf(options);
  await withReadStores(location, async (stores) => {
    await bringUpToDate(stores, [WORK], location, io);
    const page = await listWork(stores.readStore, query);
    answer(context, page, () => asText(page, WORK_COLUMNS));
  });
  return EXIT.ok;
}

function asText(
  { items, nextCursor, total = 0 }: TicketListPage,
  columns: readonly string[] = COLUMNS,
): string {
  const rows = items.map((item) => columns.map((column) => item[column]));
  const more = nextCursor === null ? '' : `; more with --cursor ${nextCursor}`;
  return `${toTable(columns, rows)}${items.length} of ${total}${more}\n`;
}

function queryOf(options: ListOptions): TicketListQuery {
  const { filter, text, sort, cursor } = options;
  return {
    isTotalWanted: true,
    limit: wholeNumber('--limit', options.limit),
    ...(filter !== undefined && { filter: filterOf(filter) }),
    ...(text !== undefined && { text }),
    ...(sort !== undefined && { sort: sortOf(sort) }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** `priority=1`, `state=on-hold,assignee=Ann`, or the JSON of a filter. */
function filterOf(text: string): Readonly<Record<string, unknown>> {
  if (text.startsWith('{')) return parseFilter(jsonOf(text));
  const filter: [string, unknown][] = text.split(',').map((term) => {
    const [field, value] = [term.slice(0, term.indexOf('=')), term.slice(term.indexOf('=') + 1)];
    if (!term.includes('=') || field === '') throw malformedFilter(text);
    return [field, scalarOf(value)];
  });
  return parseFilter(Object.fromEntries(filter));
}

function scalarOf(text: string): string | number | boolean | null {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : text;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedFilter(text);
  }
}

function sortOf(text: string): NonNullable<TicketListQuery['sort']> {
  return text.startsWith('-')
    ? { field: text.slice(1), direction: 'descending' }
    : { field: text, direction: 'ascending' };
}

function malformedFilter(text: string): LedgerdeskError {
  return new LedgerdeskError(
    'malformed.option',
    `"${text.slice(0, 100)}" is no filter; give field=value pairs with commas between, or the ` +
      'JSON of a filter such as {"priority":{"$lte":2}}',
    { details: { option: '--filter' } },
  );
}

function unknownProcess(name: string): LedgerdeskError {
  const known = processes.map((process) => process.name);
  return new LedgerdeskError(
    'missing.process',
    `there is no process ${name}; give one of ${known.join(', ')}`,
    { details: { process: name, known } },
  );
}
