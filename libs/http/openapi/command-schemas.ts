import type { CommandClass } from '@ledgerdesk/kernel';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { nestedFieldsOf, nestedTypeOf } from '../request/command-body';

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 embeds it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// Rules of our own, which class-validator's metadata knows by name alone.
const OWN_RULES = {
  isPlainText: { type: 'string' as const, minLength: 1 },
  isInstant: { type: 'string' as const, format: 'date-time' },
  isScalar: { type: ['string', 'number', 'boolean'] as ('string' | 'number' | 'boolean')[] },
  isPolicyValue: { description: 'Any JSON value that the policy takes.' },
  isSha256: { type: 'string' as const, pattern: '^[0-9a-f]{64}$' },
  requiredIf: (rule: { readonly constraints?: readonly unknown[] }) => ({
    description: `Required where ${String(rule.constraints?.[0])}.`,
  }),
  absentIf: (rule: { readonly constraints?: readonly unknown[] }) => ({
    $comment: `Absent where ${String(rule.constraints?.[0])}.`,
  }),
};

/**
 * The schema of a command's body, derived from the very rules that validate it. Fields that may be
 * absent may also be null; unknown fields are refused.
 */
export function commandSchemaOf(type: CommandClass): JsonSchema {
  const derived = targetConstructorToSchema(type, {
    additionalConverters: OWN_RULES,
  }) as JsonSchema;
  const required = (derived['required'] ?? []) as readonly string[];
  const properties: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries((derived['properties'] ?? {}) as JsonSchema)) {
    const property = withNested(type, name, schema as JsonSchema);
    properties[name] = required.includes(name) ? property : nullable(property);
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function withNested(type: CommandClass, field: string, schema: JsonSchema): JsonSchema {
  if (!nestedFieldsOf(type).includes(field)) return schema;
  const nestedType = nestedTypeOf(type, field);
  if (nestedType === undefined) return schema;
  const nested = commandSchemaOf(nestedType);
  return schema['type'] === 'array' || schema['items'] !== undefined
    ? { ...schema, type: 'array', items: nested }
    : nested;
}

function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: words } = schema;
  return {
    ...schema,
    ...(type !== undefined && { type: [type, 'null'].flat() }),
    ...(Array.isArray(words) && { enum: [...(words as readonly unknown[]), null] }),
  };
}
