import { FLOW_STREAM_PREFIX, ticketStreamPrefix, type Projection } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { causationProjection } from './causation/causation.projection';
import { crossProcessModels } from './cross-process-models';
import { flowInstancesProjection } from './flow-instances/flow-instances.projection';
import { flowTimersProjection } from './flow-timers/flow-timers.projection';
import { readModelsOf } from './read-models-of';
import { factsKeeper } from './ticket-facts';

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
  ticketFiguresName,
  ticketFiguresProjection,
} from './ticket-figures/ticket-figures.projection';
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
export type { KpiCount, KpiOptions } from './ticket-kpis/ticket-kpis.aggregates';
export {
  KPI_DAYS_MAX,
  ticketKpis,
  type KpiDay,
  type KpiPeriod,
  type ResolutionTimes,
  type TicketKpis,
} from './ticket-kpis/ticket-kpis.query';
export {
  ticketListCollection,
  ticketListName,
  ticketListProjection,
} from './ticket-list/ticket-list.projection';
export {
  listTickets,
  withoutFacts,
  type TicketListPage,
  type TicketListQuery,
} from './ticket-list/ticket-list.query';
export {
  ticketWorkload,
  type Workload,
  type WorkloadPage,
} from './ticket-workload/ticket-workload.query';
export { WORK, workCollection } from './work/work.projection';
export { listWork } from './work/work.query';
export { ticketLabelOf, type TicketLabel } from './work/ticket-labels';
export { RELATION_PROJECTIONS, type RelationDirection } from './relations/relation-edges';
export {
  GRAPH_LIMITS,
  hasGraphOfThePast,
  relationGraph,
  type GraphEdge,
  type GraphNode,
  type GraphQuery,
  type RelationGraph,
} from './relations/relation-graph.query';
export type { GraphInstant } from './configuration-graph/as-of';
export { CONFIGURATION_GRAPH } from './configuration-graph/configuration-graph.projection';
export {
  configurationImpact,
  IMPACT_LIMITS,
  type ConfigurationImpact,
  type ImpactItem,
  type ImpactQuery,
} from './configuration-graph/configuration-impact.query';
export { ITEM_PROJECTIONS } from './configuration-graph/items-by-name';
export type { CalendarEntry, CalendarKind, CalendarSpan } from './change-calendar/calendar-entry';
export type { CalendarConflict } from './change-calendar/calendar-conflicts';
export { CHANGE_CALENDAR } from './change-calendar/change-calendar.projection';
export {
  CALENDAR_LIMITS,
  changeCalendar,
  freeSlotOf,
  type CalendarQuery,
  type ChangeCalendar,
  type FreeSlot,
} from './change-calendar/change-calendar.query';
export {
  knownErrorsOf,
  MATCH_LIMITS,
  MATCH_PROJECTIONS,
  type KnownErrorMatch,
  type KnownErrorMatches,
  type MatchedTicket,
  type MatchReason,
} from './known-error-matches/known-error-matches.query';

/** The read models of all flows: instances that are not over, the due index, what caused what. */
export const flowReadModels: readonly Projection[] = [
  flowInstancesProjection,
  flowTimersProjection,
  causationProjection([
    FLOW_STREAM_PREFIX,
    ...processes.map(({ name }) => ticketStreamPrefix(name)),
  ]),
];

const keepers = processes.map((process) => factsKeeper(process));

/**
 * The read models of all processes (`incident-list`, `incident-figures`, …), those over several
 * of them (`work`, `change-calendar`, …) and those of flows.
 */
export const readModels: readonly Projection[] = [
  ...keepers.flatMap((keeper) => readModelsOf(keeper.process, keeper)),
  ...crossProcessModels(keepers),
  ...flowReadModels,
];
export { causationProjection } from './causation/causation.projection';
