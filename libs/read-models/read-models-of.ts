import type { ProcessDefinition, ProcessState, Projection } from '@ledgerdesk/kernel';
import { ticketCountersProjection } from './ticket-counters/ticket-counters.projection';
import { ticketKpisProjection } from './ticket-kpis/ticket-kpis.projection';
import { ticketListProjection } from './ticket-list/ticket-list.projection';
import { ticketWorkloadProjection } from './ticket-workload/ticket-workload.projection';
import { factsKeeper } from './ticket-facts';

/** The read models that every process has: list, counters, workload and key figures. */
export function readModelsOf<State extends ProcessState>(
  process: ProcessDefinition<State>,
): readonly Projection[] {
  const keeper = factsKeeper(process);
  return [
    ticketListProjection(keeper),
    ticketCountersProjection(keeper),
    ticketWorkloadProjection(keeper),
    ticketKpisProjection(keeper),
  ];
}
