import type { CollectionDefinition } from '@ledgerdesk/kernel';
import type { IndexDescription } from 'mongodb';
import { invalidCollection } from '../read-store.errors';
import { storedField } from './mongodb.documents';
import type { SearchIndex } from './mongodb.search';

/** A server's own limit, its index on `_id` included. */
const INDEXES_MAX = 64;

/**
 * What a collection declares, as indexes. All begin with `live`, so that traces of documents that
 * went away are never read, and go on with the id, by which pages break ties.
 *
 * @throws LedgerdeskError `invalid.collection` for more indexes than a server takes.
 */
export function indexesOf(
  definition: CollectionDefinition,
  search: SearchIndex,
): IndexDescription[] {
  const { name, fields, compoundIndexes = [], textFields = [] } = definition;
  const paths = [[], ...Object.keys(fields).map((field) => [field]), ...compoundIndexes];
  const indexes: IndexDescription[] = paths.map((path) => ({
    name: ['live', ...path].join('-'),
    key: new Map([['live', 1], ...path.map(ascending), ['_id', 1]]),
  }));
  if (textFields.length > 0) indexes.push(searchIndexOf(search));
  if (indexes.length < INDEXES_MAX) return indexes;
  throw invalidCollection(
    `${name} declares ${indexes.length} indexes with its fields; MongoDB keeps at most ` +
      `${INDEXES_MAX - 1} for a collection. Declare fewer fields or compound indexes.`,
    { collection: name, indexes: indexes.length },
  );
}

function searchIndexOf(search: SearchIndex): IndexDescription {
  if (search === 'words') {
    return { name: 'search', key: new Map([['live', 1] as const, ['words', 1] as const]) };
  }
  return {
    name: 'search',
    key: new Map<string, 1 | 'text'>([
      ['live', 1],
      ['terms', 'text'],
    ]),
    // No stemming and no stop words: terms are words in the form that all adapters share.
    default_language: 'none',
    // A field that no document has: otherwise one named `language` would choose the language.
    language_override: 'no-language',
  };
}

function ascending(field: string): [string, 1] {
  return [storedField(field), 1];
}
