import { LedgerdeskError, type ReadDocument } from '@ledgerdesk/kernel';
import {
  impactDown,
  impactEdgeOf,
  impactUp,
  indexImpactGraph,
  type ImpactCause,
  type ImpactEdge,
  type ImpactNode,
  type RedundancyRule,
  type ShieldedItem,
} from '@ledgerdesk/processes';
import type { DocumentReader, Positioned } from '../document-reader';
import { labelsOf, type TicketLabel } from '../work/ticket-labels';
import { mayHoldAt, valueAt, type GraphInstant } from './as-of';
import {
  CONFIGURATION_GRAPH,
  type RedundancyHistory,
  type RelationHistory,
} from './configuration-graph.projection';

/** Bounds of an analysis of impact. */
export const IMPACT_LIMITS = {
  depthMax: 50,
  depthDefault: 10,
  itemsMax: 2_000,
  itemsDefault: 500,
  /** Relations that one answer looks at. */
  relationsMax: 50_000,
} as const;

/** What an analysis of impact is to look at. */
export interface ImpactQuery {
  /** `down`: what a failure of the item reaches; `up`: what it rests on. */
  readonly direction: 'down' | 'up';
  /** As of when; absent for now. */
  readonly instant?: GraphInstant;
  readonly depth?: number;
  /** Items in the answer, at the most. */
  readonly limit?: number;
}

/** An item that the analysis reached; its name and state are those of today. */
export interface ImpactItem extends TicketLabel {
  /** Ids of the items on a shortest way, both ends included. */
  readonly path: readonly string[];
  /** Why a failure reached it; null for what the item rests on. */
  readonly cause: ImpactCause | null;
}

/** The impact of a configuration item, as of an instant. */
export interface ConfigurationImpact extends Positioned {
  readonly id: string;
  readonly direction: 'down' | 'up';
  readonly items: readonly ImpactItem[];
  /** Downwards: items that lost impactors and work on, as their redundancy rule allows it. */
  readonly shielded: readonly ShieldedItem[];
  /** There is more than depth and limit let through, or than is remembered of that instant. */
  readonly isTruncated: boolean;
}

/**
 * What a failure of a configuration item reaches, or what it rests on, as of any instant: walked
 * outwards from the item over indexes, never over the whole graph. Cost: two queries for each 500
 * items of each level.
 *
 * @throws LedgerdeskError `limit.graph-size` beyond 50,000 relations.
 */
export async function configurationImpact(
  reader: DocumentReader,
  id: string,
  query: ImpactQuery,
): Promise<ConfigurationImpact> {
  const { direction } = query;
  const position = await reader.checkpoint(CONFIGURATION_GRAPH);
  const walk = new ImpactWalk(reader, {
    direction,
    instant: query.instant ?? { position: BigInt(Number.MAX_SAFE_INTEGER - 1) },
    depth: query.depth ?? IMPACT_LIMITS.depthDefault,
    limit: query.limit ?? IMPACT_LIMITS.itemsDefault,
  });
  const { edges, nodes, isTruncated } = await walk.from(id);
  const index = indexImpactGraph({ edges, nodes });
  const bound = { itemsMax: IMPACT_LIMITS.itemsMax };
  const down = direction === 'down' ? impactDown(index, [id], bound) : undefined;
  const found =
    down === undefined
      ? impactUp(index, id, bound).impactors.map((item) => ({ ...item, cause: null }))
      : down.impacted;
  const labels = await labelsOf(
    reader,
    found.map((item) => item.id),
  );
  return {
    id,
    direction,
    items: found.map((item) => ({
      ...(labels.get(item.id) ?? unlabelled(item.id)),
      path: item.path,
      cause: item.cause,
    })),
    shielded: down?.shielded ?? [],
    isTruncated,
    position: position.toString(),
  };
}

function unlabelled(id: string): TicketLabel {
  return { process: 'configuration-item', id, number: null, title: null, state: null };
}

interface Walked {
  readonly edges: readonly ImpactEdge[];
  readonly nodes: readonly ImpactNode[];
  readonly isTruncated: boolean;
}

