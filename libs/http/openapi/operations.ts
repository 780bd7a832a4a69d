import type { JsonSchema } from './command-schemas';
import { schemaRef } from './schemas';

/** What an operation of the document says, without its place. */
export interface OperationParts {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly answers: Readonly<Record<string, JsonSchema>>;
  /** Statuses that it may answer with a problem document, beside 500. */
  readonly problems?: readonly number[];
}

/** One operation in OpenAPI's form. */
export function operationOf(parts: OperationParts): JsonSchema {
  const problems = [...(parts.problems ?? []), 403, 500].map((status) => [
    String(status),
    { $ref: `#/components/responses/Problem${status}` },
  ]);
  return {
    operationId: parts.id,
    tags: [parts.tag],
    summary: parts.summary,
    ...(parts.description !== undefined && { description: parts.description }),
    ...(parts.parameters !== undefined && { parameters: parts.parameters }),
    ...(parts.requestBody !== undefined && { requestBody: parts.requestBody }),
    responses: { ...parts.answers, ...(Object.fromEntries(problems) as JsonSchema) },
  };
}

/** An answer with a JSON body of a named schema. */
export function jsonAnswer(description: string, schema: string, headers?: JsonSchema): JsonSchema {
  return {
    description,
    ...(headers !== undefined && { headers }),
    content: { 'application/json': { schema: schemaRef(schema) } },
  };
}

/** A JSON body of a schema. */
export function jsonBody(schema: JsonSchema, example?: unknown): JsonSchema {
  return {
    required: true,
    content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
  };
}

export const ETAG_HEADERS: JsonSchema = {
  ETag: { description: 'The revision of the ticket, for If-Match.', schema: { type: 'string' } },
};

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read.',
  401: 'The header X-Actor is missing.',
  403: 'Without authentication: the Host header does not name this machine as itself.',
  404: 'There is no such thing.',
  409: 'The command is not possible in the present state; `allowed` lists what is.',
  412: 'The ticket has changed since the revision that If-Match names.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'Fields are invalid; `errors` names each.',
  429: 'Too much at once; try again after Retry-After.',
  500: 'Our fault; `instance` names the occurrence in the log.',
  503: 'Temporarily unavailable, nothing was written; try again after Retry-After.',
};

/** The responses `Problem400` and so on that operations refer to. */
export const problemResponses: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(DESCRIPTIONS).map(([status, description]) => [
    `Problem${status}`,
    { description, content: { 'application/problem+json': { schema: schemaRef('Problem') } } },
  ]),
);
