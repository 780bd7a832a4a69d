import type { ProcessDefinition, ProcessState, Projection } from '@ledgerdesk/kernel';
import { ticketFiguresProjection } from './ticket-figures/ticket-figures.projection';
import { ticketListProjection } from './ticket-list/ticket-list.projection';
import { factsKeeper, type FactsKeeper } from './ticket-facts';

/**
 * The read models that every process has: the list, and the figures over all tickets. They share
 * the work on each event with all else that folds by the same keeper.
 */
export function readModelsOf<State extends ProcessState>(
  process: ProcessDefinition<State>,
  keeper: FactsKeeper<State> = factsKeeper(process),
): readonly Projection[] {
  return [ticketListProjection(keeper), ticketFiguresProjection(keeper)];
}
