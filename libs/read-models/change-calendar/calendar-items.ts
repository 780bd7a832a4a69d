import type { KnownItem } from '@ledgerdesk/processes';
import {
  CONFIGURATION_GRAPH,
  type RelationHistory,
  type RelationImpact,
} from '../configuration-graph/configuration-graph.projection';
import { itemsByName } from '../configuration-graph/items-by-name';
import { textOf, type DocumentReader } from '../document-reader';
import { labelsOf } from '../work/ticket-labels';

/** Items whose neighbours one answer looks at. */
const ITEMS_MAX = 500;
/** Neighbours of them all. */
const NEIGHBOURS_MAX = 5_000;
const PAGE_SIZE = 1_000;

/** The configuration items that plans name, and whether there were too many to look at them all. */
export interface CalendarItems {
  readonly items: readonly KnownItem[];
  readonly isTruncated: boolean;
}

/**
 * The items behind the references of plans (ids, numbers or names) with those above and below.
 * References that no item has are left out. Cost: a few queries for each 500 of them.
 */
export async function calendarItems(
  reader: DocumentReader,
  references: readonly string[],
): Promise<CalendarItems> {
  const asked = [...new Set(references)];
  const looked = asked.slice(0, ITEMS_MAX);
  const found = await itemsByName(reader, looked);
  const ids = [...new Set([...found.values()].map((document) => textOf(document, 'id') ?? ''))];
  const { relations, isCut } = await relationsOf(reader, ids);
  const labels = await labelsOf(
    reader,
    relations.map(({ target }) => target),
  );
  const bySource = new Map<string, NearRelation[]>(ids.map((id) => [id, []]));
  for (const relation of relations) bySource.get(relation.source)?.push(relation);
  const items = [...found].map(([reference, document]) => {
    const id = textOf(document, 'id') ?? '';
    return {
      reference,
      id,
      number: textOf(document, 'number'),
      name: textOf(document, 'name'),
      ciClass: textOf(document, 'ciClass'),
      relations: (bySource.get(id) ?? []).map(({ impact, target }) => ({
        impact,
        target,
        targetNumber: labels.get(target)?.number ?? target,
      })),
    };
  });
  return { items, isTruncated: isCut || asked.length > looked.length };
}

interface NearRelation {
  readonly source: string;
  readonly target: string;
  readonly impact: RelationImpact;
}

const turned = {
  'source-to-target': 'target-to-source',
  'target-to-source': 'source-to-target',
  none: 'none',
} as const;

async function relationsOf(
  reader: DocumentReader,
  ids: readonly string[],
): Promise<{ readonly relations: readonly NearRelation[]; readonly isCut: boolean }> {
  const relations: NearRelation[] = [];
  if (ids.length === 0) return { relations, isCut: false };
  for (const end of ['from', 'to'] as const) {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<DocumentReader['find']>> = await reader.find(
        CONFIGURATION_GRAPH,
        CONFIGURATION_GRAPH,
        {
          filter: { [end]: { $in: ids }, isCurrent: true, hasImpact: true },
          limit: PAGE_SIZE,
          ...(cursor !== null && { cursor }),
        },
      );
      for (const { document } of page.items) {
        const relation = document as RelationHistory;
        const impact = relation.switches.at(-1)?.value ?? 'none';
        relations.push(
          end === 'from'
            ? { source: relation.from, target: relation.to, impact }
            : { source: relation.to, target: relation.from, impact: turned[impact] },
        );
      }
      if (relations.length > NEIGHBOURS_MAX) return { relations, isCut: true };
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return { relations, isCut: false };
}
