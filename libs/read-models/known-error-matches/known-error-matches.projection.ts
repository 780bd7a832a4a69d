import {
  ticketIdOfStream,
  ticketStreamPrefix,
  type Contribution,
  type Projection,
  type ReadDocument,
} from '@ledgerdesk/kernel';
import { textsOf } from '../change-calendar/calendar-entry';
import { textOf } from '../document-reader';
import type { FactsKeeper } from '../ticket-facts';
import { itemTerm, matchWords, wordTerm } from './match-terms';

/** Name of the read model by which known errors are matched, and of its collection. */
export const KNOWN_ERROR_MATCHES = 'known-error-matches';

/** Its index: one small document for each term of each published known error. */
export const KNOWN_ERROR_TERMS = 'known-error-terms';

const KNOWN_ERROR = 'known-error';
const OWN_VERSION = 1;
const ITEMS_MAX = 100;

interface MatchDocument extends ReadDocument {
  readonly id: string;
  /** Empty unless it is published: nobody is to be told of a draft. */
  readonly terms: readonly string[];
}

/**
 * What published known errors are found by: their words and configuration items, as an inverted
 * index. A term that many share is many small documents.
 */
export function knownErrorMatchesProjection(keepers: readonly FactsKeeper[]): Projection {
  const keeper = keepers.find(({ process }) => process.name === KNOWN_ERROR);
  const memory = keeper?.openMemory();
  return {
    name: KNOWN_ERROR_MATCHES,
    version: OWN_VERSION + (keeper?.process.listing.version ?? 0),
    streamPrefixes: [ticketStreamPrefix(KNOWN_ERROR)],
    documents: {
      name: KNOWN_ERROR_MATCHES,
      fields: { id: 'text', problem: 'text', isPublished: 'boolean' },
      compoundIndexes: [['problem', 'isPublished']],
    },
    keyOf: ({ stream }) => ticketIdOfStream(stream),
    fold: (document, event) => {
      if (keeper === undefined || memory === undefined) return document ?? null;
      const id = ticketIdOfStream(event.stream);
      const before = memory.of(id, document);
      const facts = keeper.evolve(before, event);
      if (facts === before && document !== undefined) return document;
      const shown = keeper.process.listing.summarise(facts);
      const isPublished = facts.state === 'published';
      return memory.keep(id, facts, (kept) => ({
        id,
        number: textOf(shown, 'number'),
        title: textOf(shown, 'title'),
        state: facts.state,
        problem: textOf(shown, 'problem'),
        workaroundExcerpt: textOf(shown, 'workaroundExcerpt'),
        isPublished,
        terms: isPublished ? termsOf(shown) : [],
        facts: kept,
      }));
    },
    aggregates: [
      {
        collection: { name: KNOWN_ERROR_TERMS, fields: { term: 'text', knownError: 'text' } },
        contributions: contributionsOf,
      },
    ],
  };
}

function contributionsOf(document: ReadDocument): readonly Contribution[] {
  const { id, terms } = document as MatchDocument;
  return terms.map((term) => ({
    id: `${id} ${term}`,
    labels: { term, knownError: id },
    amounts: { count: 1 },
  }));
}

function termsOf(shown: ReadDocument): readonly string[] {
  const words = matchWords(
    textOf(shown, 'title'),
    textOf(shown, 'errorCode'),
    textOf(shown, 'excerpt'),
  );
  const items = textsOf(shown['configurationItems']).slice(0, ITEMS_MAX);
  return [...new Set([...items.map(itemTerm), ...words.map(wordTerm)])];
}
