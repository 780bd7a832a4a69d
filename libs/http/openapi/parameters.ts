import type { JsonSchema } from './command-schemas';

const NAME: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 };

/** A parameter in the query of a URL. */
export function queryParameter(
  name: string,
  description: string,
  schema: JsonSchema = { type: 'string' },
): JsonSchema {
  return { name, in: 'query', description, required: false, schema };
}

function header(name: string, description: string, required = false): JsonSchema {
  return { name, in: 'header', description, required, schema: NAME };
}

/** The named parameters, used by reference. */
export const parameters: Readonly<Record<string, JsonSchema>> = {
  ticket: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'Id (a UUID) or number (such as INC-000123) of the ticket.',
    schema: { type: 'string' },
  },
  actor: header('X-Actor', 'Who sends the command.', true),
  onBehalfOf: header('X-On-Behalf-Of', 'For whom the actor stands in.'),
  idempotencyKey: header(
    'Idempotency-Key',
    'Names the command: sent again with the same key and content it has no second effect. Default: a new UUID, which the answer carries.',
  ),
  ifMatch: header('If-Match', 'Only if the ticket still has this ETag; otherwise 412.'),
  correlationId: header('X-Correlation-Id', 'One id for all that follows from one outside cause.'),
  causationId: header('X-Causation-Id', 'Id of the event that led to the command.'),
  occurredAt: header(
    'X-Occurred-At',
    'When it happened, for late entries; ISO 8601, not in the future.',
  ),
  ifNoneMatch: header('If-None-Match', 'The ETag that the client has: 304 if it is still right.'),
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
