// Decorators of command classes read it when the processes are loaded.
import 'reflect-metadata';
import type { BackgroundCatalogue } from '@ledgerdesk/engine';
import { flows as allFlows } from '@ledgerdesk/flows';
import { flowEvents } from '@ledgerdesk/kernel';
import { processes as allProcesses } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';

// What the background thread loads: it can be sent the path of this module, but no function. It
// knows only the events that read models fold and flows see, so that it loads no framework.

export const projections: BackgroundCatalogue['projections'] = readModels;
export const flows: BackgroundCatalogue['flows'] = allFlows;
export const processes: BackgroundCatalogue['processes'] = allProcesses;
export const eventTables: BackgroundCatalogue['eventTables'] = [
  flowEvents,
  ...allProcesses.map(({ events }) => events),
];
