import {
  ticketStreamPrefix,
  type ProcessDefinition,
  type ProcessState,
  type Projection,
  type ReadDocument,
} from '@ledgerdesk/kernel';
import { counterAggregates } from '../ticket-counters/ticket-counters.aggregates';
import { ticketIdOf, type FactsKeeper, type TicketView } from '../ticket-facts';
import {
  beginning,
  happenings,
  kpiAggregates,
  withHappening,
  type KpiCount,
  type KpiOptions,
  type TicketHistory,
} from '../ticket-kpis/ticket-kpis.aggregates';
import { workloadAggregate } from '../ticket-workload/ticket-workload.aggregate';

const VERSION = 1;

/** Name of the projection that counts the tickets of a process. */
export function ticketFiguresName({ name }: Pick<ProcessDefinition, 'name'>): string {
  return `${name}-figures`;
}

/**
 * All that is counted over the tickets of a process: counters, workload and key figures. One
 * document for each ticket holds what their sums are made of, so that an event writes it once.
 */
export function ticketFiguresProjection<State extends ProcessState>(
  keeper: FactsKeeper<State>,
  options: KpiOptions = {},
): Projection {
  const { process } = keeper;
  const memory = keeper.openMemory();
  const name = ticketFiguresName(process);
  const happened = happenings(process, options);
  const viewOf = rememberingLast((document) => memory.view(document));
  return {
    name,
    version: VERSION,
    streamPrefixes: [ticketStreamPrefix(process.name)],
    documents: { name: `${name}-tickets`, fields: {} },
    keyOf: (event) => ticketIdOf(process, event.stream),
    fold: (stored, event) => {
      const id = ticketIdOf(process, event.stream);
      const before = memory.of(id, stored);
      const facts = keeper.evolve(before, event);
      if (facts === before && stored !== undefined) return stored;
      const isFirst = stored === undefined;
      const history = (stored as TicketHistory | undefined) ?? beginning(event.occurredAt);
      const counts: readonly KpiCount[] = isFirst
        ? ['opened', ...happened(null, facts.state)]
        : happened(before.state, facts.state);
      return memory.keep(id, facts, (kept) => ({
        ...counts.reduce((known, count) => withHappening(known, count, event.occurredAt), history),
        facts: kept,
      }));
    },
    aggregates: [
      ...counterAggregates(process, viewOf),
      workloadAggregate(process, viewOf),
      ...kpiAggregates(process),
    ],
  };
}

/** Each aggregate asks for the view of the same document, one after the other. */
function rememberingLast(
  viewOf: (document: ReadDocument) => TicketView,
): (document: ReadDocument) => TicketView {
  let last: { readonly document: ReadDocument; readonly view: TicketView } | undefined;
  return (document) => {
    if (last?.document !== document) last = { document, view: viewOf(document) };
    return last.view;
  };
}
