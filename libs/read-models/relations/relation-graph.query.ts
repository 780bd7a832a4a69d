import type { GraphInstant } from '../configuration-graph/as-of';
import type { DocumentReader, Positioned } from '../document-reader';
import { labelsByNumber, labelsOf, type TicketLabel } from '../work/ticket-labels';
import {
  RELATION_PROJECTIONS,
  relationsAround,
  type RelationDirection,
  type StoredRelation,
} from './relation-edges';

/** Bounds of a graph of relations. */
export const GRAPH_LIMITS = {
  depthMax: 20,
  depthDefault: 2,
  nodesMax: 1_000,
  nodesDefault: 200,
  /** Relations that one answer looks at. */
  relationsMax: 10_000,
} as const;

/** How far a graph of relations is to reach. */
export interface GraphQuery {
  /** Steps away from the ticket. */
  readonly depth?: number;
  /** Nodes in the answer, at the most. */
  readonly limit?: number;
  readonly direction?: RelationDirection;
  /** As of when; absent for now. Only relations between configuration items have a past. */
  readonly instant?: GraphInstant;
}

/** A ticket, or a thing of the outside world that a link names. */
export interface GraphNode {
  /** Of a ticket its id, of anything else the name that the link gives it. */
  readonly id: string;
  /** What it is: the name of a process, or what the link says: `vendor`, `service`. */
  readonly process: string;
  readonly number: string | null;
  readonly title: string | null;
  readonly state: string | null;
  /** False for what is no ticket here. */
  readonly isTicket: boolean;
  /** Steps away from the ticket that was asked about. */
  readonly depth: number;
}

/** `from` stands to `to` by `type`, and `to` to `from` by `inverse`. Ids of nodes. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly inverse: string;
}

/** What a ticket has to do with, both ways. */
export interface RelationGraph extends Positioned {
  readonly root: string;
  /** The nearest first. */
  readonly nodes: readonly GraphNode[];
  /** All relations between the nodes, each once. */
  readonly edges: readonly GraphEdge[];
  /**
   * There are further nodes: behind the depth, or beyond the limit of nodes, of relations, or of
   * what is remembered of that instant.
   */
  readonly cut: { readonly byDepth: boolean; readonly byLimit: boolean };
}

/** Whether {@link relationGraph} can be asked as of an instant for tickets of the process. */
export function hasGraphOfThePast({ name }: { readonly name: string }): boolean {
  return name === 'configuration-item';
}

/**
 * The graph of relations around a ticket, level by level over indexes, both ways unless asked
 * otherwise. A relation that both ends tell of stands there once. As of a past instant it has the
 * relations between configuration items alone; names and states are those of today. Cost: at most
 * seven queries for each 500 nodes of each level.
 */
export async function relationGraph(
  reader: DocumentReader,
  root: TicketLabel,
  { depth, limit, direction = 'both', instant }: GraphQuery = {},
): Promise<RelationGraph> {
  const positions: bigint[] = [];
  for (const projection of RELATION_PROJECTIONS) {
    positions.push(await reader.checkpoint(projection));
  }
  const walk = new GraphWalk(reader, {
    depth: depth ?? GRAPH_LIMITS.depthDefault,
    limit: limit ?? GRAPH_LIMITS.nodesDefault,
    direction,
    ...(instant !== undefined && { instant }),
  });
  const graph = await walk.from(root);
  const position = positions.reduce((least, each) => (each < least ? each : least));
  return { root: root.id, ...graph, position: position.toString() };
}

type WalkQuery = Required<Omit<GraphQuery, 'instant'>> & Pick<GraphQuery, 'instant'>;

class GraphWalk {
  private readonly nodes = new Map<string, GraphNode>();
  /** Each node under every name that a relation may call it by. */
  private readonly names = new Map<string, string>();
  /** What is known of the tickets that relations name, by that name. */
  private readonly labels = new Map<string, TicketLabel>();
  private readonly edges = new Map<string, GraphEdge>();
  private relations = 0;
  private isCutByDepth = false;
  private isCutByLimit = false;

