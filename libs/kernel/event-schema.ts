import type { EventDefinition, FieldType } from './event-definition';

/** A JSON Schema of draft 7: what AsyncAPI takes without being told. */
export type EventSchema = Readonly<Record<string, unknown>>;

const PLAIN: Readonly<Record<string, EventSchema>> = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  time: { type: 'string', format: 'date-time' },
  'text[]': { type: 'array', items: { type: 'string' } },
  object: { type: 'object' },
  'object[]': { type: 'array', items: { type: 'object' } },
  json: {},
};

/**
 * The JSON Schema of the data of an event in its newest version: its fields and no others. What the
 * compiler, the fold and the reader of the log are told comes from the one definition.
 */
export function eventDataSchema(
  type: string,
  { version, summary, fields }: EventDefinition,
): EventSchema {
  const names = Object.keys(fields);
  const required = names.filter((name) => !isOptional(fields[name]));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `urn:ledgerdesk:event:${type}:${version}`,
    title: `${type}, version ${version}`,
    description: summary,
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function isOptional(field: FieldType | undefined): boolean {
  return typeof field === 'string' && field.endsWith('?');
}

function fieldSchema(field: FieldType): EventSchema {
  if (typeof field !== 'string') return { type: 'string', enum: field };
  const isNullable = field.endsWith('|null');
  const plain = PLAIN[field.replace(/\?$|\|null$/, '')] ?? {};
  return isNullable && 'type' in plain ? { ...plain, type: [plain['type'], 'null'] } : plain;
}
