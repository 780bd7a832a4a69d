import { workCollection } from '@ledgerdesk/read-models';
import type { JsonSchema } from './command-schemas';
import { schemaRef } from './schemas';

const text: JsonSchema = { type: 'string' };
const textOrNull: JsonSchema = { type: ['string', 'null'] };
const flag: JsonSchema = { type: 'boolean' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const position: JsonSchema = { type: 'string', pattern: '^[0-9]+$' };
const time: JsonSchema = { type: 'string', format: 'date-time' };

const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

const label = {
  process: text,
  id: text,
  number: textOrNull,
  title: textOrNull,
  state: textOrNull,
};

const workRow = closed({
  ...Object.fromEntries(
    Object.entries(workCollection.fields).map(([name, kind]) => [
      name,
      { type: [kind === 'text' ? 'string' : kind, 'null'] },
    ]),
  ),
  title: textOrNull,
  excerpt: textOrNull,
});

const loss = { failed: listOf(text), impactors: count, required: count };
const rule = closed({
  relation: textOrNull,
  kind: { enum: ['count', 'percentage'] },
  minimum: count,
});

const calendarEntry = closed({
  id: text,
  process: text,
  kind: {
    enum: ['change', 'hard-freeze', 'soft-freeze', 'maintenance', 'lockdown', 'cab-meeting'],
  },
  number: textOrNull,
  title: textOrNull,
  state: textOrNull,
  spans: listOf(schemaRef('Span')),
  actual: orNull(closed({ start: time, end: orNull(time) })),
  service: textOrNull,
  configurationItems: listOf(text),
  affectedItems: listOf(text),
  classes: listOf(text),
  services: listOf(text),
  assignee: textOrNull,
});

/** The schemas of the views over several processes. */
export const viewSchemas: Readonly<Record<string, JsonSchema>> = {
  WorkPage: closed({ items: listOf(workRow), nextCursor: textOrNull, position, total: count }, [
    'total',
  ]),
  RelationGraph: closed({
    root: text,
    nodes: listOf(closed({ ...label, isTicket: flag, depth: count })),
    edges: listOf(
      closed({
        from: text,
        to: text,
        type: { ...text, description: 'How `from` stands to `to`.' },
        inverse: { ...text, description: 'How `to` stands to `from`.' },
      }),
    ),
    cut: closed({ byDepth: flag, byLimit: flag }),
    position,
  }),
  ImpactCause: {
    description: 'Why a failure reached an item: over a relation, or as too few were left.',
    oneOf: [
      closed({ kind: { const: 'relation' }, impactor: text, relation: text }),
      closed({ kind: { const: 'redundancy-lost' }, rule, ...loss }),
    ],
  },
  ConfigurationImpact: closed({
    id: text,
    direction: { enum: ['down', 'up'] },
    at: { ...textOrNull, description: 'As it was asked; null for now.' },
    items: listOf(
      closed({
        ...label,
        path: { ...listOf(text), description: 'Ids on a shortest way, both ends included.' },
        cause: orNull(schemaRef('ImpactCause')),
      }),
    ),
    shielded: {
      ...listOf(closed({ id: text, rule, ...loss })),
      description: 'Items that lost impactors, and work on by their redundancy rule.',
    },
    isTruncated: flag,
    position,
  }),
  Span: closed({ start: time, end: time }),
  ChangeCalendar: closed({
    from: time,
    to: time,
    entries: listOf(calendarEntry),
    conflicts: listOf(
      closed({
        change: text,
        changeNumber: textOrNull,
        kind: text,
        severity: { enum: ['hard', 'soft'] },
        configurationItem: textOrNull,
        with: { ...text, description: 'Number of the other change or window, item or person.' },
      }),
    ),
    isTruncated: flag,
    position,
  }),
  FreeSlot: closed({
    change: text,
    planned: schemaRef('Span'),
    slot: orNull(schemaRef('Span')),
    searchedDays: count,
    isTruncated: flag,
    position,
  }),
  KnownErrorMatches: closed({
    id: text,
    items: listOf(
      closed({
        id: text,
        number: textOrNull,
        title: textOrNull,
        problem: textOrNull,
        workaroundExcerpt: textOrNull,
        workaroundValidUntil: textOrNull,
        score: count,
        reasons: listOf(
          closed({
            kind: { enum: ['configuration-item', 'service', 'category', 'words'] },
            values: listOf(text),
          }),
        ),
      }),
    ),
    isTruncated: flag,
    position,
  }),
};
