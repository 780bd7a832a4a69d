import type { EventFilter } from '@ledgerdesk/event-store';
import type { EventRegistry } from '@ledgerdesk/kernel';
import { invalidQuery, type QueryParameters } from '../request/query-parameters';

const TERMS_MAX = 100;

/**
 * The filter that `types` and `streamPrefix` ask for; both may be repeated, and types listed with
 * commas. Undefined: all events.
 *
 * @throws LedgerdeskError `invalid.query` for a type that no process defines.
 */
export function eventFilterOf(
  query: QueryParameters,
  registry: Pick<EventRegistry, 'has'>,
): EventFilter | undefined {
  const eventTypes = query.texts('types').flatMap((list) => list.split(','));
  const streamPrefixes = query.texts('streamPrefix');
  const unknown = eventTypes.find((type) => !registry.has(type));
  if (unknown !== undefined) {
    throw invalidQuery(
      'types',
      `there is no event type ${unknown.slice(0, 80)}; see /openapi.json`,
    );
  }
  if (eventTypes.length > TERMS_MAX || streamPrefixes.length > TERMS_MAX) {
    throw invalidQuery('types', `give at most ${TERMS_MAX} types and prefixes`);
  }
  if (streamPrefixes.includes('')) {
    throw invalidQuery('streamPrefix', 'give a prefix or leave it out');
  }
  if (eventTypes.length === 0 && streamPrefixes.length === 0) return undefined;
  return {
    ...(eventTypes.length > 0 && { eventTypes }),
    ...(streamPrefixes.length > 0 && { streamPrefixes }),
  };
}
