import { noTracing, type FoldedBatch, type TracedWork, type Tracing } from '@ledgerdesk/engine';
import type { AppendRequest, EventStore } from '@ledgerdesk/event-store';
import { parseSealedEvent } from '@ledgerdesk/kernel';

/** The same store, whose appends show in the trace of the command that they are part of. */
export function tracedEventStore(store: EventStore, tracing: Tracing): EventStore {
  if (tracing === noTracing) return store;
  const append: EventStore['append'] = (request) =>
    tracing.within(
      () => appendWork(request),
      () => store.append(request),
    );
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return append;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Shows in the traces of the events' commands that and when read models took them in. */
export function recordFolding(tracing: Tracing, batch: FoldedBatch): void {
  const { events, projections, startedMs } = batch;
  for (const row of events) {
    const { correlationId, commandId, type } = parseSealedEvent(row);
    tracing.record(
      () => ({
        name: `project ${type}`,
        kind: 'consumer',
        attributes: {
          'ledgerdesk.projections': projections.join(' '),
          'ledgerdesk.position': String(row.position),
        },
        follows: { correlationId, commandId },
      }),
      startedMs,
    );
  }
}

function appendWork({ stream, events }: AppendRequest): TracedWork {
  return {
    name: 'append',
    kind: 'client',
    attributes: { 'ledgerdesk.stream': stream, 'ledgerdesk.events': events.length },
  };
}
