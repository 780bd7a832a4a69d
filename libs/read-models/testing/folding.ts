import { processes } from '@ledgerdesk/processes';
import type { Projection, ReadDocument, RecordedEvent } from '@ledgerdesk/kernel';
import { factsKeeper, type FactsKeeper } from '../ticket-facts';
import { recorded } from './recorded';

/** What happened to something: its stream, the type of the event and its data. */
export type Happening = readonly [stream: string, type: string, data?: object];

/** Keepers of all processes of the system, as its read models get them. */
export function allKeepers(): readonly FactsKeeper[] {
  return processes.map((process) => factsKeeper(process));
}

/** One event an hour from the first hour of 2026 on, at the positions from 1 on. */
export function eventsOf(happenings: readonly Happening[]): readonly RecordedEvent[] {
  return happenings.map(([stream, type, data = {}], index) =>
    recorded(type, { ...data }, { stream, position: index + 1 }),
  );
}

/** The documents after the events, by key. */
export function fold(
  projection: Projection,
  events: readonly RecordedEvent[],
): ReadonlyMap<string, ReadDocument> {
  const documents = new Map<string, ReadDocument>();
  for (const event of events) {
    const key = projection.keyOf(event);
    if (key === undefined) continue;
    const folded = projection.fold(documents.get(key), event);
    if (folded === null) documents.delete(key);
    else documents.set(key, folded);
  }
  return documents;
}

/** What the documents add to the sums of the projection: the labels of each contribution. */
export function labelsIn(
  projection: Projection,
  documents: ReadonlyMap<string, ReadDocument>,
): readonly object[] {
  return (projection.aggregates ?? []).flatMap(({ contributions }) =>
    [...documents.values()].flatMap((document) =>
      contributions(document).map(({ labels }) => labels),
    ),
  );
}
