import type { ReadDocument } from '@ledgerdesk/kernel';
import { mayHoldAt, valueAt, type GraphInstant } from '../configuration-graph/as-of';
import {
  CONFIGURATION_GRAPH,
  type RelationHistory,
} from '../configuration-graph/configuration-graph.projection';
import { textOf, type DocumentReader } from '../document-reader';
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
  /** As of when a document, which is a history then, must hold. */
  readonly instant?: GraphInstant;
}

const ITEM_RELATIONS = {
  projection: CONFIGURATION_GRAPH,
  collection: CONFIGURATION_GRAPH,
  targetKind: 'configuration-item',
  isMutual: true,
} as const;

const SOURCES: readonly Source[] = [
  { projection: WORK, collection: TICKET_REFERENCES, filter: {} },
  { projection: TICKET_LINKS, collection: TICKET_LINKS, filter: {} },
  { ...ITEM_RELATIONS, filter: { isCurrent: true } },
];

/** Of the past only the relations between configuration items are remembered. */
function sourcesAsOf(instant: GraphInstant | undefined): readonly Source[] {
  if (instant === undefined) return SOURCES;
  return [{ ...ITEM_RELATIONS, filter: mayHoldAt(instant), instant }];
}

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

/** Which relations are wanted. */
export interface RelationsWanted {
  readonly direction: RelationDirection;
  /** How many are looked at, at the most. */
  readonly limit: number;
  /** Absent for now; otherwise only relations between configuration items. */
  readonly instant?: GraphInstant;
}

/** Relations that were found. */
export interface RelationsFound {
  readonly relations: readonly StoredRelation[];
  /** How many were looked at: of a past instant also those that did not hold then. */
  readonly looked: number;
  /** There are more, or there were more than is remembered. */
  readonly isCut: boolean;
}

/**
 * The relations at the given tickets. Cost: one or two queries for each source and 500 names.
 */
export async function relationsAround(
  reader: DocumentReader,
  { ids, names }: LevelNames,
  { direction, limit, instant }: RelationsWanted,
): Promise<RelationsFound> {
  const search = new RelationSearch(reader, limit);
  for (const source of sourcesAsOf(instant)) {
    const ends = [
      ...(direction !== 'in' || source.isMutual === true ? [{ end: 'from', among: ids }] : []),
      ...(direction !== 'out' || source.isMutual === true ? [{ end: 'to', among: names }] : []),
    ];
    for (const { end, among } of ends) {
      for (let at = 0; at < among.length && !search.isFull; at += NAMES_AT_ONCE) {
        await search.read(source, { [end]: { $in: among.slice(at, at + NAMES_AT_ONCE) } });
      }
    }
  }
  return search;
}

class RelationSearch implements RelationsFound {
  readonly relations: StoredRelation[] = [];
  looked = 0;
  isFull = false;
  private hasForgotten = false;

  constructor(
    private readonly reader: DocumentReader,
    private readonly limit: number,
  ) {}

  get isCut(): boolean {
    return this.isFull || this.hasForgotten;
  }

  async read(source: Source, slice: Readonly<Record<string, unknown>>): Promise<void> {
    const { projection, collection, filter } = source;
    let cursor: string | null = null;
    do {
      const room = this.limit - this.looked;
      const page: Awaited<ReturnType<DocumentReader['find']>> = await this.reader.find(
        projection,
        collection,
        {
          filter: { ...slice, ...filter },
          limit: Math.min(PAGE_SIZE, room + 1),
          ...(cursor !== null && { cursor }),
        },
      );
      for (const { document } of page.items.slice(0, room)) this.take(source, document);
      this.isFull = page.items.length > room;
      cursor = page.nextCursor;
    } while (cursor !== null && !this.isFull);
  }

  private take({ instant, targetKind }: Source, document: ReadDocument): void {
    this.looked += 1;
    if (instant !== undefined) {
      const { switches, hasForgotten } = document as RelationHistory;
      const value = valueAt(switches, instant);
      if (value === undefined && hasForgotten) this.hasForgotten = true;
      if (value === undefined || value === null) return;
    }
    this.relations.push(relationOf(document, targetKind));
  }
}

function relationOf(document: ReadDocument, targetKind: string | undefined): StoredRelation {
  return {
    from: textOf(document, 'from') ?? '',
    to: textOf(document, 'to') ?? '',
    type: textOf(document, 'type') ?? '',
    inverse: textOf(document, 'inverse') ?? '',
    targetKind: targetKind ?? textOf(document, 'targetKind') ?? '',
  };
}
