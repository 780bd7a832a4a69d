import { engineEvents, type ProjectionCatalogue } from '@ledgerdesk/engine';
import { processes } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';

// What the projection thread loads: it can be sent the path of this module, but no function.

export const projections: ProjectionCatalogue['projections'] = readModels;
export const eventTables: ProjectionCatalogue['eventTables'] = [
  engineEvents,
  ...processes.map(({ events }) => events),
];
