import type { CollectionDefinition, ProcessDefinition } from '@ledgerdesk/kernel';
import { ticketListCollection } from '@ledgerdesk/read-models';
import { collectionPath, commandRoutesOf, type CommandRoute } from '../commands/command-route';
import type { JsonSchema } from './command-schemas';
import { ETAG_HEADERS, jsonAnswer, jsonBody, operationOf } from './operations';
import { cursorParameter, instantParameter, parameterRefs, queryParameter } from './parameters';
import { schemaName, schemaRef } from './schemas';

type Paths = Record<string, Record<string, JsonSchema>>;

const COMMAND_PROBLEMS = [400, 401, 404, 409, 412, 413, 415, 422, 429, 503];
const READ_PROBLEMS = [400, 404, 503];
const LIST_PROBLEMS = [400, 422, 503];
const AXIS = queryParameter(
  'axis',
  'Whether a time means when it happened or when it was recorded.',
  {
    enum: ['occurredAt', 'recordedAt'],
  },
);
const WAIT = parameterRefs('minPosition', 'minPositionTimeoutMs');

/** The paths of one process: commands, reads, lists and views. */
export function processPaths(process: ProcessDefinition): Paths {
  const paths: Paths = {};
  const add = (path: string, method: string, operation: JsonSchema): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const route of commandRoutesOf(process)) add(route.path, 'post', commandOperation(route));
  const collection = collectionPath(process);
  add(collection, 'get', listOperation(process));
  add(`${collection}/bulk`, 'post', bulkOperation(process));
  for (const [view, summary] of VIEWS) {
    add(`${collection}/${view}`, 'get', viewOperation(process, view, summary));
  }
  for (const [path, operation] of Object.entries(ticketOperations(process))) {
    add(`${collection}/{id}${path}`, 'get', operation);
  }
  return paths;
}

function commandOperation({
  process,
  name,
  definition,
  segment,
  makesTicket,
}: CommandRoute): JsonSchema {
  const place = { Location: { description: 'The new ticket.', schema: { type: 'string' } } };
  const headers = { ...ETAG_HEADERS, ...(makesTicket && place) };
  return operationOf({
    id: name,
    tag: process.title,
    summary: definition.summary,
    parameters: [
      ...(segment === null ? [] : parameterRefs('ticket', 'ifMatch')),
      ...parameterRefs(
        'actor',
        'onBehalfOf',
        'idempotencyKey',
        'correlationId',
        'causationId',
        'occurredAt',
        'dryRun',
      ),
    ],
    requestBody: jsonBody(schemaRef(name), definition.example),
    answers: makesTicket
      ? {
          200: jsonAnswer('A dry run: nothing was recorded.', 'DryRunAnswer'),
          201: jsonAnswer('Recorded; a new ticket is there.', 'CommandAnswer', headers),
        }
      : { 200: recordedOrDry(headers) },
    problems:
      segment === null ? COMMAND_PROBLEMS.filter((s) => s !== 404 && s !== 412) : COMMAND_PROBLEMS,
  });
}

function recordedOrDry(headers: JsonSchema): JsonSchema {
  const schema = { oneOf: [schemaRef('CommandAnswer'), schemaRef('DryRunAnswer')] };
  return {
    description: 'Recorded; or, of a dry run, what would be.',
    headers,
    content: { 'application/json': { schema } },
  };
}

function bulkOperation(process: ProcessDefinition): JsonSchema {
  return operationOf({
    id: `bulk${schemaName(process)}Commands`,
    tag: process.title,
    summary: 'Up to 500 commands at once; each stands alone and has its own result.',
    parameters: parameterRefs(
      'actor',
      'onBehalfOf',
      'idempotencyKey',
      'correlationId',
      'causationId',
      'occurredAt',
      'dryRun',
    ),
    requestBody: jsonBody({ type: 'array', maxItems: 500, items: schemaRef('BulkRow') }),
    answers: { 200: jsonAnswer('What became of each row.', 'BulkAnswer') },
    problems: [400, 401, 413, 415, 422],
  });
}

function listOperation(process: ProcessDefinition): JsonSchema {
  return operationOf({
    id: `list${schemaName(process)}s`,
    tag: process.title,
    summary: 'A page of tickets, by indexed fields and text.',
    parameters: listParameters(ticketListCollection(process)),
    answers: { 200: jsonAnswer('A page.', `${schemaName(process)}Page`) },
    problems: LIST_PROBLEMS,
  });
}

