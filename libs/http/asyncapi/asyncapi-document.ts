import {
  eventDataSchema,
  type EventDefinition,
  type EventSchema,
  type ProcessDefinition,
} from '@ledgerdesk/kernel';
import { cloudEventSchema } from './cloud-event-schema';
import { eventFamilies, type EventFamily } from './event-families';

const CLOUD_EVENT_MEDIA_TYPE = 'application/cloudevents+json';

/** What the document describes. */
export interface DescribedEvents {
  readonly version: string;
  readonly processes: readonly ProcessDefinition[];
  /**
   * Where the schema of an event's data stands, such as `events/incident/IncidentHeld.v2.json`.
   * Default: in the document itself.
   */
  readonly schemaPath?: (family: EventFamily, type: string, version: number) => string;
}

/**
 * The AsyncAPI 3.0 document: a channel for each process, a message for each type of event in its
 * newest version, derived from the very definitions that the engine records by.
 */
export function asyncApiDocument(described: DescribedEvents): EventSchema {
  const families = eventFamilies(described.processes);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ledgerdesk events',
      version: described.version,
      description:
        'Every fact that the engine records, in the order of each stream, at least once. A message ' +
        'is a CloudEvent 1.0 in structured mode; it carries the newest version of its type: older ' +
        'ones are brought up to it.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(families.map((family) => [family.name, channelOf(family)])),
    operations: Object.fromEntries(
      families.map((family) => [`send-${family.name}`, operationOf(family)]),
    ),
    components: {
      messages: Object.fromEntries(families.flatMap((family) => messagesOf(family, described))),
      schemas: { CloudEvent: cloudEventSchema, ...dataSchemas(families, described) },
    },
  };
}

function channelOf({ name, title, summary, events }: EventFamily): EventSchema {
  return {
    address: `ledgerdesk.events.${name}`,
    title,
    description: summary,
    messages: Object.fromEntries(
      Object.keys(events).map((type) => [type, { $ref: `#/components/messages/${type}` }]),
    ),
  };
}

function operationOf({ name, title }: EventFamily): EventSchema {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${name}` },
    summary: `${title}: each event as it was recorded.`,
  };
}

function messagesOf(
  family: EventFamily,
  { schemaPath }: DescribedEvents,
): readonly (readonly [string, EventSchema])[] {
  return Object.entries(family.events).map(([type, { version, summary }]) => {
    const schema =
      schemaPath === undefined
        ? `#/components/schemas/${schemaName(type, version)}`
        : schemaPath(family, type, version);
    const properties = {
      type: { const: type },
      schemaversion: { const: String(version) },
      data: { $ref: schema },
    };
    const payload = { allOf: [{ $ref: '#/components/schemas/CloudEvent' }, { properties }] };
    return [type, { summary, contentType: CLOUD_EVENT_MEDIA_TYPE, payload }];
  });
}

function dataSchemas(
  families: readonly EventFamily[],
  { schemaPath }: DescribedEvents,
): Readonly<Record<string, EventSchema>> {
  if (schemaPath !== undefined) return {};
  const all = families.flatMap(({ events }) => Object.entries(events));
  return Object.fromEntries(
    all.map(([type, definition]) => [
      schemaName(type, definition.version),
      embedded(type, definition),
    ]),
  );
}

function schemaName(type: string, version: number): string {
  return `${type}.v${version}`;
}

// Inside a document the dialect is the document's.
function embedded(type: string, definition: EventDefinition): EventSchema {
  const { $schema: _, $id: __, ...schema } = eventDataSchema(type, definition);
  return schema;
}