/** Values of one `$in`. */
const IDS_AT_ONCE = 500;
const PAGE_SIZE = 1_000;

/** Gathers the part of the graph that an answer needs, level by level. */
class ImpactWalk {
  private readonly edges = new Map<string, ImpactEdge>();
  private readonly rules = new Map<string, RedundancyRule[]>();
  private readonly known = new Set<string>();
  private isTruncated = false;
  private relations = 0;

  constructor(
    private readonly reader: DocumentReader,
    private readonly query: Required<ImpactQuery>,
  ) {}

  async from(id: string): Promise<Walked> {
    this.known.add(id);
    let level: readonly string[] = [id];
    // One level more than is shown: its items need all that they rest on to be judged.
    for (let depth = 0; level.length > 0; depth += 1) {
      for (let at = 0; at < level.length; at += IDS_AT_ONCE) {
        await this.load(level.slice(at, at + IDS_AT_ONCE));
      }
      level = this.nextLevel(level, depth);
    }
    const isDown = this.query.direction === 'down';
    // What rests on an unknown impactor keeps it for the count; nothing unknown is reached.
    const edges = [...this.edges.values()].filter(
      (edge) => this.known.has(isDown ? edge.to : edge.from) && (isDown || this.known.has(edge.to)),
    );
    const nodes = [...this.rules].map(([item, redundancy]) => ({ id: item, redundancy }));
    return { edges, nodes, isTruncated: this.isTruncated };
  }

  private nextLevel(level: readonly string[], depth: number): readonly string[] {
    const { direction, depth: depthMax, limit } = this.query;
    const last = new Set(level);
    const next: string[] = [];
    for (const edge of this.edges.values()) {
      const [near, far] = direction === 'down' ? [edge.from, edge.to] : [edge.to, edge.from];
      if (!last.has(near) || this.known.has(far)) continue;
      if (depth >= depthMax || this.known.size > limit) {
        this.isTruncated = true;
        break;
      }
      this.known.add(far);
      next.push(far);
    }
    return next;
  }

  private async load(ids: readonly string[]): Promise<void> {
    const among = { $in: ids };
    for (const end of ['from', 'to']) {
      await this.each({ [end]: among, hasImpact: true }, (document) => {
        this.addRelation(document as RelationHistory);
      });
    }
    await this.each({ item: among }, (document) => this.addRule(document as RedundancyHistory));
  }

  private addRelation(relation: RelationHistory): void {
    const impact = valueAt(relation.switches, this.query.instant);
    if (impact === undefined && relation.hasForgotten) this.isTruncated = true;
    if (impact === undefined || impact === null) return;
    const { from, type, inverse, to } = relation;
    const edge = impactEdgeOf(from, { type, inverse, impact, target: to });
    if (edge !== undefined) this.edges.set(`${from} ${type} ${to}`, edge);
  }

  private addRule({ item, relation, switches, hasForgotten }: RedundancyHistory): void {
    const rule = valueAt(switches, this.query.instant);
    if (rule === undefined && hasForgotten) this.isTruncated = true;
    if (rule === undefined || rule === null) return;
    this.rules.set(item, [...(this.rules.get(item) ?? []), { relation, ...rule }]);
  }

  private async each(
    filter: Readonly<Record<string, unknown>>,
    visit: (document: ReadDocument) => void,
  ): Promise<void> {
    const asOf = { ...filter, ...mayHoldAt(this.query.instant) };
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<DocumentReader['find']>> = await this.reader.find(
        CONFIGURATION_GRAPH,
        CONFIGURATION_GRAPH,
        { filter: asOf, limit: PAGE_SIZE, ...(cursor !== null && { cursor }) },
      );
      for (const { document } of page.items) visit(document);
      this.relations += page.items.length;
      if (this.relations > IMPACT_LIMITS.relationsMax) throw tooManyRelations();
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}

function tooManyRelations(): LedgerdeskError {
  const { relationsMax } = IMPACT_LIMITS;
  return new LedgerdeskError(
    'limit.graph-size',
    `the answer needs more than ${relationsMax} relations; ask with a smaller depth or limit`,
    { details: { relationsMax } },
  );
}
