import { isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';
import type { HttpLimits } from '../http-api.options';
import { problemOf, type Problem, type ProblemDocument } from '../problem/problem-document';
import type { CommandHeaders } from '../request/command-headers';
import { checkedTicket } from '../request/ticket-parameter';
import type { CommandAnswer } from './command-answer';
import type { CommandRoute } from './command-route';
import type { DryRunAnswer } from './dry-run-answer';
import type { IncomingCommand } from './command-sender';

/** What became of one row, at the row's own place in the answer. */
export interface BulkRowAnswer {
  readonly row: number;
  /** The status that the command would have had alone. */
  readonly status: number;
  readonly body: CommandAnswer | DryRunAnswer | ProblemDocument;
}

export interface BulkOptions {
  readonly routes: ReadonlyMap<string, CommandRoute>;
  readonly limits: Pick<HttpLimits, 'bulkRowsMax' | 'bulkRowsAtOnce'>;
  /** Of the whole request: rows without a key of their own get `<key>:<row>`. */
  readonly idempotencyKey: string;
  readonly headers: CommandHeaders;
  readonly path: string;
  /** Sends a row, or runs it dry. */
  readonly send: (incoming: IncomingCommand) => Promise<CommandAnswer | DryRunAnswer>;
  /** Logs what a client gets no particulars of. */
  readonly onInternalProblem: (problem: Problem, error: unknown) => void;
  readonly newId: () => string;
}

interface BulkRow {
  readonly row: number;
  readonly command: unknown;
  readonly ticket: string | undefined;
  readonly body: unknown;
  readonly idempotencyKey: string;
  readonly expectedRevision: bigint | undefined;
}

const KEY = /^[\x21-\x7e]{1,200}$/;
const REVISION = /^(?:0|[1-9]\d{0,17})$/;

/**
 * Runs a list of commands. Each row stands alone: one that is refused leaves the others as they
 * are. Rows to one ticket run in their order, rows to different tickets side by side.
 *
 * @throws LedgerdeskError `malformed.body`, `limit.bulk-size`; what is wrong with a row is that
 * row's answer.
 */
export async function runBulk(
  body: unknown,
  options: BulkOptions,
): Promise<readonly BulkRowAnswer[]> {
  const rows = rowsOf(body, options.limits.bulkRowsMax);
  const answers: BulkRowAnswer[] = [];
  const lanes = lanesOf(rows, options.idempotencyKey);
  const next = lanes[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let lane = next.next(); lane.done !== true; lane = next.next()) {
      for (const { row, value } of lane.value) answers[row] = await runRow(row, value, options);
    }
  };
  await Promise.all(Array.from({ length: options.limits.bulkRowsAtOnce }, worker));
  return answers;
}

interface RawRow {
  readonly row: number;
  readonly value: unknown;
}

function rowsOf(body: unknown, rowsMax: number): readonly unknown[] {
  if (!Array.isArray(body)) {
    throw new LedgerdeskError(
      'malformed.body',
      'send a list of rows: [{ "command": "resolve", "ticket": "INC-000001", "body": { … } }]',
    );
  }
  if (body.length > rowsMax) {
    throw new LedgerdeskError(
      'limit.bulk-size',
      `${body.length} rows are more than the ${rowsMax} of one request; send several requests`,
      { details: { rows: body.length, rowsMax } },
    );
  }
  return body;
}

// One lane for each ticket, in the order of first mention; what begins a ticket has its own.
function lanesOf(rows: readonly unknown[], idempotencyKey: string): Iterable<readonly RawRow[]> {
  const lanes = new Map<string, RawRow[]>();
  for (const [row, value] of rows.entries()) {
    const ticket = isRecord(value) ? value['ticket'] : undefined;
    const name = typeof ticket === 'string' ? ticket.toLowerCase() : `${idempotencyKey}:${row}`;
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [{ row, value }]);
    else lane.push({ row, value });
  }
  return lanes.values();
}

async function runRow(row: number, value: unknown, options: BulkOptions): Promise<BulkRowAnswer> {
  try {
    const read = readRow(row, value, options);
    const route = routeOf(read.command, read.ticket, options);
    const body = await options.send({
      route,
      ticket: read.ticket,
      body: read.body,
      headers: {
        ...options.headers,
        idempotencyKey: read.idempotencyKey,
        expectedRevision: read.expectedRevision,
      },
    });
    return { row, status: statusOf(route, body), body };
  } catch (error) {
    const problem = problemOf(error, `${options.path}#${row}`, options.newId);
    if (problem.isInternal || !isLedgerdeskError(error)) options.onInternalProblem(problem, error);
    return { row, status: problem.document.status, body: problem.document };
  }
}

// A dry run makes no ticket.
function statusOf({ makesTicket }: CommandRoute, body: CommandAnswer | DryRunAnswer): number {
  return makesTicket && !('dryRun' in body) ? 201 : 200;
}

function readRow(row: number, value: unknown, options: BulkOptions): BulkRow {
  if (!isRecord(value)) throw invalidRow('', 'a row is an object with "command" and "body"');
  const { command, ticket, body, idempotencyKey, expectedRevision, ...others } = value;
  const [unknownField] = Object.keys(others);
  if (unknownField !== undefined) {
    throw invalidRow(
      unknownField,
      'a row has command, ticket, body, idempotencyKey, expectedRevision',
    );
  }
  if (ticket !== undefined && typeof ticket !== 'string') {
    throw invalidRow('ticket', 'ticket is the id or number of a ticket, as text');
  }
  return {
    row,
    command,
    ticket: ticket === undefined ? undefined : checkedTicket(ticket),
    body,
    idempotencyKey: rowKey(row, idempotencyKey, options.idempotencyKey),
    expectedRevision: rowRevision(expectedRevision),
  };
}

function rowKey(row: number, own: unknown, ofRequest: string): string {
  if (own === undefined) return `${ofRequest}:${row}`;
  if (typeof own === 'string' && KEY.test(own)) return own;
  throw invalidRow('idempotencyKey', 'idempotencyKey is 1 to 200 visible ASCII characters');
}

function rowRevision(value: unknown): bigint | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && REVISION.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw invalidRow('expectedRevision', 'expectedRevision is a revision such as "4"');
}

function routeOf(
  command: unknown,
  ticket: string | undefined,
  { routes }: BulkOptions,
): CommandRoute {
  const route = typeof command === 'string' ? routes.get(command) : undefined;
  if (route === undefined) {
    throw invalidRow('command', `command is one of ${[...new Set(routes.keys())].join(', ')}`);
  }
  if (route.segment === null && ticket !== undefined) {
    throw invalidRow('ticket', `${route.name} begins a ticket; leave "ticket" out`);
  }
  if (route.segment !== null && ticket === undefined) {
    throw invalidRow('ticket', `${route.name} needs the id or number of a ticket in "ticket"`);
  }
  return route;
}

function invalidRow(field: string, message: string): LedgerdeskError {
  return new LedgerdeskError('invalid.bulk-row', message, {
    details: { errors: [{ field, message }] },
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
