import type { EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type EventRegistry, type RecordedEvent } from '@ledgerdesk/kernel';

/** The recorded history that a flow is tried on. */
export interface BacktestLog {
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly registry: Pick<EventRegistry, 'decode'>;
}

/** Which part of it. */
export interface BacktestRange {
  /** Exclusive. Default: the start of the log. */
  readonly after?: bigint;
  /** Inclusive. Default: the head of the log. */
  readonly until?: bigint;
  /** Imported events that may be held in memory, about 2 KB each. Default 200,000. */
  readonly importsMax?: number;
  readonly signal?: AbortSignal;
}

interface HistoryOptions extends BacktestRange {
  readonly eventTypes: readonly string[];
}

const IMPORTS_MAX = 200_000;

/**
 * Recorded history in the order in which it happened. What people and flows did stands in the log
 * so; an import stands there ticket by ticket, long after it happened: its events come at their
 * time instead, as if they had been live. Progress of flows is left out.
 *
 * Cost: one read of the log's events of these types, and a second one where not all are imported.
 *
 * @throws LedgerdeskError `limit.backtest-imports`
 */
export async function* backtestHistory(
  log: BacktestLog,
  options: HistoryOptions,
): AsyncGenerator<RecordedEvent> {
  const { imported, hasOthers } = await importsOf(log, options);
  // From the end: the next one is the last of the list.
  imported.reverse();
  if (hasOthers) {
    for await (const event of eventsOf(log, options)) {
      if (event.origin.kind === 'import') continue;
      yield* takeUntil(imported, event.recordedAt);
      yield event;
    }
  }
  yield* imported.reverse();
}

/** Those that happened up to then; they leave the list, which has the latest first. */
function* takeUntil(imported: RecordedEvent[], instant: string): Generator<RecordedEvent> {
  const endMs = Date.parse(instant);
  for (let next = imported.at(-1); next !== undefined; next = imported.at(-1)) {
    if (Date.parse(next.occurredAt) > endMs) return;
    imported.pop();
    yield next;
  }
}

/** The imported events by when they happened, and whether there are others. */
async function importsOf(
  log: BacktestLog,
  options: HistoryOptions,
): Promise<{ readonly imported: RecordedEvent[]; readonly hasOthers: boolean }> {
  const { importsMax = IMPORTS_MAX } = options;
  const imported: RecordedEvent[] = [];
  let hasOthers = false;
  for await (const event of eventsOf(log, options)) {
    if (event.origin.kind !== 'import') {
      hasOthers = true;
      continue;
    }
    if (imported.length >= importsMax) throw tooMany(importsMax);
    imported.push(asLive(event));
  }
  // Sorting is stable: events of one instant keep the order of the log.
  imported.sort((one, other) => Date.parse(one.occurredAt) - Date.parse(other.occurredAt));
  return { imported, hasOthers };
}

async function* eventsOf(
  { eventStore, registry }: BacktestLog,
  { after, until, eventTypes, signal }: HistoryOptions,
): AsyncGenerator<RecordedEvent> {
  const range = { ...(after !== undefined && { after }), ...(until !== undefined && { until }) };
  for await (const row of eventStore.readAll({ ...range, filter: { eventTypes } })) {
    signal?.throwIfAborted();
    if (!row.stream.startsWith('flow-')) yield registry.decode(row);
  }
}

function asLive(event: RecordedEvent): RecordedEvent {
  return { ...event, origin: { ...event.origin, kind: 'api' }, recordedAt: event.occurredAt };
}

function tooMany(importsMax: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.backtest-imports',
    `more than ${importsMax} imported events concern the flow; give a shorter range of positions`,
    { details: { importsMax } },
  );
}
