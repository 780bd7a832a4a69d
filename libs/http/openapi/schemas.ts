import type { ProcessDefinition } from '@ledgerdesk/kernel';
import type { JsonSchema } from './command-schemas';

const text: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const decimal = (description: string): JsonSchema => ({
  type: 'string',
  pattern: '^[0-9]+$',
  description,
});
const revision = decimal('Where an event stands in its stream, from 0.');
const position = decimal('Where an event stands in the whole log.');

/** What the schemas of a process are called: its title as one word, `MajorIncident`. */
export function schemaName({ title }: Pick<ProcessDefinition, 'title'>): string {
  return title.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A reference to a named schema. */
export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object with these members, of which none but the listed may be missing. */
function objectSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  options: { readonly optional?: readonly string[]; readonly isOpen?: boolean } = {},
): JsonSchema {
  const { optional = [], isOpen = false } = options;
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    ...(!isOpen && { additionalProperties: false }),
  };
}

const nullable = (type: string): JsonSchema => ({ type: [type, 'null'] });
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const anyObject: JsonSchema = { type: 'object' };

/** The schemas that all processes share. */
export const sharedSchemas: Readonly<Record<string, JsonSchema>> = {
  Problem: objectSchema(
    {
      type: { type: 'string', format: 'uri', description: 'urn:ledgerdesk:problem:<code>' },
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      code: { ...text, description: 'Stable code of the error: <kind>.<what>' },
      errors: listOf(
        objectSchema({ field: text, message: text, rule: text }, { optional: ['rule'] }),
      ),
      allowed: { ...listOf(text), description: 'What is possible instead.' },
    },
    { optional: ['errors', 'allowed'], isOpen: true },
  ),
  CommandAnswer: objectSchema({
    id: { type: 'string', format: 'uuid' },
    number: text,
    state: nullable('string'),
    revision,
    position,
    commandId: text,
    repeated: { type: 'boolean', description: 'The command had been accepted before.' },
    events: listOf(objectSchema({ id: text, type: text, revision, position })),
  }),
  DryRunAnswer: objectSchema({
    dryRun: { const: true },
    id: { type: 'string', format: 'uuid' },
    number: { ...text, description: 'Of a new ticket zeros: no number was taken.' },
    state: nullable('string'),
    revision,
    repeated: { type: 'boolean', description: 'The command had been accepted before.' },
    events: listOf(
      objectSchema({
        type: text,
        schemaVersion: { type: 'integer' },
        stream: text,
        revision,
        occurredAt: time,
        policies: listOf(objectSchema({ name: text, version: { type: 'integer' } })),
        data: anyObject,
      }),
    ),
  }),
  BulkRow: objectSchema(
    {
      command: { ...text, description: 'Name of the command or last segment of its route.' },
      ticket: { ...text, description: 'Id or number; absent for a command that begins a ticket.' },
      body: anyObject,
      idempotencyKey: { type: 'string', minLength: 1, maxLength: 200 },
      expectedRevision: revision,
    },
    { optional: ['ticket', 'body', 'idempotencyKey', 'expectedRevision'] },
  ),
  BulkAnswer: objectSchema({
    accepted: { type: 'integer' },
    rejected: { type: 'integer' },
    results: listOf(
      objectSchema({
        row: { type: 'integer' },
        status: { type: 'integer' },
        body: {
          oneOf: [schemaRef('CommandAnswer'), schemaRef('DryRunAnswer'), schemaRef('Problem')],
        },
      }),
    ),
  }),
  CommandOutcome: objectSchema(
    {
      commandId: text,
      process: text,
      command: text,
      ticket: nullable('string'),
      recordedAt: time,
      outcome: { enum: ['accepted', 'refused'] },
    },
    { isOpen: true },
  ),
  Event: objectSchema(
    {
      position,
      hash: text,
      actor: text,
      causationId: nullable('string'),
      commandDigest: text,
      commandId: text,
      correlationId: text,
      data: anyObject,
      id: { type: 'string', format: 'uuid' },
      occurredAt: time,
      onBehalfOf: nullable('string'),
      origin: objectSchema({ kind: text, id: text, version: text }),
      policies: listOf(objectSchema({ name: text, version: { type: 'integer' } })),
      previousHash: text,
      recordedAt: time,
      revision,
      schemaVersion: { type: 'integer' },
      stream: text,
      tenant: text,
      type: text,
    },
    { isOpen: true },
  ),
  EventPage: objectSchema({
    items: listOf(schemaRef('Event')),
    nextAfter: position,
    head: position,
    atHead: { type: 'boolean' },
  }),
  HistoryPage: objectSchema(
    {
      process: text,
      id: text,
      stream: text,
      entries: listOf(anyObject),
      nextAfter: { type: ['string', 'null'] },
    },
    { isOpen: true },
  ),
  TicketDiff: objectSchema(
    {
      process: text,
      id: text,
      fromRevision: nullable('string'),
      toRevision: nullable('string'),
      changes: listOf(anyObject),
    },
    { isOpen: true },
  ),
  AllowedCommands: objectSchema({
    id: text,
    state: nullable('string'),
    revision,
    commands: listOf(
      objectSchema({
        command: text,
        route: nullable('string'),
        summary: text,
        to: listOf(text),
        path: text,
      }),
    ),
  }),
  PolicyCatalogue: objectSchema({
    items: listOf(
      objectSchema({
        policy: text,
        title: text,
        usedBy: listOf(text),
        id: nullable('string'),
        inForce: objectSchema({
          name: text,
          version: { type: 'integer' },
          value: { description: 'As the policy says.' },
          isPublished: { type: 'boolean' },
        }),
        presets: anyObject,
      }),
    ),
  }),
  Blob: objectSchema({
    digest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    sizeBytes: { type: 'integer' },
  }),
  View: { type: 'object', properties: { position }, required: ['position'] },
};

/** The schemas that a process has of its own, apart from its commands' bodies. */
export function processSchemas(process: ProcessDefinition): Readonly<Record<string, JsonSchema>> {
  const states = Object.keys(process.lifecycle.states);
  const row = Object.fromEntries(
    Object.entries(process.listing.collection.fields).map(([name, kind]) => [
      name,
      nullable(kind === 'text' ? 'string' : kind),
    ]),
  );
  return {
    [schemaName(process)]: objectSchema(
      {
        id: { type: 'string', format: 'uuid' },
        process: { const: process.name },
        stream: text,
        state: { enum: states },
        revision,
        position,
        hash: text,
      },
      { isOpen: true },
    ),
    [`${schemaName(process)}Page`]: objectSchema(
      {
        items: listOf({ type: 'object', properties: row }),
        nextCursor: nullable('string'),
        position,
        total: { type: 'integer' },
      },
      { optional: ['total'] },
    ),
  };
}
