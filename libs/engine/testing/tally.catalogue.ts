import { tallyEvents, tallyProjection } from './tally.projection';

/** What a background thread loads in its spec: see `BackgroundCatalogue`. */
export const projections = [tallyProjection(), tallyProjection('others')];
export const eventTables = [tallyEvents];
