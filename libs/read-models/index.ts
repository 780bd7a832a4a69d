import { FLOW_STREAM_PREFIX, ticketStreamPrefix, type Projection } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { causationProjection } from './causation/causation.projection';
import { flowInstancesProjection } from './flow-instances/flow-instances.projection';
import { flowTimersProjection } from './flow-timers/flow-timers.projection';
import { readModelsOf } from './read-models-of';

export type {
  DocumentFilter,
  DocumentPage,
  DocumentQuery,
  DocumentReader,
  Positioned,
} from './document-reader';
export { factsKeeper, type FactsKeeper, type FactsMemory, type TicketView } from './ticket-facts';
export { readModelsOf } from './read-models-of';
export { ticketBoard, type Board, type BoardColumn } from './ticket-board/ticket-board.query';
export {
  ticketCountersProjection,
  counterNames,
  type CounterNames,
} from './ticket-counters/ticket-counters.projection';
export {
  ticketCounters,
  ticketStatistics,
  type CategoryCounts,
  type GroupCount,
  type PriorityCount,
  type StateCount,
  type TicketCounters,
  type TicketStatistics,
} from './ticket-counters/ticket-counters.query';
export type { Backlog } from './ticket-kpis/backlog';
export {
  kpiNames,
  ticketKpisProjection,
  type KpiCount,
  type KpiNames,
  type KpiOptions,
} from './ticket-kpis/ticket-kpis.projection';
export {
  KPI_DAYS_MAX,
  ticketKpis,
  type KpiDay,
  type KpiPeriod,
  type ResolutionTimes,
  type TicketKpis,
} from './ticket-kpis/ticket-kpis.query';
export { ticketListName, ticketListProjection } from './ticket-list/ticket-list.projection';
export {
  listTickets,
  withoutFacts,
  type TicketListPage,
  type TicketListQuery,
} from './ticket-list/ticket-list.query';
export {
  ticketWorkloadName,
  ticketWorkloadProjection,
} from './ticket-workload/ticket-workload.projection';
export {
  ticketWorkload,
  type Workload,
  type WorkloadPage,
} from './ticket-workload/ticket-workload.query';

/** The read models of all flows: instances that are not over, the due index, what caused what. */
export const flowReadModels: readonly Projection[] = [
  flowInstancesProjection,
  flowTimersProjection,
  causationProjection([
    FLOW_STREAM_PREFIX,
    ...processes.map(({ name }) => ticketStreamPrefix(name)),
  ]),
];

/** The read models of all processes (`incident-list`, `incident-counters`, …) and of flows. */
export const readModels: readonly Projection[] = [
  ...processes.flatMap((process) => readModelsOf(process)),
  ...flowReadModels,
];
export { causationProjection } from './causation/causation.projection';
