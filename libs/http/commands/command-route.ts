import type { CommandDefinition, ProcessDefinition } from '@ledgerdesk/kernel';
import { commandBuilderFor, type CommandBuilder } from '../request/command-body';

/** One command as it is reached over HTTP, with all that is the same for each request. */
export interface CommandRoute {
  readonly process: ProcessDefinition;
  readonly name: string;
  readonly definition: CommandDefinition;
  /** Below the collection: null for the collection itself. */
  readonly segment: string | null;
  /** As in OpenAPI: `/api/v1/incidents/{id}/resolve`. */
  readonly path: string;
  /** The answer is 201 with the new ticket's place. */
  readonly makesTicket: boolean;
  readonly build: CommandBuilder;
}

/** Below it lies everything that is versioned. */
export const API_ROOT = '/api/v1';

/** Where the tickets of a process are: `/api/v1/incidents`. */
export function collectionPath(process: Pick<ProcessDefinition, 'plural'>): string {
  return `${API_ROOT}/${process.plural}`;
}

/** The routes of all commands that have one, in the order of the definition. */
export function commandRoutesOf(process: ProcessDefinition): readonly CommandRoute[] {
  return Object.entries(process.commands)
    .filter(([, definition]) => definition.internal !== true)
    .map(([name, definition]) => ({
      process,
      name,
      definition,
      segment: definition.route,
      path:
        definition.route === null
          ? collectionPath(process)
          : `${collectionPath(process)}/{id}/${definition.route}`,
      makesTicket: definition.route === null || definition.spawns === true,
      build: commandBuilderFor(definition.type),
    }));
}
