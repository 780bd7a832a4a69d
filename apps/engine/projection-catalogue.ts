// Decorators of command classes read it when the processes are loaded.
import 'reflect-metadata';
import type { ProjectionCatalogue } from '@ledgerdesk/engine';
import { flowEvents } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';

// What the projection thread loads: it can be sent the path of this module, but no function. It
// knows only the events that the read models fold, so that the thread loads no framework.

export const projections: ProjectionCatalogue['projections'] = readModels;
export const eventTables: ProjectionCatalogue['eventTables'] = [
  flowEvents,
  ...processes.map(({ events }) => events),
];
