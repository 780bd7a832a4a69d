import type { ProcessDefinition, ProcessState, Projection } from '@ledgerdesk/kernel';
import { ticketCountersProjection } from './ticket-counters/ticket-counters.projection';
import { ticketKpisProjection } from './ticket-kpis/ticket-kpis.projection';
import { ticketListProjection } from './ticket-list/ticket-list.projection';
import { ticketWorkloadProjection } from './ticket-workload/ticket-workload.projection';
import { factsKeeper, type FactsKeeper } from './ticket-facts';

/**
 * The read models that every process has: list, counters, workload and key figures. They share the
 * work on each event with all else that folds by the same keeper.
 */
export function readModelsOf<State extends ProcessState>(
  process: ProcessDefinition<State>,
  keeper: FactsKeeper<State> = factsKeeper(process),
): readonly Projection[] {
  return [
    ticketListProjection(keeper),
    ticketCountersProjection(keeper),
    ticketWorkloadProjection(keeper),
    ticketKpisProjection(keeper),
  ];
}
