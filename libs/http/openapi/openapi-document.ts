import type { EventRegistry, ProcessDefinition } from '@ledgerdesk/kernel';
import { commandRoutesOf } from '../commands/command-route';
import { commandSchemaOf, type JsonSchema } from './command-schemas';
import { flowPaths, flowSchemas, whyPaths } from './flow-paths';
import { problemResponses } from './operations';
import { parameters } from './parameters';
import { processPaths } from './process-paths';
import { processSchemas, sharedSchemas } from './schemas';
import { systemPaths } from './system-paths';
import { graphPaths, viewPaths } from './view-paths';
import { viewSchemas } from './view-schemas';

/** What the document describes. */
export interface DescribedApi {
  readonly version: string;
  readonly processes: readonly ProcessDefinition[];
  readonly registry: Pick<EventRegistry, 'types'>;
}

/** The OpenAPI 3.1 document, derived from the process definitions and their command classes. */
export function openApiDocument({ version, processes, registry }: DescribedApi): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ledgerdesk',
      version,
      description:
        'Commands, reads and the event log of an event-sourced process engine for IT service management.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The engine that gave this document.' }],
    security: [{}],
    tags: [
      ...processes.map(({ title, summary }) => ({ name: title, description: summary })),
      { name: 'Views', description: 'What spans several processes: work, calendar, impact.' },
      { name: 'Flows', description: 'What carries work from one ticket to the next, and by when.' },
      { name: 'Events', description: 'The one log that everything else is folded from.' },
      { name: 'Blobs', description: 'Attachments, addressed by their content.' },
      { name: 'Operations', description: 'For those who run the engine.' },
    ],
    paths: {
      ...Object.assign({}, ...processes.map(processPaths)),
      ...Object.assign({}, ...processes.map(whyPaths)),
      ...Object.assign({}, ...processes.map(graphPaths)),
      ...viewPaths(processes),
      ...flowPaths,
      ...systemPaths(registry.types),
    } as JsonSchema,
    components: {
      schemas: { ...sharedSchemas, ...viewSchemas, ...flowSchemas, ...ownSchemas(processes) },
      parameters,
      responses: problemResponses,
    },
  };
}

function ownSchemas(processes: readonly ProcessDefinition[]): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {};
  for (const process of processes) {
    Object.assign(schemas, processSchemas(process));
    for (const { name, definition } of commandRoutesOf(process)) {
      schemas[name] = {
        description: definition.summary,
        ...commandSchemaOf(definition.type),
      };
    }
  }
  return schemas;
}
