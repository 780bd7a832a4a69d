import type { JsonSchema } from './command-schemas';

// As strict as the parsers in ../request are.
const NAME: JsonSchema = {
  type: 'string',
  pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]{0,198}[\\x21-\\x7e])?$',
};
const TOKEN: JsonSchema = { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' };
const ETAG_OR_ANY: JsonSchema = { type: 'string', pattern: '^("(0|[1-9][0-9]{0,17})"|\\*)$' };
const CURSOR: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 100_000 };

/** A parameter in the query of a URL. */
export function queryParameter(
  name: string,
  description: string,
  schema: JsonSchema = { type: 'string' },
): JsonSchema {
  return { name, in: 'query', description, required: false, schema };
}

/** Where a page begins that goes on behind another one. */
export const cursorParameter = queryParameter(
  'cursor',
  '`nextCursor` of the page before; only for the same filter and sort.',
  CURSOR,
);

/** A point in the history of a ticket. */
export function instantParameter(
  name: string,
  what: string,
  options: { readonly isRequired: boolean } = { isRequired: false },
): JsonSchema {
  const description =
    `${what}: a time with offset, a date (its end in UTC), position:N that the log has reached, ` +
    'or revision:N.';
  return { ...queryParameter(name, description, INSTANT), required: options.isRequired };
}

const INSTANT: JsonSchema = {
  type: 'string',
  anyOf: [
    { format: 'date-time' },
    { format: 'date' },
    { pattern: '^(position|revision):(0|[1-9][0-9]{0,18})$' },
  ],
  examples: ['2026-03-02T09:00:00Z', '2026-03-02', 'position:42', 'revision:3'],
};

function header(
  name: string,
  description: string,
  schema: JsonSchema,
  options: { readonly isRequired: boolean } = { isRequired: false },
): JsonSchema {
  return { name, in: 'header', description, required: options.isRequired, schema };
}

/** The named parameters, used by reference. */
export const parameters: Readonly<Record<string, JsonSchema>> = {
  ticket: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'Id (a UUID) or number (such as INC-000123) of the ticket.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' },
  },
  actor: header('X-Actor', 'Who sends the command.', NAME, { isRequired: true }),
  onBehalfOf: header('X-On-Behalf-Of', 'For whom the actor stands in.', NAME),
  idempotencyKey: header(
    'Idempotency-Key',
    'Names the command: sent again to the same ticket with the same key and content it has no ' +
      'second effect, with other content it is refused. The key belongs to its ticket: on another ' +
      'one it names another command, which takes effect. Default: a new UUID, which the answer ' +
      'carries.',
    TOKEN,
  ),
  ifMatch: header(
    'If-Match',
    'Only if the ticket still has this ETag; otherwise 412. `*` pins none.',
    ETAG_OR_ANY,
  ),
  correlationId: header(
    'X-Correlation-Id',
    'One id for all that follows from one outside cause.',
    TOKEN,
  ),
  causationId: header('X-Causation-Id', 'Id of the event that led to the command.', TOKEN),
  occurredAt: header(
    'X-Occurred-At',
    'When it happened, for late entries; ISO 8601. Not in the future, not before the ticket began, ' +
      'and for a command that moves the ticket to another state not before the last such move.',
    { type: 'string', format: 'date-time' },
  ),
  dryRun: queryParameter('dryRun', 'Answer the events that would be recorded, and record none.', {
    type: 'boolean',
    default: false,
  }),
  ifNoneMatch: header(
    'If-None-Match',
    'The ETag that the client has: 304 if it is still right. Several with commas between, or `*`.',
    { type: 'string', minLength: 1 },
  ),
  minPosition: queryParameter(
    'minPosition',
    'Wait until the read model has come to this position of the log.',
    { type: 'string', pattern: '^[0-9]+$' },
  ),
  minPositionTimeoutMs: queryParameter(
    'minPositionTimeoutMs',
    'How long to wait for it, in milliseconds; 2000 where it is left out.',
    { type: 'integer', minimum: 0, maximum: 10000 },
  ),
};

/** References to named parameters. */
export function parameterRefs(
  ...names: readonly (keyof typeof parameters)[]
): readonly JsonSchema[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
