import {
  stateCategories,
  stateCategory,
  ticketStreamPrefix,
  type CollectionDefinition,
  type FieldKind,
  type ProcessDefinition,
  type ProcessState,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { ticketIdOf, type FactsKeeper } from '../ticket-facts';

/** Fields that each list has, whatever its process. */
const OWN_FIELDS: Readonly<Record<string, FieldKind>> = {
  state: 'text',
  stateCategory: 'text',
  openedAt: 'text',
  updatedAt: 'text',
};

const OWN_TIMES = ['openedAt', 'updatedAt'] as const;

/** Name of the list of a process, and of its collection: `incident-list`. */
export function ticketListName(process: Pick<ProcessDefinition, 'name'>): string {
  return `${process.name}-list`;
}

/**
 * The list of all tickets of a process: one document each, with what the process's `listing` says,
 * the state and its category, `openedAt` (first event) and `updatedAt` (last event) in business
 * time, `revision` and `position` of the last event. The key `facts` is the fold's own.
 */
export function ticketListProjection<State extends ProcessState>(
  keeper: FactsKeeper<State>,
): Projection {
  const { process } = keeper;
  const { listing } = process;
  const memory = keeper.openMemory();
  return {
    name: ticketListName(process),
    version: listing.version,
    streamPrefixes: [ticketStreamPrefix(process.name)],
    documents: ticketListCollection(process),
    keyOf: (event) => ticketIdOf(process, event.stream),
    fold: (document, event) => {
      const id = ticketIdOf(process, event.stream);
      const facts = keeper.evolve(memory.of(id, document), event);
      return memory.keep(id, facts, (kept) => {
        const own = {
          id,
          state: facts.state,
          stateCategory: facts.state === null ? null : stateCategory(process, facts.state),
          openedAt: openedAt(document, event),
          updatedAt: event.occurredAt,
          revision: Number(event.revision),
          position: event.position.toString(),
          facts: kept,
        };
        // Its own fields first and last: adding to a copy of a large object is several times
        // slower.
        return Object.assign({}, own, listing.summarise(facts), own);
      });
    },
  };
}

/** What the list of a process may be asked for. */
export function ticketListCollection<State extends ProcessState>(
  process: Pick<ProcessDefinition<State>, 'name' | 'listing' | 'lifecycle'>,
): CollectionDefinition {
  const { collection } = process.listing;
  return {
    ...collection,
    name: ticketListName(process),
    fields: { ...collection.fields, ...OWN_FIELDS },
    wordFields: {
      ...collection.wordFields,
      state: Object.keys(process.lifecycle.states),
      stateCategory: stateCategories,
    },
    timeFields: [...new Set([...OWN_TIMES, ...(collection.timeFields ?? [])])],
  };
}

function openedAt(document: ReadDocument | undefined, event: RecordedEvent): string {
  const opened = document?.['openedAt'];
  return typeof opened === 'string' ? opened : event.occurredAt;
}
