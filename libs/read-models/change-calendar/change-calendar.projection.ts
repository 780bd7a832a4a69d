import {
  ticketIdOfStream,
  ticketStreamPrefix,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { processOfStream } from '../process-of-stream';
import type { FactsKeeper } from '../ticket-facts';
import { calendarEntries, extentOf, textsOf } from './calendar-entry';

/** Name of the change calendar and of its collection. */
export const CHANGE_CALENDAR = 'change-calendar';

const OWN_VERSION = 1;

/**
 * The change calendar: one document for each change, freeze, maintenance window, lockdown and CAB
 * meeting, found by the time that it takes. Its version rises with that of their listings.
 */
export function changeCalendarProjection(keepers: readonly FactsKeeper[]): Projection {
  const concerned = keepers.filter(({ process }) => process.name in calendarEntries);
  const byProcess = processOfStream(
    concerned.map((keeper) => ({
      name: keeper.process.name,
      keeper,
      memory: keeper.openMemory(),
      entryOf: calendarEntries[keeper.process.name],
    })),
  );
  return {
    name: CHANGE_CALENDAR,
    version: concerned.reduce((sum, { process }) => sum + process.listing.version, OWN_VERSION),
    streamPrefixes: concerned.map(({ process }) => ticketStreamPrefix(process.name)),
    documents: {
      name: CHANGE_CALENDAR,
      fields: { id: 'text', kind: 'text', isShown: 'boolean', start: 'text', end: 'text' },
      compoundIndexes: [
        ['isShown', 'end', 'start'],
        ['kind', 'end'],
      ],
    },
    keyOf: ({ stream }) => (byProcess(stream) === undefined ? undefined : ticketIdOfStream(stream)),
    fold: (document, event) => {
      const found = byProcess(event.stream);
      if (found?.entryOf === undefined) return document ?? null;
      const { keeper, memory, entryOf } = found;
      const id = ticketIdOfStream(event.stream);
      const before = memory.of(id, document);
      const facts = keeper.evolve(before, event);
      const affectedItems = affectedItemsAfter(document, event);
      if (facts === before && affectedItems === undefined && document !== undefined) {
        return document;
      }
      const known = facts as unknown as Readonly<Record<string, string | null>>;
      const entry = {
        ...entryOf(known),
        affectedItems: affectedItems ?? textsOf(document?.['affectedItems']),
      };
      const extent = extentOf(entry);
      return memory.keep(id, facts, (kept) => ({
        id,
        process: keeper.process.name,
        number: known['number'] ?? null,
        title: known['title'] ?? null,
        state: facts.state,
        ...entry,
        start: extent?.start ?? null,
        end: extent?.end ?? null,
        facts: kept,
      }));
    },
  };
}

/** What a change has beside its own items is no fact of it; two of its events tell. */
function affectedItemsAfter(
  document: ReadDocument | undefined,
  { type, data }: RecordedEvent,
): readonly string[] | undefined {
  if (type === 'ChangeDrafted') return textsOf(data['affectedItems']);
  if (type === 'ChangeAffectedItemsChanged') return textsOf(data['to']);
  return document === undefined ? [] : undefined;
}