/** What each list takes, with a parameter for each of its fields. */
export function listParameters({
  fields,
  wordFields = {},
}: Pick<CollectionDefinition, 'fields' | 'wordFields'>): readonly JsonSchema[] {
  return [
    queryParameter('filter', 'JSON in the filter language: {"priority":{"$lte":2}}.'),
    queryParameter('q', 'Words that must all occur, the last one as a prefix.'),
    queryParameter('sort', 'A field, with a minus sign in front for descending: -priority.'),
    queryParameter('limit', 'Rows of a page.', {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 50,
    }),
    cursorParameter,
    queryParameter('count', 'Also count all that match.', { type: 'boolean' }),
    ...WAIT,
    ...Object.entries(fields).map(([name, kind]) =>
      queryParameter(
        name,
        `Equals; repeated: any of them. Empty: has none.${oneOf(wordFields[name])}`,
        {
          type: kind === 'text' ? 'string' : kind,
        },
      ),
    ),
  ];
}

function oneOf(words: readonly string[] | undefined): string {
  return words === undefined ? '' : ` One of ${words.join(', ')}.`;
}

const VIEWS = [
  ['board', 'Columns by state with counts and the first cards of each.'],
  ['counters', 'Tickets by state, group and priority.'],
  ['workload', 'Unfinished tickets by assignee.'],
  ['kpis', 'Key figures for each day of a period.'],
] as const;

const VIEW_PARAMETERS: Readonly<Record<(typeof VIEWS)[number][0], readonly JsonSchema[]>> = {
  board: [
    queryParameter('cards', 'Cards of each column.', { type: 'integer', minimum: 1, maximum: 100 }),
  ],
  counters: [],
  workload: [
    queryParameter('limit', 'Rows of a page.', { type: 'integer', minimum: 1, maximum: 1000 }),
    cursorParameter,
  ],
  kpis: [
    queryParameter('from', 'First day, UTC. Default: 30 days in all.', {
      type: 'string',
      format: 'date',
    }),
    queryParameter('to', 'Last day, UTC. Default: today.', { type: 'string', format: 'date' }),
  ],
};

function viewOperation(
  process: ProcessDefinition,
  view: (typeof VIEWS)[number][0],
  summary: string,
): JsonSchema {
  return operationOf({
    id: `${view}Of${schemaName(process)}s`,
    tag: process.title,
    summary,
    parameters: [...VIEW_PARAMETERS[view], ...WAIT],
    answers: { 200: jsonAnswer('The view.', 'View') },
    problems: LIST_PROBLEMS,
  });
}

const HISTORY_PARAMETERS: readonly JsonSchema[] = [
  instantParameter('at', 'Up to'),
  AXIS,
  queryParameter('limit', 'Entries of a page.', {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
  }),
  queryParameter('after', 'Revision behind which the page begins.', {
    type: 'string',
    pattern: '^[0-9]+$',
  }),
  queryParameter('direction', 'Oldest or newest first.', { enum: ['forwards', 'backwards'] }),
];

function ticketOperations(process: ProcessDefinition): Readonly<Record<string, JsonSchema>> {
  const { title } = process;
  const name = schemaName(process);
  const ticket = parameterRefs('ticket');
  const read = (parts: {
    readonly id: string;
    readonly summary: string;
    readonly schema: string;
    readonly more: readonly JsonSchema[];
  }): JsonSchema =>
    operationOf({
      id: parts.id,
      tag: title,
      summary: parts.summary,
      parameters: [...ticket, ...parts.more],
      answers: { 200: jsonAnswer('Found.', parts.schema, ETAG_HEADERS) },
      problems: [...READ_PROBLEMS, 422],
    });
  return {
    '': operationOf({
      id: `show${name}`,
      tag: title,
      summary: 'The ticket, folded from its own events: always current, or as it was.',
      parameters: [
        ...ticket,
        instantParameter('at', 'As of'),
        AXIS,
        ...parameterRefs('ifNoneMatch'),
      ],
      answers: {
        200: jsonAnswer('The ticket.', name, ETAG_HEADERS),
        304: { description: 'Unchanged since the ETag that the client has.' },
      },
      problems: [...READ_PROBLEMS, 422],
    }),
    '/history': read({
      id: `historyOf${name}`,
      summary: 'Each event with who, when, why, and field by field from what to what.',
      schema: 'HistoryPage',
      more: HISTORY_PARAMETERS,
    }),
    '/diff': read({
      id: `diffOf${name}`,
      summary: 'What differs between two instants, and who changed it last.',
      schema: 'TicketDiff',
      more: [
        instantParameter('from', 'From', { isRequired: true }),
        instantParameter('to', 'To (default: now)'),
        AXIS,
      ],
    }),
    '/allowed-commands': read({
      id: `allowedCommandsOf${name}`,
      summary: 'The commands that the present state lets through.',
      schema: 'AllowedCommands',
      more: [],
    }),
  };
}
