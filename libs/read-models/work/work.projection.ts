import {
  stateCategories,
  stateCategory,
  ticketIdOfStream,
  ticketStreamPrefix,
  type CollectionDefinition,
  type Contribution,
  type ProcessState,
  type Projection,
  type ReadDocument,
} from '@ledgerdesk/kernel';
import { processOfStream } from '../process-of-stream';
import type { FactsKeeper } from '../ticket-facts';

/** Name of the work list and of its collection. */
export const WORK = 'work';

/** Name of the collection of the references between tickets, which the work list keeps. */
export const TICKET_REFERENCES = 'ticket-references';

const OWN_VERSION = 1;
/** Of what a fact may name: a longer list is cut for the graph, never for the ticket itself. */
const REFERENCES_OF_A_FACT_MAX = 500;

/** What the work list may be asked for. */
export const workCollection: CollectionDefinition = {
  name: WORK,
  fields: {
    id: 'text',
    process: 'text',
    number: 'text',
    state: 'text',
    stateCategory: 'text',
    priority: 'number',
    assignmentGroup: 'text',
    assignee: 'text',
    dueAt: 'text',
    openedAt: 'text',
    updatedAt: 'text',
  },
  compoundIndexes: [
    ['stateCategory', 'priority'],
    ['assignmentGroup', 'stateCategory'],
    ['assignee', 'stateCategory'],
    ['process', 'stateCategory'],
  ],
  timeFields: ['dueAt', 'openedAt', 'updatedAt'],
  textFields: ['number', 'title', 'excerpt'],
};

const referenceCollection: CollectionDefinition = {
  name: TICKET_REFERENCES,
  fields: { from: 'text', to: 'text' },
};

/** One way in which a ticket says that it stands to something else. */
interface Reference extends ReadDocument {
  readonly to: string;
  readonly type: string;
  readonly inverse: string;
  readonly targetKind: string;
}

interface WorkDocument extends ReadDocument {
  readonly id: string;
  readonly references: readonly Reference[];
}

/**
 * The work list: one slim document for each ticket of each process, and, as its sums, one document
 * for each reference between tickets, so that a ticket that 10,000 others name is no large
 * document. Its version rises with that of any listing.
 */
export function workProjection(keepers: readonly FactsKeeper[]): Projection {
  const byProcess = processOfStream(
    keepers.map((keeper) => ({
      name: keeper.process.name,
      keeper,
      memory: keeper.openMemory(),
      referencesOf: referencesOf(keeper),
    })),
  );
  return {
    name: WORK,
    version: keepers.reduce((sum, { process }) => sum + process.listing.version, OWN_VERSION),
    streamPrefixes: keepers.map(({ process }) => ticketStreamPrefix(process.name)),
    documents: { ...workCollection, wordFields: wordFieldsOf(keepers) },
    keyOf: ({ stream }) => (byProcess(stream) === undefined ? undefined : ticketIdOfStream(stream)),
    fold: (document, event) => {
      const found = byProcess(event.stream);
      if (found === undefined) return document ?? null;
      const { keeper, memory } = found;
      const { process } = keeper;
      const id = ticketIdOfStream(event.stream);
      const before = memory.of(id, document);
      const facts = keeper.evolve(before, event);
      // A note concerns no list; that it was written, the list of the process tells.
      if (facts === before && document !== undefined) return document;
      const shown = process.listing.summarise(facts);
      return memory.keep(id, facts, (kept) => ({
        id,
        process: process.name,
        number: shown['number'] ?? null,
        title: shown['title'] ?? shown['name'] ?? null,
        excerpt: shown['excerpt'] ?? null,
        state: facts.state,
        stateCategory: facts.state === null ? null : stateCategory(process, facts.state),
        priority: shown['priority'] ?? null,
        assignmentGroup: shown['assignmentGroup'] ?? null,
        assignee: shown['assignee'] ?? null,
        dueAt: shown['dueAt'] ?? null,
        openedAt: document?.['openedAt'] ?? event.occurredAt,
        updatedAt: event.occurredAt,
        references: found.referencesOf(facts),
        facts: kept,
      }));
    },
    aggregates: [{ collection: referenceCollection, contributions: contributionsOf }],
  };
}

// A word of any of the processes: the list does not know which one is meant.
function wordFieldsOf(
  keepers: readonly FactsKeeper[],
): NonNullable<CollectionDefinition['wordFields']> {
  const states = keepers.flatMap(({ process }) => Object.keys(process.lifecycle.states));
  return {
    process: keepers.map(({ process }) => process.name),
    state: [...new Set(states)],
    stateCategory: stateCategories,
  };
}

function contributionsOf(document: ReadDocument): readonly Contribution[] {
  const { id, references } = document as WorkDocument;
  return references.map((reference) => ({
    id: `${id} ${reference.type} ${reference.to}`,
    labels: { from: id, ...reference },
    amounts: { count: 1 },
  }));
}

function referencesOf({ process }: FactsKeeper): (facts: ProcessState) => readonly Reference[] {
  const { references = [] } = process.listing;
  return (facts) =>
    references.flatMap(({ fact, type, inverse, targetKind }) =>
      namesOf((facts as unknown as Readonly<Record<string, unknown>>)[fact]).map((to) => ({
        to,
        type,
        inverse,
        targetKind,
      })),
    );
}

function namesOf(fact: unknown): readonly string[] {
  if (typeof fact === 'string') return fact === '' ? [] : [fact];
  if (!Array.isArray(fact)) return [];
  const names = fact.filter((name) => typeof name === 'string' && name !== '');
  return [...new Set<string>(names)].slice(0, REFERENCES_OF_A_FACT_MAX);
}