  constructor(
    private readonly reader: DocumentReader,
    private readonly query: WalkQuery,
  ) {}

  async from(root: TicketLabel): Promise<Omit<RelationGraph, 'root' | 'position'>> {
    let level = this.add({ ...root, isTicket: true, depth: 0 });
    // The level behind the last one is looked at, not shown: it tells whether there is more.
    for (let depth = 1; level.length > 0 && depth <= this.query.depth + 1; depth += 1) {
      const found = await this.around(level);
      await this.resolve(found);
      level = this.take(found, depth);
    }
    return {
      nodes: [...this.nodes.values()],
      edges: [...this.edges.values()],
      cut: { byDepth: this.isCutByDepth, byLimit: this.isCutByLimit },
    };
  }

  private async around(level: readonly GraphNode[]): Promise<readonly StoredRelation[]> {
    const ids = level.map(({ id }) => id);
    const numbers = level.flatMap(({ number }) => (number === null ? [] : [number]));
    const { direction, instant } = this.query;
    const limit = GRAPH_LIMITS.relationsMax - this.relations;
    const { relations, looked, isCut } = await relationsAround(
      this.reader,
      { ids, names: [...ids, ...numbers] },
      { direction, limit, ...(instant !== undefined && { instant }) },
    );
    this.relations += looked;
    if (isCut) this.isCutByLimit = true;
    return relations;
  }

  /** Finds out which tickets the relations name, by id or by number. */
  private async resolve(relations: readonly StoredRelation[]): Promise<void> {
    const names = relations
      .flatMap(({ from, to }) => [from, to])
      .filter((name) => !this.names.has(name) && !this.labels.has(name));
    const unknown = [...new Set(names)];
    const byId = await labelsOf(this.reader, unknown);
    const others = unknown.filter((name) => !byId.has(name));
    const byNumber = await labelsByNumber(this.reader, others);
    for (const [name, label] of [...byId, ...byNumber]) this.labels.set(name, label);
  }

  private take(relations: readonly StoredRelation[], depth: number): readonly GraphNode[] {
    const next: GraphNode[] = [];
    for (const relation of relations) {
      for (const name of [relation.from, relation.to]) {
        if (this.idOf(name) !== undefined) continue;
        const node = this.nodeOf(name, relation.targetKind, depth);
        if (depth > this.query.depth) this.isCutByDepth = true;
        else if (this.nodes.size >= this.query.limit) this.isCutByLimit = true;
        else next.push(...this.add(node));
      }
      this.connect(relation);
    }
    return next;
  }

  private nodeOf(name: string, targetKind: string, depth: number): GraphNode {
    const label = this.labels.get(name);
    if (label !== undefined) return { ...label, isTicket: true, depth };
    const outside = { number: null, title: null, state: null, isTicket: false };
    return { id: name, process: targetKind, ...outside, depth };
  }

  /** What the next level is to begin at: only tickets have relations of their own. */
  private add(node: GraphNode): readonly GraphNode[] {
    this.names.set(node.id, node.id);
    if (node.number !== null) this.names.set(node.number, node.id);
    this.nodes.set(node.id, node);
    return node.isTicket ? [node] : [];
  }

  private idOf(name: string): string | undefined {
    return this.names.get(name) ?? this.names.get(this.labels.get(name)?.id ?? '');
  }

  private connect({ from, to, type, inverse }: StoredRelation): void {
    const [source, target] = [this.idOf(from), this.idOf(to)];
    if (source === undefined || target === undefined) return;
    // Where both ends tell of it, the one that was met first counts.
    if (this.edges.has(`${target} ${inverse} ${source}`)) return;
    this.edges.set(`${source} ${type} ${target}`, { from: source, to: target, type, inverse });
  }
}
