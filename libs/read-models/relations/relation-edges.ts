import type { ReadDocument } from '@ledgerdesk/kernel';
import { CONFIGURATION_GRAPH } from '../configuration-graph/configuration-graph.projection';
import type { DocumentReader } from '../document-reader';
import { TICKET_REFERENCES, WORK } from '../work/work.projection';
import { TICKET_LINKS } from './ticket-links.projection';

/** Whether relations are followed that the ticket states itself, that others state, or both. */
export type RelationDirection = 'out' | 'in' | 'both';

/** A relation as it is stored: `to` is an id, a number, or a name of the outside world. */
export interface StoredRelation {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly inverse: string;
  readonly targetKind: string;
}

interface Source {
  readonly projection: string;
  readonly collection: string;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly targetKind?: string;
  /** Neither end states it more than the other. */
  readonly isMutual?: boolean;
}

const SOURCES: readonly Source[] = [
  { projection: WORK, collection: TICKET_REFERENCES, filter: {} },
  { projection: TICKET_LINKS, collection: TICKET_LINKS, filter: {} },
  {
    projection: CONFIGURATION_GRAPH,
    collection: CONFIGURATION_GRAPH,
    filter: { isCurrent: true },
    targetKind: 'configuration-item',
    isMutual: true,
  },
];

/** The projections that {@link relationsAround} reads. */
export const RELATION_PROJECTIONS: readonly string[] = SOURCES.map(({ projection }) => projection);

/** Values of one `$in`. */
const NAMES_AT_ONCE = 500;
const PAGE_SIZE = 1_000;

/** What a level of the graph is asked by. */
export interface LevelNames {
  readonly ids: readonly string[];
  /** By what others may call them: ids, numbers. */
  readonly names: readonly string[];
}

/**
 * The relations at the given tickets, at most `limit`; `isCut` where there are more. Cost: one or
 * two queries for each source and 500 names.
 */
export async function relationsAround(
  reader: DocumentReader,
  { ids, names }: LevelNames,
  { direction, limit }: { readonly direction: RelationDirection; readonly limit: number },
): Promise<{ readonly relations: readonly StoredRelation[]; readonly isCut: boolean }> {
  const relations: StoredRelation[] = [];
  for (const source of SOURCES) {
    const ends = [
      ...(direction !== 'in' || source.isMutual === true ? [{ end: 'from', among: ids }] : []),
      ...(direction !== 'out' || source.isMutual === true ? [{ end: 'to', among: names }] : []),
    ];
    for (const { end, among } of ends) {
      for (let at = 0; at < among.length; at += NAMES_AT_ONCE) {
        const slice = { [end]: { $in: among.slice(at, at + NAMES_AT_ONCE) } };
        const isCut = await readInto(reader, relations, source, { slice, limit });
        if (isCut) return { relations, isCut };
      }
    }
  }
  return { relations, isCut: false };
}

async function readInto(
  reader: DocumentReader,
  relations: StoredRelation[],
  { projection, collection, filter, targetKind }: Source,
  { slice, limit }: { readonly slice: Readonly<Record<string, unknown>>; readonly limit: number },
): Promise<boolean> {
  let cursor: string | null = null;
  do {
    const room = limit - relations.length;
    const page: Awaited<ReturnType<DocumentReader['find']>> = await reader.find(
      projection,
      collection,
      {
        filter: { ...slice, ...filter },
        limit: Math.min(PAGE_SIZE, room + 1),
        ...(cursor !== null && { cursor }),
      },
    );
    for (const { document } of page.items.slice(0, room)) {
      relations.push(relationOf(document, targetKind));
    }
    if (page.items.length > room) return true;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return false;
}

function relationOf(document: ReadDocument, targetKind: string | undefined): StoredRelation {
  return {
    from: String(document['from']),
    to: String(document['to']),
    type: String(document['type']),
    inverse: String(document['inverse']),
    targetKind: targetKind ?? String(document['targetKind']),
  };
}
