import { tallyEvents, tallyProjection } from './tally.projection';

/** What a worker thread loads in its spec: see `ProjectionCatalogue`. */
export const projections = [tallyProjection(), tallyProjection('others')];
export const eventTables = [tallyEvents];
