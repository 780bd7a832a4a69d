import type { Projection } from '@ledgerdesk/kernel';
import { changeCalendarProjection } from './change-calendar/change-calendar.projection';
import { configurationGraphProjection } from './configuration-graph/configuration-graph.projection';
import { knownErrorMatchesProjection } from './known-error-matches/known-error-matches.projection';
import { ticketLinksProjection } from './relations/ticket-links.projection';
import type { FactsKeeper } from './ticket-facts';
import { workProjection } from './work/work.projection';

/** The read models over several processes; they fold by the keepers of the processes' own ones. */
export function crossProcessModels(keepers: readonly FactsKeeper[]): readonly Projection[] {
  return [
    workProjection(keepers),
    ticketLinksProjection(keepers.map(({ process }) => process)),
    configurationGraphProjection,
    changeCalendarProjection(keepers),
    knownErrorMatchesProjection(keepers),
  ];
}
